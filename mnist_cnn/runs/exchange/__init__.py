"""Runs from elsewhere and for elsewhere: zips of other labs, Keras models."""
