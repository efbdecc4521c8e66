"""Runs from elsewhere and for elsewhere: zips of other labs, Keras models."""

import threading

# One import at a time: each takes several times its size in memory.
turn = threading.Lock()
