"""What a run is set up with, and Start."""
