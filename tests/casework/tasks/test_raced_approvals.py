"""However answers, changes and time race, nothing is done but what whoever signed it had before them."""

from __future__ import annotations

from tests.casework.tasks.raced_approvals import raced


def test_nothing_is_done_but_what_was_seen_by_who_signed_it() -> None:
    found = raced(range(400))
    assert found.wrong == [] and found.effects > 20
