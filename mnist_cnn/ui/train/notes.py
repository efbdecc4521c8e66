"""What the Train page says beside the numbers."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.runs import Run, RunError
from mnist_cnn.ui.text import _, escape


def notes() -> None:
    """The two things that a careful reader of these curves should know."""
    with st.expander(_("Two honest notes: the batch size, and the test set")):
        st.markdown(
            _(
                "**The batch size.** The lecture leaves it open, and Keras then takes "
                "32. There is no optimal one: small batches make more and noisier "
                "steps in an epoch, large ones fewer and smoother steps, which "
                "computers do faster. Change it together with the learning rate, and "
                "compare."
            )
        )
        st.markdown(
            _(
                "**The validation data is the test set.** As in the lecture, the "
                "validation curve is measured on the very digits that test the network "
                "in the end. Who picks the epoch or the settings with the best "
                "validation accuracy has looked at the test, and the result flatters "
                "them. A clean experiment keeps some training digits aside to choose "
                "by, and looks at the test set once."
            )
        )


def run_settings(run: Run) -> None:
    """What this run was started with, and on which digits."""
    config = run.config
    parts = [
        _("{epochs} epochs").format(epochs=config.epochs),
        _("batch size {size}").format(size=config.batch_size),
        f"{config.optimizer} {config.learning_rate:g} ({config.schedule})",
        _("seed {seed}").format(seed=config.seed),
        _("{count:,} parameters").format(count=config.network.parameters),
    ]
    if config.shuffle_labels:
        parts.append(_("**training labels shuffled**"))
    try:
        status = run.status()
    except RunError:
        return
    if status.examples:
        parts.append(
            _("{examples:,} training digits, {tests:,} to test").format(
                examples=status.examples, tests=status.test_examples
            )
        )
    if status.source:
        parts.append(escape(status.source))
    st.caption(" · ".join(parts))


def link_to_share(run: Run) -> None:
    """The address at which everybody sees this run."""
    address = (st.context.url or "").split("?")[0]
    if not address:
        return
    with st.expander(_("Watch together")):
        st.caption(_("Everybody who opens this link sees this run, live."))
        st.code(f"{address}?run={run.id}", language=None, wrap_lines=True)
