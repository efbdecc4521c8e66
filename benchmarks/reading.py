"""One drawing read: the lab's numpy against Keras' ``model.predict``, in turns.

``python -m benchmarks.reading [--repeats 200]``
"""

from __future__ import annotations

import argparse
import os
import time

# As the server: one thread, which does not wait for a training run's.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import io

import numpy as np
from PIL import Image, ImageDraw

from mnist_cnn import runs
from mnist_cnn.digits import preprocessing
from mnist_cnn.nn.weights import load_weights


def drawing() -> np.ndarray:
    """A seven on the canvas, uint8 (280, 280, 4)."""
    image = Image.new("RGBA", (280, 280), (0, 0, 0, 255))
    ImageDraw.Draw(image).line(
        [(90, 70), (190, 70), (120, 220)], fill="white", width=20, joint="curve"
    )
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return np.asarray(Image.open(buffer))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=200)
    options = parser.parse_args()

    from mnist_cnn.training.environment import prepare_keras

    prepare_keras()
    from mnist_cnn.training import model as keras_models

    ours, image = runs.load_network(), drawing()
    theirs = keras_models.build(ours.architecture)
    keras_models.set_weights(theirs, load_weights(network_path()))
    pixels = preprocessing.prepare(image).pixels
    batch = pixels[None, ..., None]
    difference = np.abs(theirs.predict(batch, verbose=0) - ours.probabilities(pixels))
    parts = {
        "preparation": lambda: preprocessing.prepare(image),
        "all activations": lambda: ours.activations(pixels),
        "both": lambda: ours.activations(preprocessing.prepare(image).pixels),
        "Keras' predict": lambda: theirs.predict(batch, verbose=0),
    }
    times: dict[str, list[float]] = {name: [] for name in parts}
    for _ in range(options.repeats):
        for name, part in parts.items():
            began = time.perf_counter()
            part()
            times[name].append(1000 * (time.perf_counter() - began))
    for name, values in times.items():
        p10, p50 = np.percentile(values, (10, 50))
        print(f"{name:18} p10 {p10:7.2f} ms   p50 {p50:7.2f} ms")
    ratios = [
        np.percentile(times["both"], q) / np.percentile(times["Keras' predict"], q)
        for q in (10, 50)
    ]
    print(
        "both / Keras' predict: 1/{:.0f} (p10s), 1/{:.0f} (medians)".format(
            *(1 / each for each in ratios)
        )
    )
    print(f"largest difference of a probability: {difference.max():.1e}")


def network_path():
    from mnist_cnn import runs

    return runs.find(runs.PRETRAINED).weights_path


if __name__ == "__main__":
    main()
