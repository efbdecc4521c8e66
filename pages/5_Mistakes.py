"""Mistakes: what a network gets wrong, how confident it was, and the images."""

import streamlit as st

from mnist_cnn.ui.damage_link import linked_damage
from mnist_cnn.ui.frame import page
from mnist_cnn.ui.mistakes import view
from mnist_cnn.ui.mistakes.ablation import show_ablation, show_damage
from mnist_cnn.ui.mistakes.groups import show_groups
from mnist_cnn.ui.mistakes.images import explore, notable
from mnist_cnn.ui.network_links import network_links
from mnist_cnn.ui.networks import choose_network
from mnist_cnn.ui.runs.titles import run_title
from mnist_cnn.ui.test_set import choose_test_set, find_predictions
from mnist_cnn.ui.text import _

page(
    _("Mistakes"),
    _("What the network gets wrong, how confident it was, and the images."),
)

said, choosing = st.columns([3, 4], gap="medium", vertical_alignment="center")
with choosing, st.container(horizontal=True, wrap=False):
    chosen = choose_network(_("Network"))
    data = choose_test_set(_("Test set"))
# Beside a training the first look at the digits can take seconds.
answered = said.empty()
answered.markdown(_("The test digits and their answers are being read …"))
source = None
if chosen is not None:
    damage = linked_damage(chosen.network)
    show_damage(chosen, damage)
    source = find_predictions(chosen, data, damage)
if source is None:
    answered.empty()
else:
    with answered:
        view.finding(run_title(chosen.run), source.predictions)
    explore(chosen, source)
    st.caption(source.note)
    with st.container(horizontal=True):
        network_links(chosen.run, "draw", "compare", "architecture")
    notable(chosen, source)
    left, right = st.columns(2, gap="medium")
    with left:
        view.scores(source.predictions)
    with right:
        view.reliability(source.predictions)
    show_groups(source.predictions, source.digits)
if chosen is not None:
    show_ablation(chosen, damage, data)
