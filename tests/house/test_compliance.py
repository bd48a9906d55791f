"""Does each test that docs/compliance.md calls a proof exist?"""

from __future__ import annotations

import re

from casework.runtime.locations import ROOT

TOLD = (ROOT / "docs/compliance.md").read_text()


def test_each_test_that_is_named_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)`", TOLD)
    assert len(named) > 30 and [name for name in named if not (ROOT / name).is_file()] == []


def test_each_line_names_a_test_or_says_that_it_is_open() -> None:
    lines = [
        line
        for line in TOLD.splitlines()
        if line.startswith("|") and not line.startswith(("|---", "| Article", "| Chapter", "| Section"))
    ]
    assert (
        lines
        and [line for line in lines if "`tests/" not in line and "open" not in line and "not applicable" not in line]
        == []
    )
