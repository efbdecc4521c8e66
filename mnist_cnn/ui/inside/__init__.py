"""The pieces of the Look inside page."""
