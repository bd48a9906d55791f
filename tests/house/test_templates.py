"""Can a template be read? Lines that end, white space that is kept where it shows, no library that is not used."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from django.template import Engine

ROOT: Final = Path(__file__).parents[2]
TEMPLATES: Final = sorted((ROOT / "templates").rglob("*.html"))
MOST: Final = 160
KEPT_AS_IT_IS: Final = re.compile(r'class="(?:[^"]* )?text(?: [^"]*)?"[^>]*>\s*\n')
"""An element of class `text` (white-space: pre-wrap) whose words begin on a line of their own."""
LOADED: Final = re.compile(r"\{% load ([\w ]+?) %\}")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_line_of_a_template_is_too_long_to_read(template: Path) -> None:
    long = [number for number, line in enumerate(template.read_text().splitlines(), 1) if len(line) > MOST]
    assert not long, f"lines {long} have more than {MOST} characters"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_line_break_comes_before_what_people_wrote(template: Path) -> None:
    assert not KEPT_AS_IT_IS.search(template.read_text())


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_loads_no_library_of_which_it_uses_nothing(template: Path) -> None:
    text, libraries = template.read_text(), Engine.get_default().template_libraries
    used = {*re.findall(r"\{%\s*(\w+)", text), *re.findall(r"\|\s*(\w+)", text)}
    named = [name for found in LOADED.findall(text) for name in found.split()]
    assert [name for name in named if not used & {*libraries[name].tags, *libraries[name].filters}] == []
