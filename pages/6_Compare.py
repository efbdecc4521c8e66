"""Compare: several runs side by side, their curves, settings, costs and answers."""

import streamlit as st

from mnist_cnn.ui.compare.answers import answers
from mnist_cnn.ui.compare.runs import chosen_runs
from mnist_cnn.ui.compare.table import table
from mnist_cnn.ui.compare.test_sets import test_sets
from mnist_cnn.ui.compare.view import pictures, settings
from mnist_cnn.ui.frame import page
from mnist_cnn.ui.text import _

page(
    _("Compare"),
    _("Networks side by side: what differs, how they learn, what they answer."),
)

chosen = chosen_runs()
# Places of their own: what appears in one does not remount the charts in another.
choosing, differing, learning, answering = (st.container() for _part in range(4))
with choosing:
    table()
with differing:
    settings(chosen)
with learning:
    pictures(chosen)
with answering:
    test_sets(chosen)
    answers(chosen)
