"""Can a file be held in the head? At most 400 lines, tests and templates too; and nothing is kept that was fetched."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
MOST: Final = 400
FOLDERS: Final = ("audit", "casework", "orchestration", "tests", "templates", "static")
ONE_BY_PURPOSE: Final = {"audit/verifier.py"}
"""What is handed to somebody as one file, and needs nothing beside it."""
WRITTEN: Final = (".py", ".html", ".css", ".js", ".sh")


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    long = {str(path.relative_to(ROOT)): count for path in _files() if (count := _lines(path)) > MOST}
    assert not long


def test_nothing_is_kept_that_was_fetched_or_made_here() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("This is no checkout of git.")
    asked = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    assert subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout == ""


def _files() -> list[Path]:
    found = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
    return [path for path in found if path.suffix in WRITTEN and _is_ours_to_split(path)]


def _is_ours_to_split(path: Path) -> bool:
    named = str(path.relative_to(ROOT)) in ONE_BY_PURPOSE
    return not (named or {"vendor", "migrations"} & set(path.parts))


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())
