"""A picture from a file or the camera, and which part of it is read."""

from __future__ import annotations

import hashlib
import io
from functools import partial
from urllib.parse import urlsplit

import numpy as np
import streamlit as st
from PIL import Image

from mnist_cnn.digits.photo.grayscale import opaque, to_grayscale
from mnist_cnn.digits.photo.image_files import (
    LONGEST_SIDE,
    MEGABYTES,
    ImageError,
    open_image,
)
from mnist_cnn.digits.segmentation import split
from mnist_cnn.ui.board.drawing import Picture
from mnist_cnn.ui.components.box_chooser import Part, box_chooser
from mnist_cnn.ui.components.phone_camera import open_camera
from mnist_cnn.ui.server.addresses import is_this_machine
from mnist_cnn.ui.text import _

SHOWN_SIDE = 800  # pixels of the picture as it is sent back
# A small part is enlarged: below this grain cannot be told from gray edges.
SMALLEST_SIDE = 200
TURNS = (
    None,
    Image.Transpose.ROTATE_270,  # Pillow counts counterclockwise
    Image.Transpose.ROTATE_180,
    Image.Transpose.ROTATE_90,
)


def upload() -> Picture | None:
    """A picture from a file."""
    # Any file may come: the reason against it is a sentence of ours, where Streamlit
    # would show it on hover only.
    st.file_uploader(
        _("A picture of digits: PNG, JPEG, WebP, AVIF, GIF or BMP"),
        max_upload_size=MEGABYTES,
        # The picture, the box and the answer are to be on one screen.
        label_visibility="collapsed"
        if st.session_state.get("upload_box")
        else "visible",
        key="upload_box",
        on_change=_keep_file,
        args=("upload",),
    )
    return _chosen("upload")


def camera() -> Picture | None:
    """A picture from the camera, where the browser gives it to the page."""
    if not is_secure(st.context.url or ""):
        st.info(
            _(
                "Browsers open the camera for pages over https only, and this one came "
                "over http. Upload a picture instead: on a phone the button below "
                "opens the camera, too."
            )
        )
        with st.container(key="phone_camera"):
            open_camera("phone_camera")
            return upload()
    st.camera_input(
        _("Digits on paper, filling the picture"),
        key="camera_box",
        on_change=_keep_file,
        args=("camera",),
    )
    return _chosen("camera")


def is_secure(url: str) -> bool:
    """Whether a browser takes the page for a secure context: https, or this machine."""
    address = urlsplit(url)
    return address.scheme != "http" or is_this_machine(address.hostname or "")


def _keep_file(way: str) -> None:
    """For after a page switch, when the box is empty, though nobody emptied it."""
    file = st.session_state[f"{way}_box"]
    st.session_state[f"{way}_file"] = file and file.getvalue()


def _chosen(way: str) -> Picture | None:
    file = st.session_state.get(f"{way}_file")
    if file is None:
        return None
    # Of this picture: what was chosen on the last one may arrive after a new one has.
    key = f"{way}_chooser_{hashlib.sha1(file).hexdigest()[:8]}"
    part_key = f"{key}_part"
    part = st.session_state.get(part_key, Part())
    try:
        whole, picture = _picture(file, Part(part.turns)), _picture(file, part)
    except ImageError as error:
        st.error(_(error.message))
        return None
    groups = split(whole.ink.ink)
    height, width = whole.ink.ink.shape
    if picture.ink.is_doubtful:
        st.warning(_("There is more than a digit in this picture: choose it."))
    st.caption(_("Drag a box around one digit, or click it."))
    box_chooser(
        _jpeg(file, part.turns),
        [tuple(np.divide(group.box, (width, height) * 2)) for group in groups],
        key=key,
        part=part,
        on_choice=partial(st.session_state.__setitem__, part_key),
    )
    return picture


# Its ink takes 0.2 s of processor, and the page runs again for every choice on it.
@st.cache_resource(max_entries=16, show_spinner=False)
def _picture(file: bytes, part: Part) -> Picture:
    image = _turned(open_image(file), part.turns)
    if part.box is not None:
        left, top, right, bottom = (
            round(edge * length)
            for edge, length in zip(part.box, image.size * 2, strict=True)
        )
        # Of the narrowest part a pixel is left.
        left, top = min(left, image.width - 1), min(top, image.height - 1)
        image = image.crop((left, top, max(right, left + 1), max(bottom, top + 1)))
        scale = min(SMALLEST_SIDE / min(image.size), LONGEST_SIDE / max(image.size))
        if scale > 1 and not image.mode.startswith("I"):
            size = tuple(round(side * scale) for side in image.size)
            image = image.resize(size, Image.Resampling.BICUBIC)
    return Picture(image)


@st.cache_data(max_entries=16, ttl=600, show_spinner=False)
def _jpeg(file: bytes, turns: int) -> bytes:
    image = opaque(_turned(open_image(file), turns))
    if image.mode not in ("L", "RGB"):
        image = Image.fromarray(to_grayscale(image).astype(np.uint8))
    image.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
    content = io.BytesIO()
    image.save(content, "JPEG", quality=85)
    return content.getvalue()


def _turned(image: Image.Image, turns: int) -> Image.Image:
    return image.transpose(TURNS[turns]) if turns else image
