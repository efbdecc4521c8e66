"""Whether a training lives, and what becomes of its run if it does not."""
