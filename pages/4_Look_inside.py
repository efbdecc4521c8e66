"""Look inside: a network's arithmetic on a digit, from the pixels to the prediction."""

from mnist_cnn.ui.frame import page
from mnist_cnn.ui.inside.view import choose, look
from mnist_cnn.ui.text import _

page(
    _("Look inside"),
    _("Every number from a digit to its prediction: click a picture, move a window."),
)

chosen = choose()
if chosen is not None:
    look(*chosen)
