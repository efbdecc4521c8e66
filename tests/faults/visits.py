"""Opening any page as a link does; a traceback on it fails the test."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
PAGES = ["app.py", *(f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py"))]


def visit(page: str, *, run: str = "", why: str = "", **state: object) -> AppTest:
    """Runs the page, with that run in its address and that session state."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    if run:
        at.query_params["run"] = at.query_params["network"] = run
    if page != "app.py":
        at.switch_page(page)
    for name, value in state.items():
        at.session_state[name] = value
    at.run()
    shown = [f"{each.message}\n{''.join(each.stack_trace)}" for each in at.exception]
    assert shown == [], f"{page} {why}"
    return at
