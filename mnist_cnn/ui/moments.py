"""A network as it was: a slider through the moments of its training."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.nn.network import Network, NetworkError
from mnist_cnn.runs.history import Moment, moment_path, moments, network_at
from mnist_cnn.ui.networks import Chosen
from mnist_cnn.ui.text import _

MOMENT = "moment"


def choose_moment(chosen: Chosen) -> Chosen:
    """A slider through the run's past, its network today at the right end.

    The link says which moment, by the batches before it. Nothing is shown of a run
    that has kept none.
    """
    kept = {moment.step: moment for moment in moments(chosen.run)}
    if not kept:
        return chosen
    now = max(kept) + 1
    asked = st.query_params.get(MOMENT, "")
    step = int(asked) if asked.isdecimal() and int(asked) in kept else now
    titles = {each: _title(moment) for each, moment in kept.items()}
    titles[now] = _("as it is now")
    # Set each time: Back changes the link.
    st.session_state[MOMENT] = step
    st.select_slider(
        _("The network on its way"),
        list(titles),
        format_func=titles.get,
        key=MOMENT,
        on_change=_write_link,
        args=(now,),
    )
    if step == now:
        return chosen
    try:
        return at_moment(chosen, step)
    except NetworkError as error:
        st.error(_(error.message))
        return chosen


def at_moment(chosen: Chosen, step: int) -> Chosen:
    """The run's network as it was.

    Raises:
        NetworkError: if it is gone, in a sentence.
    """
    moment = Moment(step, None, moment_path(chosen.run, step))
    try:
        changed = moment.path.stat().st_mtime_ns
    except OSError:
        changed = 0
    network = _network(chosen.run.id, step, changed)
    title = _("{name}, earlier").format(name=chosen.title)
    return replace(chosen, network=network, title=title, step=step)


def _title(moment: Moment) -> str:
    if moment.step == 0:
        return _("untrained")
    if moment.epoch is not None:
        return _("epoch {number}").format(number=moment.epoch)
    return _("{count} batches").format(count=moment.step)


def _write_link(now: int) -> None:
    step = st.session_state[MOMENT]
    if step == now:
        st.query_params.pop(MOMENT, None)
    else:
        st.query_params[MOMENT] = str(step)


# One of the lecture's network has 13 MB.
@st.cache_resource(max_entries=24, show_spinner=False)
def _network(run_id: str, step: int, changed: int) -> Network:
    run = runs.find(run_id)
    return network_at(run, Moment(step, None, moment_path(run, step)))
