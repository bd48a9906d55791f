"""Where does the agent live that is none of ours? In an environment of its own: `make a2a`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from casework.runtime.demo_systems.environment import install, is_installed
from casework.runtime.locations import locations

PINS: Final = "requirements-a2a.txt"
HERE: Final = Path(__file__).parent


def venv() -> Path:
    return locations().state / "demo-systems" / "a2a"


def python() -> Path | None:
    """Its Python; None where it is not set up."""
    return venv() / "bin/python" if is_installed(venv()) else None


def set_up() -> None:
    """Raises ServiceFailed."""
    install(venv(), PINS, "a2a-sdk")
