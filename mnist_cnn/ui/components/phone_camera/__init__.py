"""What a file uploader lacks: on a phone its button opens the camera by itself."""

from pathlib import Path

import streamlit as st

_component = st.components.v2.component(
    "mnist_cnn_phone_camera",
    js=Path(__file__).with_name("phone_camera.js").read_text(encoding="utf-8"),
)


def open_camera(container: str) -> None:
    """Call beside the file uploader, in the container with that key."""
    _component(data={"container": container}, key=f"{container}_opener", height=1)
