"""MNIST and other digits; drawings and photos become 28x28; augmentation."""
