"""Can a file be held in the head? At most 400 lines, tests and templates too."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
MOST: Final = 400
FOLDERS: Final = ("audit", "casework", "orchestration", "tests", "templates", "static")
ONE_BY_PURPOSE: Final = {"audit/verifier.py"}
"""What is handed to somebody as one file, and needs nothing beside it."""
WRITTEN: Final = (".py", ".html", ".css", ".js", ".sh")


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    long = {str(path.relative_to(ROOT)): count for path in _files() if (count := _lines(path)) > MOST}
    assert not long


def _files() -> list[Path]:
    found = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
    return [path for path in found if path.suffix in WRITTEN and _is_ours_to_split(path)]


def _is_ours_to_split(path: Path) -> bool:
    named = str(path.relative_to(ROOT)) in ONE_BY_PURPOSE
    return not (named or {"vendor", "migrations"} & set(path.parts))


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())
