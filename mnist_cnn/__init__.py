"""A classroom lab for convolutional networks: train one on MNIST, open it, draw.

Nothing here imports TensorFlow outside ``mnist_cnn.training``, and nothing imports
Streamlit outside ``mnist_cnn.ui``.
"""
