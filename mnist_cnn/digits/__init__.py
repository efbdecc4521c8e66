"""MNIST and other digits; drawings and photos become 28x28; augmentation."""

# Pixels along each side of a digit, and how many digits there are.
SIDE = 28
CLASSES = 10
