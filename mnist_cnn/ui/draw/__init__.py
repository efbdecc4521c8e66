"""The pieces of the Draw page."""
