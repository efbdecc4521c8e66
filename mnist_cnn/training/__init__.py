"""The only place that imports TensorFlow and Keras: training processes run it."""
