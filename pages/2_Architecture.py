"""Architecture: what the network is, layer by layer, and why."""

import streamlit as st

from mnist_cnn.ui.architecture import view
from mnist_cnn.ui.architecture.experiment import experiment_of, linked_network
from mnist_cnn.ui.architecture.layer_kinds import layer_kinds
from mnist_cnn.ui.frame import page
from mnist_cnn.ui.network_links import network_links
from mnist_cnn.ui.networks import choose_network
from mnist_cnn.ui.runs.titles import run_title
from mnist_cnn.ui.take_home import take_home
from mnist_cnn.ui.text import _
from mnist_cnn.ui.volume_picture import volume_picture

page(_("Architecture"), _("What the network is made of, and what each part costs."))

network, chosen = linked_network(), None
if network is None:
    said, choosing = st.columns([3, 2], gap="medium", vertical_alignment="center")
    with choosing:
        chosen = choose_network(_("Network"))
    network = chosen and chosen.run.config.network
else:
    said = st.container()

if network is not None:
    with said:
        view.finding(network, run_title(chosen.run) if chosen else "")
    volume_picture(network)
    if chosen is not None:
        with st.container(horizontal=True):
            network_links(chosen.run, "inside", "draw", "mistakes", "compare")
    st.header(_("Layer by layer"), anchor=False)
    view.layer_table(network)
    layer_kinds(network)
    if chosen is not None:
        st.header(_("The kernels it learned"), anchor=False)
        view.first_kernels(chosen.network)
    st.header("model.summary()", anchor=False)
    view.summary_text(network)

if chosen is not None:
    take_home(chosen.run)
    experiment_of(chosen.run)
