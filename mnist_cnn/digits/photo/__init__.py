"""A picture file or a photo: its gray levels, its paper, what of it is writing."""
