"""Can a template be read? Lines that end, white space that is kept where it shows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
TEMPLATES: Final = sorted((ROOT / "templates").rglob("*.html"))
MOST: Final = 160
KEPT_AS_IT_IS: Final = re.compile(r'class="(?:[^"]* )?text(?: [^"]*)?"[^>]*>\s*\n')
"""An element of class `text` (white-space: pre-wrap) whose words begin on a line of their own."""


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_line_of_a_template_is_too_long_to_read(template: Path) -> None:
    long = [number for number, line in enumerate(template.read_text().splitlines(), 1) if len(line) > MOST]
    assert not long, f"lines {long} have more than {MOST} characters"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_line_break_comes_before_what_people_wrote(template: Path) -> None:
    assert not KEPT_AS_IT_IS.search(template.read_text())
