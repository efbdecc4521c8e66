"""Train: set up a run, watch it live, steer it."""

import streamlit as st

from mnist_cnn.runs import RunError
from mnist_cnn.ui.frame import page
from mnist_cnn.ui.runs.train_link import shown_run
from mnist_cnn.ui.take_home import take_home
from mnist_cnn.ui.text import _
from mnist_cnn.ui.train.form.upload import run_upload
from mnist_cnn.ui.train.form.view import is_invitation, training_form
from mnist_cnn.ui.train.notes import notes, run_settings
from mnist_cnn.ui.train.run_list import runs_list
from mnist_cnn.ui.train.view import watch

page(_("Train"), _("Start a training run, watch the network learn, and steer it."))

# Places of their own: what appears in one does not remount the charts in another.
setting_up, watching, all_runs = st.container(), st.container(), st.container()

with setting_up:
    try:
        run = None if is_invitation() else shown_run()
    except RunError as error:
        st.warning(_(error.message))
        run = None
    training_form(run)

if run is not None:
    with watching:
        watch(run.id)
        run_settings(run)
        take_home(run)

if not is_invitation():
    with all_runs:
        notes()
        runs_list(run.id if run else None)
        run_upload()
