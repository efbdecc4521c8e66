"""What the Train page says beside the numbers."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from mnist_cnn.experiments.config import ConfigError
from mnist_cnn.runs import Run, RunError
from mnist_cnn.ui.runs.train_link import FOLDED
from mnist_cnn.ui.text import _, escape
from mnist_cnn.ui.train.form.experiment import begin, current_experiment, epochs_text
from mnist_cnn.ui.train.form.start import PROBLEM

KEPT_ASIDE = 5_000


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
        st.button(
            _("Keep {count:,} digits aside").format(count=KEPT_ASIDE),
            on_click=_keep_aside,
        )


def _keep_aside() -> None:
    experiment = current_experiment()
    try:
        config = replace(experiment.chosen(), validation_examples=KEPT_ASIDE)
    except ConfigError as error:
        st.session_state[PROBLEM] = _(error.message)
    else:
        begin(experiment.preset, config)
    st.session_state[FOLDED] = False


def run_settings(run: Run) -> None:
    """What this run was started with, and on which digits."""
    config = run.config
    parts = [
        epochs_text(config.epochs),
        _("batch size {size}").format(size=config.batch_size),
        f"{config.optimizer} {config.learning_rate} ({config.schedule})",
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
