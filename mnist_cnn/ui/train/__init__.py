"""The pieces of the Train page."""
