"""A network as it was: a slider through the moments of its training."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from mnist_cnn.nn.weights import NetworkError
from mnist_cnn.runs import Run
from mnist_cnn.runs.history import Moment, moment_path, moments, network_at
from mnist_cnn.ui.network_cache import network_cache
from mnist_cnn.ui.networks import Chosen
from mnist_cnn.ui.text import _, ngettext
from mnist_cnn.ui.widget_keys import key_of, take_new

MOMENT = "moment"
_NOW = -1  # on the slider, where None would be no choice


def moment_titles(run: Run) -> dict[int | None, str]:
    """What the moments of a run's past are called, by the batches before each.

    The last one, None, is its network today. Empty for a run that has kept none.
    """
    titles: dict[int | None, str] = {each.step: _title(each) for each in moments(run)}
    return titles | {None: _("as it is now")} if titles else {}


def linked_moment(run: Run) -> int | None:
    """The moment that the link names, if the run has kept it; else None: today."""
    asked = st.query_params.get(MOMENT)
    kept = {str(step): step for step in moment_titles(run)}
    return kept.get(asked)


def link_moment(step: int | None) -> None:
    """Lets the link name a moment."""
    if step is None:
        st.query_params.pop(MOMENT, None)
    else:
        st.query_params[MOMENT] = str(step)


def choose_moment(chosen: Chosen) -> Chosen:
    """A slider through the run's past, its network today at the right end.

    The link says which moment, by the batches before it. Nothing is shown of a run
    that has kept none.
    """
    titles = moment_titles(chosen.run)
    if not titles:
        return chosen
    shown = at_moment_or_now(chosen, linked_moment(chosen.run))
    step = _NOW if shown.step is None else shown.step
    key = key_of(MOMENT, step)
    st.select_slider(
        _("The network on its way"),
        [_NOW if each is None else each for each in titles],
        format_func=lambda each: titles[None if each == _NOW else each],
        key=key,
        on_change=partial(take_new, key, step, _write_link),
    )
    return shown


def at_moment_or_now(chosen: Chosen, step: int | None) -> Chosen:
    """The run's network as it was; as it is, with a sentence, if that is damaged.

    Then the link no longer names it: what compares the two would run again for ever.
    """
    try:
        return chosen if step is None else at_moment(chosen, step)
    except NetworkError as error:
        st.error(_(error.message))
        link_moment(None)
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
    network = network_cache().load(
        moment.path, changed, lambda: network_at(chosen.run, moment)
    )
    title = _("{name}, earlier").format(name=chosen.title)
    return replace(chosen, network=network, title=title, step=step)


def _write_link(step: int) -> None:
    link_moment(None if step == _NOW else step)


def _title(moment: Moment) -> str:
    if moment.step == 0:
        return _("untrained")
    if moment.epoch is not None:
        return _("epoch {number}").format(number=moment.epoch)
    return ngettext("{count} batch", "{count} batches", moment.step).format(
        count=moment.step
    )
