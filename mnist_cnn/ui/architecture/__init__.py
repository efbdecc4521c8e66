"""The pieces of the Architecture page."""
