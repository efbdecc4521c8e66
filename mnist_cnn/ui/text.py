"""Text for persons: `_` translates where a catalogue is installed."""

from functools import cache
from gettext import gettext

__all__ = ["_"]

# Python's gettext looks for catalogues on the disk at every call: a tenth of what a
# look at a live training costs.
_ = cache(gettext)
