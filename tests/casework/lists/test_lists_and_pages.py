"""What lists know of a case is the same whether or not somebody has looked at the case."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.selectors import Entry
from casework.cases.past_rows import PART, Former, former_with, replaced, stood_in
from casework.lists.projection import listed_values
from orchestration.casetypes.case_type import CaseType, by_definition
from orchestration.ground import clock
from orchestration.models import Definition
from orchestration.privacy.masking import FormerValue, mask
from orchestration.privacy.principal import Principal
from orchestration.shell.services import Done
from orchestration.view.events import Event, InstanceStarted, VariablesChanged

pytestmark = pytest.mark.django_db

WORDS = st.sampled_from(["Otto Neumann", "6500", "Maria Sandoval", 6500, 6500.0, 1, True])
WRITTEN = st.fixed_dictionaries(
    {},
    optional={
        "customer": st.fixed_dictionaries({"name": WORDS}), "channel": WORDS, "amount": WORDS,
        "intent": st.fixed_dictionaries({"label": WORDS, "confidence": WORDS}),
    },
)  # fmt: skip
WRITERS = st.sampled_from([(1, None), (1, 7), (2, None)])
"""The case itself, a part of it that stands in an item, and a part with data of its own."""
STEPS = st.lists(st.lists(st.tuples(WRITERS, WRITTEN), max_size=3), min_size=1, max_size=5)


def step(case_type: CaseType, before: dict[str, Any], events: list[Event], created: bool) -> Done:
    untold = cast(Any, None)
    return Done(1, case_type, untold, tuple(events), untold, clock.utc_now(), created, before=before)


def entry(event: Event) -> Entry:
    if isinstance(event, InstanceStarted):
        detail = {"instance": event.instance, "variables": event.variables}
    else:
        assert isinstance(event, VariablesChanged)
        detail = {"instance": event.instance, "item": event.item, "changes": event.changes}
    return Entry(1, f"engine.{type(event).__name__}", "", "", "", clock.utc_now(), "", [], detail)


def former(case_type: CaseType, values: list[FormerValue]) -> Former:
    return former_with(step(case_type, {}, [], False), values)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=WRITTEN, steps=STEPS)
def test_what_pages_keep_of_the_past_changes_nothing_that_lists_know(
    complaint: Definition, first: dict[str, Any], steps: list[Any]
) -> None:
    case_type = by_definition(complaint.pk)
    data: dict[str, Any] = dict(first)
    by_steps: list[FormerValue] = []
    told: list[Event] = []
    for number, writings in enumerate(steps):
        events: list[Event] = [VariablesChanged(where, item, new) for (where, item), new in writings]
        if number == 0:
            events.insert(0, InstanceStarted(1, "case", "complaint", "Complaint", None, first))
        by_steps += replaced(step(case_type, {} if number == 0 else dict(data), events, number == 0))
        told += events
        for who, changes in writings:
            data |= changes if who == (1, None) else {}
        kept = [*by_steps, *stood_in(map(entry, told), case_type.classification)]
        alone, looked_at = former(case_type, by_steps), former(case_type, kept)
        assert set(listed_values(case_type, data, alone)) == set(listed_values(case_type, data, looked_at))


def test_what_a_part_wrote_for_itself_stays_hidden_on_pages(complaint: Definition) -> None:
    rules = by_definition(complaint.pk).classification
    events = [entry(VariablesChanged(2, None, {"customer": {"name": "Otto Neumann"}, "own": "Gerda Blum"}))]
    values = list(stood_in(events, rules))
    assert {value.pointer for value in values} == {f"{PART}/customer/name", f"{PART}/own"}
    past = former(by_definition(complaint.pk), values)
    said = "Otto Neumann asked Gerda Blum."
    assert not {"Neumann", "Blum"} & set(mask({}, rules, Principal("public"), past=past).text(said).rstrip(".").split())
    revealed = Principal("internal", revealed=frozenset({"/customer"}))
    assert "Otto Neumann" in mask({}, rules, revealed, past=past).text(said)
