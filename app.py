"""Home. Start the lab with ``streamlit run app.py``."""

from mnist_cnn.ui.frame import page
from mnist_cnn.ui.home import view
from mnist_cnn.ui.home.class_address import let_the_class_in
from mnist_cnn.ui.text import _

page(
    _("How a network learns to see"),
    heading=_("Draw a digit: a network reads it while you draw"),
)
view.draw_first()
view.ways()
view.lesson()
view.in_use()
let_the_class_in()
