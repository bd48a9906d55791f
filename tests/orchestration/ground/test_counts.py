"""One of a thing reads as one, and any other number as several."""

from __future__ import annotations

import pytest

from orchestration.ground.counts import counted


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 cases"), (1, "1 case"), (1.0, "1 case"), (0.5, "0.5 cases"), (12, "12 cases")]
)
def test_a_count_reads_as_people_say_it(number: float, said: str) -> None:
    assert counted(number, "case") == said
    assert counted(number, "person who waits", "people who wait").startswith(said.split()[0])
