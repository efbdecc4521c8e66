"""What the live reading says: on the lab's pages, and on the page to take home."""

from __future__ import annotations

from typing import Any

from mnist_cnn.ui.text import _


def break_words() -> dict[str, str]:
    """What the panel says that breaks a network."""
    return {
        "break": _("Break it"),
        "mend": _("Mend it"),
        "start": _("Does it still read your digit? Draw, and break the network below."),
        "hint": _("Click a map or unit to silence it, or drag over several."),
        "tap": _("Tap a map or unit to silence it."),
        "map": _("{layer}, map {n}"),
        "unit": _("{layer}, unit {n}"),
        "only": _("Silence only this one"),
        "others": _("All but this one"),
        "all": _("All on"),
        "noise": _("Noise"),
        "bits": _("Bits"),
        "biases": _("Biases to zero"),
        "still maps": _(
            "Still reads your {digit} with {silent} of {all} filters of {layer} silent."
        ),
        "still units": _(
            "Still reads your {digit} with {silent} of {all} units of {layer} silent."
        ),
        "still parts": _(
            "Still reads your {digit} with {silent} of {all} filters and units silent."
        ),
        "still weights": _("Still reads your {digit}."),
        "lost maps": _(
            "Reads your {digit} as {other} with {silent} of {all} filters of {layer} "
            "silent."
        ),
        "lost units": _(
            "Reads your {digit} as {other} with {silent} of {all} units of {layer} "
            "silent."
        ),
        "lost parts": _(
            "Reads your {digit} as {other} with {silent} of {all} filters and units "
            "silent."
        ),
        "lost weights": _("Reads your {digit} as {other}."),
    }


def live_words() -> dict[str, Any]:
    """All that it says, with {names} for what the browser puts in."""
    return {
        "hint": _("Draw a digit here,\nor several side by side"),
        "pixels": _("28 × 28 pixels, as the network gets it"),
        "second": _("Second guess: {digit}, {confidence}"),
        "nothing": _("Nothing is drawn yet. The network reads while you draw."),
        "always": _("A network always answers with a digit: try to fool it."),
        "several": _("{count} digits, read from left to right."),
        "unsure": _(
            "The network is not sure: its best guess has only {confidence}. Its "
            "training digits may not have been written like this one."
        ),
        "prepared": _("prepared like MNIST"),
        "resized": _("just resized"),
        "corner": _("Draw small, in a corner: there the two differ."),
        "network": _("Every layer of the network, and what carried the answer"),
        "break": break_words(),
        "full": _("Full screen"),
        "leave": _("Leave full screen"),
        "steps": _("From the drawing to the network"),
        "Ink found": _("Ink found"),
        "Ink found: dark": _(
            "The background is dark, so what is brighter than it counts as ink."
        ),
        "Ink found: light": _(
            "The background is light, so what is darker than it counts as ink."
        ),
        "Cropped": _("Cropped"),
        "Cropped: ": _(
            "Only the smallest rectangle that holds all the ink is kept: {width} × "
            "{height} pixels."
        ),
        "Stroke width": _("Stroke width"),
        "Stroke width: wider": _(
            "Scaled as it is, the stroke would be about {before} pixels wide. MNIST's "
            "are mostly 2 to 3 wide, so it is made wider: {after}, which keeps small "
            "loops open."
        ),
        "Stroke width: thinner": _(
            "Scaled as it is, the stroke would be about {before} pixels wide. MNIST's "
            "are mostly 2 to 3 wide, so it is made thinner: {after}, which keeps small "
            "loops open."
        ),
        "Scaled": _("Scaled"),
        "Scaled: ": _(
            "The longer side becomes 20 pixels, the proportions stay, and edges turn "
            "gray (antialiasing)."
        ),
        "Centered": _("Centered"),
        "Centered: ": _(
            "The center of mass of the ink moves to the middle of 28 × 28 pixels."
        ),
    }
