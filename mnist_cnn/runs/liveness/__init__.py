"""Whether a training run lives, and what becomes of its run if it does not."""
