"""Draw: sketch a digit, see it become 28x28 pixels, and see it read."""

from mnist_cnn.ui.draw.view import draw
from mnist_cnn.ui.frame import page
from mnist_cnn.ui.text import _

page(_("Draw"), _("Draw a digit and see what the network makes of it, and how."))

draw()
