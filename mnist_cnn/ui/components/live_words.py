"""What the live reading says: on the lab's pages, and on the page to take home."""

from __future__ import annotations

from mnist_cnn.ui.text import _


def live_words() -> dict[str, str]:
    """All that it says, with {names} for what the browser puts in."""
    return {
        "hint": _("Draw a digit here,\nor several side by side"),
        "pixels": _("28 × 28 pixels, as the network gets it"),
        "second": _("Second guess: {digit}, {share}"),
        "nothing": _("Nothing is drawn yet. The network reads while you draw."),
        "always": _("A network always answers with a digit: try to fool it."),
        "several": _("{count} digits, read from left to right."),
        "unsure": _(
            "The network is not sure: its best guess has only {share}. Its training "
            "digits may not have been written like this one."
        ),
        "prepared": _("prepared like MNIST"),
        "resized": _("just resized"),
        "corner": _("Draw small, in a corner: there the two differ."),
        "network": _("Every layer of the network, and what carried the answer"),
        "legend": _("Lines: what added most to the answer (orange) or took from it."),
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
