"""What happens beside the steps of a training run: Keras callbacks, one a file."""
