"""Compare: several runs side by side, their curves, settings, costs and predictions."""

import streamlit as st

from mnist_cnn.ui.compare.predictions import show_predictions
from mnist_cnn.ui.compare.runs import chosen_runs, compared
from mnist_cnn.ui.compare.table import chosen_cards, table
from mnist_cnn.ui.compare.test_sets import test_sets
from mnist_cnn.ui.compare.verdict import finding
from mnist_cnn.ui.compare.view import costs, curves, settings
from mnist_cnn.ui.frame import page
from mnist_cnn.ui.test_set import digits_at_hand
from mnist_cnn.ui.text import _

page(
    _("Compare"),
    _("Networks side by side: which is better, how they learn, what they predict."),
)

ids = chosen_runs()
chosen, digits = compared(ids), digits_at_hand() if ids else None
# Places of their own: what appears in one does not remount the charts in another.
found, choosing, learning, differing, answering, testing, costing = (
    st.container() for _part in range(7)
)
with found:
    finding(chosen, digits)
with choosing:
    table()
with learning:
    if ids:
        curves(ids)
with differing:
    chosen_cards(chosen)
    settings(chosen)
with testing:
    test_sets(chosen)
with costing:
    costs(ids)
# Last, though it stands higher: a click on a digit waits for nothing then.
with answering:
    show_predictions(chosen, digits)
