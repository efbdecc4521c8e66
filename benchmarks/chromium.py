"""A Chromium for tests and benchmarks; ``python -m benchmarks.chromium`` gets one.

The system's when there is one; else, as root on Debian, through apt-get; else
Playwright's own download; else a sentence that says what to install.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
MISSING = (
    "The browser tests need Chromium or Chrome. Install one (on Debian and Ubuntu: "
    "apt-get install chromium; anywhere: .venv/bin/playwright install chromium), "
    "then start the tests again."
)


def find() -> Path | None:
    """The program of the system's Chromium, else of Playwright's; None if neither."""
    return _system() or _playwright()


def _system() -> Path | None:
    for name in NAMES:
        # Ubuntu's chromium-browser may be a script that only asks to install a snap.
        if (program := shutil.which(name)) and _starts(program):
            return Path(program)
    for program in ELSEWHERE:
        if Path(program).is_file():
            return Path(program)
    return None


def _starts(program: str) -> bool:
    try:
        asked = subprocess.run(
            [program, "--version"], capture_output=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def _playwright() -> Path | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        program = Path(playwright.chromium.executable_path)
    return program if program.is_file() else None


def _install_on_debian() -> None:
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    quietly = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ):
        subprocess.run(
            command,
            env=quietly,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )


def _install_with_playwright() -> None:
    subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"], check=False
    )


def main() -> int:
    """Finds a browser or installs one; 1 and a sentence if neither can be done."""
    for install in (None, _install_on_debian, _install_with_playwright):
        if install is not None:
            install()
        if program := find():
            print(f"Browser tests will use {program}")
            return 0
    print(MISSING, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
