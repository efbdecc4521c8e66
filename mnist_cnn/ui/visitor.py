"""Who looks at this page: the browser's key, and the teacher's passphrase.

A new session has a key of its own at once. A browser that has none in its local storage
keeps that one; one that has reports its own, which runs this fragment alone again, and
the page only if something on it hangs on the key.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from mnist_cnn.runs import Run, ownership
from mnist_cnn.runs.ownership import Visitor
from mnist_cnn.ui.text import _

KEYS = "browser_keys"
REFUSED = "refused_without_key"
TEACHER = "is_teacher"
PROBLEM = "teacher_problem"
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")

_component = st.components.v2.component(
    "mnist_cnn_browser_key",
    js=Path(__file__).with_name("browser_key.js").read_text(encoding="utf-8"),
)


def visitor() -> Visitor:
    """Whoever this session belongs to."""
    return Visitor(
        tuple(_keys()),
        ownership.has_teacher() and st.session_state.get(TEACHER) is True,
        is_on_this_machine_only(),
    )


def owner() -> str:
    """The owner of a run that is started in this session."""
    return ownership.owner_of(_keys()[-1])


def refusal(run: Run) -> str:
    """Why this visitor may not change the run, for the page; empty if they may."""
    sentence = ownership.obstacle(run, visitor())
    if sentence and run.owner:
        st.session_state[REFUSED] = True
    return _(sentence) if sentence else ""


def is_on_this_machine_only() -> bool:
    """Whether the server listens on no network, and no proxy lets others in."""
    forwarded = st.context.headers.get("X-Forwarded-For")
    return st.get_option("server.address") in THIS_MACHINE and not forwarded


def recognize() -> None:
    """Learns the browser's key and lets the teacher in; once on a page."""
    if ownership.has_teacher():
        _teacher()
    st.session_state.pop(REFUSED, None)
    st.fragment(_browser)()


def _keys() -> list[str]:
    if KEYS not in st.session_state:
        st.session_state[KEYS] = [ownership.new_key()]
    return st.session_state[KEYS]


def _browser() -> None:
    keys = list(_keys())
    sent = _component(
        data={"key": keys[-1]},
        key="browser_key",
        height=1,
        on_stored_change=lambda: None,
    ).stored
    if not ownership.is_key(sent) or sent == keys[-1]:
        return
    # What was started before the key came still belongs to this session.
    st.session_state[KEYS] = [keys[0], sent]
    if st.session_state.pop(REFUSED, False):
        st.rerun()


def _teacher() -> None:
    if st.session_state.get(TEACHER):
        st.caption(_("You can steer and change every run."))
        st.button(_("Leave as teacher"), on_click=_leave)
        return
    with st.expander(_("Teacher")), st.form("teacher", border=False):
        st.text_input(
            _("Passphrase"),
            type="password",
            key="passphrase",
            autocomplete="off",
            max_chars=ownership.LONGEST_PASSPHRASE,
        )
        st.form_submit_button(_("Enter"), on_click=_enter)
    if problem := st.session_state.pop(PROBLEM, None):
        st.error(problem)


def _enter() -> None:
    state = st.session_state
    guess, state["passphrase"] = state.get("passphrase", ""), ""
    if ownership.is_passphrase(guess):
        state[TEACHER] = True
    else:
        state[PROBLEM] = _("That is not the teacher's passphrase.")


def _leave() -> None:
    st.session_state.pop(TEACHER, None)
