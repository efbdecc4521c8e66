"""The pieces of the Mistakes page."""
