"""Pictures made of tiles, sent once; a click or the arrow keys choose a tile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from mnist_cnn.figures.activations import Picture
from mnist_cnn.ui.components.payload import packed

_HERE = Path(__file__).parent
STYLE = (_HERE.parent / "pictures.css").read_text(encoding="utf-8")
_component = st.components.v2.component(
    "mnist_cnn_clickable_picture",
    css=STYLE,
    js="\n".join(
        (_HERE / name).read_text(encoding="utf-8")
        for name in ("../payload.js", "clickable_picture.js")
    ),
)


@dataclass(frozen=True)
class ClickablePicture:
    """One picture with its words.

    Attributes:
        name: what a click reports; unique in the row.
        title, shape, range: above and below the picture.
        label: says in words what the picture shows.
        picture: of tiles; None for a title alone, or for bars.
        tile_name: of a tile, with {n} and {total} (counted from 0).
        bars: fractions from 0 to 1 instead of a picture.
        relative_height: as a fraction of the row's.
        clickable: whether its tiles can be chosen.
    """

    name: str
    title: str
    shape: str = ""
    range: str = ""
    label: str = ""
    picture: Picture | None = None
    tile_name: str = ""
    bars: Sequence[float] | None = None
    relative_height: float = 1.0
    clickable: bool = True


@dataclass(frozen=True)
class Tile:
    """The chosen tile: the name of its picture, and its number, counted from 0."""

    item: str
    tile: int


def clickable_pictures(
    row: Sequence[ClickablePicture],
    *,
    key: str,
    chosen: Tile,
    on_choice: Callable[[Tile], None],
    tallest: int = 260,
) -> None:
    """Show pictures in a row that keeps its place when they change.

    Args:
        row: from left to right; what does not fit scrolls sideways.
        key: the same key is the same row.
        chosen: the tile with a frame around it.
        on_choice: called before the script runs again, with the tile chosen. It may
            be wrong about what exists: a browser sends it.
        tallest: height of the row in CSS pixels, at most.
    """
    pictures, images = [], {}
    for shown in row:
        entry = asdict(shown)
        if shown.picture is not None:
            entry |= entry.pop("picture")
            images[shown.name] = entry.pop("png")
        pictures.append(entry)
    heading = {
        "key": key,
        "pictures": pictures,
        "chosen": asdict(chosen) | {"number": _answered(key)},
        "tallest": tallest,
    }

    def report() -> None:
        found = chosen_tile(st.session_state[key].get("chosen"))
        if found is not None:
            on_choice(found)

    _component(
        data=packed(heading, images),
        key=key,
        height="content",
        on_chosen_change=report,
    )


def chosen_tile(sent: Any) -> Tile | None:
    """What a browser sent, if it is a tile at all."""
    if not isinstance(sent, dict):
        return None
    item, tile = sent.get("item"), sent.get("tile")
    if not isinstance(item, str) or isinstance(tile, bool) or not isinstance(tile, int):
        return None
    return Tile(item, max(0, tile))


def _answered(key: str) -> int:
    """The number of the newest choice that has come from the browser."""
    sent = (st.session_state.get(key) or {}).get("chosen")
    number = sent.get("number") if isinstance(sent, dict) else 0
    return number if isinstance(number, int) else 0
