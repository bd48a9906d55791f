"""Does `pip install .` give a product that works, in an environment that has nothing else?

The wheel is built and installed with the pinned packages; the `casewright` command then serves pages, runs commands and
keeps what it writes in a folder of the user's, never beside the code.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
UV: Final = (sys.executable, "-m", "uv")
START: Final = 240
"""Seconds that the first start may take: packages of npm, a database, demo cases."""

pytestmark = [pytest.mark.slow, pytest.mark.longest]


def _run(*command: str | Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command], env={**_bare(), **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _bare() -> dict[str, str]:
    """The environment without what a developer's shell says about the product."""
    ours = ("CASEWRIGHT_", "DJANGO_", "DATABASE_URL", "CELERY_", "PYTHONPATH", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


@pytest.fixture(scope="module")
def installed() -> Iterator[Path]:
    """The bin folder of an environment with the product in it."""
    folder = Path(tempfile.mkdtemp(prefix="cw-installed-"))
    _run(*UV, "build", "--wheel", "--quiet", "--out-dir", folder / "dist", ROOT)
    (wheel,) = (folder / "dist").glob("*.whl")
    _run(*UV, "venv", "--quiet", "--seed", "--python", sys.executable, folder / "venv")
    pins = ("-c", ROOT / "requirements.txt")
    _run(*UV, "pip", "install", "--quiet", "--python", folder / "venv/bin/python", *pins, wheel)
    yield folder / "venv/bin"
    shutil.rmtree(folder, ignore_errors=True)


def test_the_installed_product_serves_pages_and_keeps_its_state_with_the_user(installed: Path) -> None:
    (code,) = installed.parent.glob("lib/*/site-packages/casework")
    before = _files(code)
    with tempfile.TemporaryDirectory(prefix="cw-state-", dir="/tmp") as home:
        place = {"XDG_STATE_HOME": home, "HOME": home}
        try:
            _serve(installed, place)
            assert "All histories hold" in _run(installed / "casewright", "verify", **place)
            assert "System check" in _run(installed / "casewright", "manage", "check", **place)
            assert (Path(home) / "casewright" / "postgres").is_dir()
        finally:
            _run(installed / "casewright", "reset", **place)
    assert _files(code) == before


def _serve(installed: Path, place: dict[str, str]) -> None:
    """Start it, read the pages that need templates, our own static files and npm's, and end it in order."""
    port = _free_port()
    command = [str(installed / "casewright"), "run", "--port", str(port)]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env={**_bare(), **place}, stdout=log, stderr=log, cwd="/")
        try:
            _wait(f"http://127.0.0.1:{port}/readyz", process)
            for path, words in (
                ("/login/", b"Sign in"),
                ("/static/casewright.css", b"How does Casewright look?"),
                ("/static/vendor/icons.svg", b"<symbol"),
            ):
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                    assert words in answer.read(), path
        except AssertionError as failure:
            log.seek(0)
            raise AssertionError(log.read().decode()[-4000:]) from failure
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until:
        assert process.poll() is None, "it has ended"
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("it is not ready")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
