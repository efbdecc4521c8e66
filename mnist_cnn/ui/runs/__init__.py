"""Runs on any page: their titles, what is done with them, whose turn it is."""
