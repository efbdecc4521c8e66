"""Pictures made of tiles, sent once; a click or the arrow keys choose a tile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
class Shown:
    """One picture with its words.

    Attributes:
        name: what a click reports; unique in the row.
        title, shape, range: above and below the picture.
        label: says in words what the picture shows.
        picture: of tiles; None for a title alone, or for bars.
        tile_name: of a tile, with {n} and {total} (counted from 0).
        bars: shares from 0 to 1 instead of a picture, each with its label.
        share: height as a share of the row's.
        clickable: whether its tiles can be chosen.
    """

    name: str
    title: str
    shape: str = ""
    range: str = ""
    label: str = ""
    picture: Picture | None = None
    tile_name: str = ""
    bars: Sequence[float] = ()
    bar_labels: Sequence[str] = ()
    share: float = 1.0
    clickable: bool = True


@dataclass(frozen=True)
class Tile:
    """The chosen tile: the name of its picture, and its number, counted from 0."""

    item: str
    tile: int


def clickable_pictures(
    row: Sequence[Shown],
    *,
    key: str,
    chosen: Tile | None = None,
    on_choice: Callable[[Tile], None] | None = None,
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
    pictures, parts = [], {}
    for shown in row:
        entry: dict[str, Any] = {
            name: getattr(shown, name)
            for name in (
                *("name", "title", "shape", "range", "label", "tile_name"),
                *("share", "clickable"),
            )
        }
        if shown.bars:
            entry["bars"] = [round(float(share), 4) for share in shown.bars]
            entry["bar_labels"] = list(shown.bar_labels)
            entry["tiles"] = len(shown.bars)
        if shown.picture is not None:
            entry |= {
                name: getattr(shown.picture, name)
                for name in (
                    *("width", "height", "columns", "rows", "tiles", "gap"),
                    *("tile_width", "tile_height"),
                )
            }
            parts[shown.name] = shown.picture.png
        pictures.append(entry)
    heading = {
        "key": key,
        "pictures": pictures,
        "chosen": None
        if chosen is None
        else {"item": chosen.item, "tile": chosen.tile},
        "tallest": tallest,
    }

    def report() -> None:
        found = chosen_tile((st.session_state.get(key) or {}).get("chosen"))
        if found is not None and on_choice is not None:
            on_choice(found)

    _component(
        data=packed(heading, parts),
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
    return Tile(item, tile)
