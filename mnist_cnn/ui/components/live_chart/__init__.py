"""One chart for every live figure of the lab.

`st.plotly_chart` mounts a new chart whenever its figure changes: it blinks and forgets
zoom and hover. This one is mounted once and redrawn in place.
"""

import json
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import streamlit as st

from mnist_cnn.ui.components.payload import packed
from mnist_cnn.ui.text import _, language

FIGURES_KEPT = 200
_HERE = Path(__file__).parent

_component = st.components.v2.component(
    "mnist_cnn_live_chart",
    js="\n".join(
        (_HERE / name).read_text(encoding="utf-8")
        for name in ("../payload.js", "live_chart.js")
    ),
    isolate_styles=False,
)


def live_chart(
    figure: dict[str, Any] | str,
    *,
    key: str,
    label: str,
    height: int | str = 320,
    on_click: Callable[[Any, Any], None] | None = None,
) -> None:
    """Show a Plotly figure that may change with every run of the script.

    `figure` is a dictionary with `data` and `layout`, or that as JSON (`figure_json`),
    so that thirty viewers of a run share one encoding. The same `key` is the same
    chart, with the zoom its reader set, as long as it stays on the page; name the run
    in it. `label` says in words what the picture shows. `height` is in CSS pixels of a
    laptop and grows as text does in a larger window, or a CSS length such as "40vh".

    `on_click` is called before the script runs again, with x and y of the point or
    heatmap cell that was clicked. They may be anything: a browser sends them.
    """
    encoded = figure if isinstance(figure, str) else figure_json(figure)
    around = {
        "key": key,
        "label": label,
        "height": height if isinstance(height, str) else f"{height / 16}rem",
        "clickable": on_click is not None,
        "unavailable": _(
            "The chart cannot be drawn, because its script plotly.min.js did not "
            "load from this server. The numbers on this page still count."
        ),
    }
    data = packed(around, {"figure": encoded.encode()})

    def report() -> None:
        clicked = st.session_state[key].get("clicked")
        if on_click is not None and isinstance(clicked, dict):
            on_click(clicked.get("x"), clicked.get("y"))

    _component(data=data, key=key, height="content", on_clicked_change=report)


def shared_figure(key: Hashable, draw: Callable[[], dict[str, Any]]) -> str:
    """A figure as JSON, drawn once for everybody who looks at it in one language.

    Args:
        key: differs whenever the figure would: names the run, the kind of figure, and
            the version of its data.
        draw: makes the figure.
    """
    return _drawn(key, language(), draw)


@st.cache_data(max_entries=FIGURES_KEPT, show_spinner=False)
def _drawn(key: Hashable, language: str, _draw: Callable[[], dict[str, Any]]) -> str:
    return figure_json(_draw())


def figure_json(figure: dict[str, Any]) -> str:
    """The figure as compact JSON; NaN in it is a ValueError, since JSON has none."""
    return json.dumps(figure, separators=(",", ":"), allow_nan=False)
