"""A broken network's mistakes, and which of its filters costs most."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.analysis import ablation
from mnist_cnn.analysis.ablation import Ablation
from mnist_cnn.digits import datasets
from mnist_cnn.digits.dataset import DataError
from mnist_cnn.figures.ablation import MAX_BARS, ablation_figure
from mnist_cnn.jobs.evaluation_job import AblationJob
from mnist_cnn.nn.damage import Damage, silenceable
from mnist_cnn.runs import RunError
from mnist_cnn.ui.components.live_chart import live_chart
from mnist_cnn.ui.damage_link import WHOLE, write_damage
from mnist_cnn.ui.job_view import offer_job
from mnist_cnn.ui.networks import Chosen
from mnist_cnn.ui.text import _

LAYER = "silenced_layer"


def show_damage(chosen: Chosen, damage: Damage) -> None:
    """What is broken in the network, and a way to mend it; nothing if nothing is."""
    if not damage:
        return
    counts = silenceable(chosen.network.architecture)
    said = [
        _("{count:,} of {all:,} silent in {layer}").format(
            count=len(channels), all=counts[layer], layer=layer
        )
        for layer, channels in damage.without
    ]
    if damage.noise:
        said.append(_("noise {fraction:.0%}").format(fraction=damage.noise))
    if damage.bits is not None:
        said.append(_("{bits}-bit weights").format(bits=damage.bits))
    if damage.zero_biases:
        said.append(_("no biases"))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_("**Broken on purpose**"), width="content")
        for each in said:
            st.badge(each, color="orange")
        st.button(_("Mend it"), on_click=write_damage, args=(WHOLE,))


def show_ablation(chosen: Chosen, damage: Damage, data: str) -> None:
    """Each map or unit of a layer silenced, one by one; a click silences that one."""
    counts = ablation.layers(chosen.network.architecture)
    name = datasets.unseen(data, runs.trained_on(chosen.run))
    if not counts or not datasets.is_ready(name):
        return
    st.header(_("Which filter costs most?"), anchor=False)
    st.caption(
        _(
            "Each filter (or unit) of a layer is silenced, one by one: 0 goes on from "
            "it. What is the network worth without it? One that costs nothing may "
            "still be of use: others may do the same."
        )
    )
    if st.session_state.get(LAYER) not in counts:
        st.session_state[LAYER] = next(iter(counts))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        layer = st.selectbox(
            _("Layer"), list(counts), key=LAYER, width=215, persist_state="session"
        )
        try:
            digits = datasets.load(name)
            # What is silent there is one of its bars, as if it were not.
            others = [each for each in damage.without if each[0] != layer]
            around = replace(damage, without=tuple(others))
            job = AblationJob(chosen.run, digits, name, around, layer)
        except (DataError, RunError) as error:
            st.error(_(error.message))
            return
        found = job.result() if job.path.is_file() else None
        if found is None:
            available = len(digits.y_test)
            count = ablation.examples(chosen.network.architecture, layer, available)
            offer_job(
                job,
                key="ablation",
                label=_("Silence each of {channels:,} on {count:,} digits").format(
                    channels=counts[layer], count=count
                ),
                progress=lambda fraction: _(
                    "Silencing each of {channels:,}: {fraction:.0%}"
                ).format(channels=counts[layer], fraction=fraction),
            )
    if found is not None:
        _chart(found, layer, damage)


def _chart(found: Ablation, layer: str, damage: Damage) -> None:
    worst = int(found.order[0])
    said = _(
        "Without {worst} of {layer}, {left:.2%} of {count:,} digits are predicted "
        "correctly, instead of {before:.2%}; {harmless:,} of {all:,} cost nothing."
    ).format(
        worst=worst,
        layer=layer,
        left=found.right[worst] / found.examples,
        count=found.examples,
        before=found.right_before / found.examples,
        harmless=int((found.right >= found.right_before).sum()),
        all=len(found.right),
    )
    st.markdown(said)

    def toggle(x: object, _y: object) -> None:
        if str(x) in map(str, range(len(found.right))):
            write_damage(damage.toggled(layer, int(str(x))))

    live_chart(
        ablation_figure(
            found,
            damage.silent.get(layer, ()),
            number=_("silenced in {layer}").format(layer=layer),
            lost=_("accuracy lost"),
            hover=_("%{x} silent: %{customdata:.2%} right, %{y:.2%} less"),
        ),
        key=f"ablation-{layer}",
        label=said,
        height=280,
        on_click=toggle,
    )
    click = _("Click a bar to silence it; gray ones are silent until the next click.")
    if len(found.right) > MAX_BARS:
        st.caption(_("The {count} that cost most.").format(count=MAX_BARS))
    st.caption(click)
