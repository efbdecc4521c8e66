"""What happens beside the steps of a training: Keras callbacks, one a file."""
