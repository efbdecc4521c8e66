"""Text for persons: `_` translates where a catalogue is installed."""

from gettext import gettext as _

__all__ = ["_"]
