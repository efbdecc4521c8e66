"""A network as data; its forward and backward pass in numpy; what each number means."""
