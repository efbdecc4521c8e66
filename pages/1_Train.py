"""Train: set up a run, watch it live, steer it."""

import streamlit as st

from mnist_cnn.runs import RunError
from mnist_cnn.ui.frame import page
from mnist_cnn.ui.take_home import take_home
from mnist_cnn.ui.text import _
from mnist_cnn.ui.train.form import training_form
from mnist_cnn.ui.train.notes import link_to_share, notes, run_settings
from mnist_cnn.ui.train.run_list import runs_list
from mnist_cnn.ui.train.upload import run_upload
from mnist_cnn.ui.train.view import watch
from mnist_cnn.ui.train_link import shown_run

page(_("Train"), _("Start a training, watch the network learn, and steer it."))

# Places of their own: what appears in one does not remount the charts in another.
setting_up, watching, all_runs = st.container(), st.container(), st.container()

with setting_up:
    training_form()
    notes()

try:
    run = shown_run()
except RunError as error:
    setting_up.warning(str(error))
    run = None

if run is not None:
    with watching:
        watch(run.id)
        run_settings(run)
        take_home(run)
        link_to_share(run)

with all_runs:
    runs_list(run.id if run else None)
    run_upload()
