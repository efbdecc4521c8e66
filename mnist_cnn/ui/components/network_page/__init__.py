"""A network as one page to take home: a double click opens it, without a server."""

from __future__ import annotations

import base64
import html
import json
from pathlib import Path
from string import Template

from mnist_cnn import runs
from mnist_cnn.nn.quantization import to_bytes
from mnist_cnn.runs import Run
from mnist_cnn.ui.components.bundle import WORKER, bundle
from mnist_cnn.ui.components.live_words import live_words
from mnist_cnn.ui.text import _

_HERE = Path(__file__).parent


def network_page(run: Run) -> str:
    """A canvas, the preparation, and the run's network alive, as HTML.

    Raises:
        RunError, NetworkError: if there is no network, in a sentence.
    """
    file = base64.b64encode(to_bytes(runs.load_network(run.id))).decode()
    name, live = run.name, _HERE.parent / "live_reading"
    data = {
        "words": live_words(),
        "worker": bundle(WORKER),
        # A worker of a page that is a file may fetch nothing but such an address.
        "network": f"data:;base64,{file}",
    }
    return Template(
        (_HERE / "network_page.html").read_text(encoding="utf-8")
    ).substitute(
        title=html.escape(name),
        about=_(
            "It reads while you draw. The network is in this file: nothing is sent, "
            "and no internet is needed."
        ),
        noscript=_("This page needs JavaScript."),
        clear=_("Clear"),
        style="".join(
            (live / name).read_text(encoding="utf-8")
            for name in ("live_reading.css", "break_panel.css")
        ),
        # "</script>" would end the script that holds it.
        data=json.dumps(data).replace("<", "\\u003c"),
        script=bundle(_HERE / "network_page.js"),
    )
