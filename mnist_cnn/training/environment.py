"""TensorFlow and Keras as the lab needs them, whatever a person's own settings say."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence

# Keras imports these where they are installed, for what no training needs; the lab has
# them for mlxtend and Streamlit. Without them its import takes a third less.
_UNNEEDED = ("sklearn", "matplotlib", "pandas")
# What TensorFlow's C++ says while it is imported: information and warnings.
_CHATTER = re.compile(rb"[IW]\d{4} |WARNING: All log messages before absl")


def prepare_keras() -> None:
    """Imports TensorFlow and Keras; must be called before anything else does.

    A person's switches for TensorFlow stay; backend, data format and number format are
    the lab's, be it that ``KERAS_BACKEND`` or ``keras.json`` say something else.
    """
    # A quarter faster on CPUs without AVX512-VNNI, where it is off by default.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    with _quiet(), _as_if_missing(_UNNEEDED):
        import keras
    keras.config.set_image_data_format("channels_last")
    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)


@contextlib.contextmanager
def _as_if_missing(packages: Sequence[str]) -> Iterator[None]:
    """Whoever looks for these packages meanwhile finds none, unless they are loaded."""
    hidden = [name for name in packages if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """TensorFlow's log level does not reach what it says before its log has begun."""
    if os.environ["TF_CPP_MIN_LOG_LEVEL"] < "2" or "tensorflow" in sys.modules:
        yield
        return
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            said.seek(0)
            for line in said:
                if not _CHATTER.match(line):
                    os.write(2, line)
