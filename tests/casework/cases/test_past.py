"""Does what is kept of a case's past say what its history says, and cost no more when that grows?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.selectors import Entry, entries_of
from audit.services import Fact, Origin
from casework.cases.past_rows import TAIL, Kept, catch_up, keep, kept_past, rebuild
from casework.cases.read.case_view import _seen
from casework.cases.read.past import fold, nothing
from casework.models import Case, CasePast, FormerValue
from orchestration.casetypes.case_type import by_definition
from orchestration.privacy.classification import LEVELS
from orchestration.privacy.masking import mask
from orchestration.privacy.principal import Principal
from orchestration.shell import services
from tests.casework.actions import statements

pytestmark = pytest.mark.django_db

People = dict[str, User]


def grown(case: Case, by: int, **more: Any) -> None:
    """The case with so many more events, at each of which a hidden value changes."""
    for start in range(0, by, 500):
        facts = [
            Fact("engine.VariablesChanged", {
                "instance": 1, "item": None, "changes": {"customer": {"name": f"Person{start + n} Hidden{start + n}",
                                                        "iban": f"DE{10**19 + 7919 * (start + n):020d}"}},
            })
            for n in range(min(500, by - start))
        ]  # fmt: skip
        services.record(case.instance_id, facts, Origin("system:test"))
    case.refresh_from_db()
    case.instance.refresh_from_db()


def history(case: Case) -> list[Entry]:
    return entries_of(case.instance_id, after=0, limit=100_000)


def forms(kept: Kept) -> dict[str, list[str]]:
    return {pointer: sorted(rows.forms) for pointer, rows in kept.values.items()}


@pytest.fixture
def long_case(analysed: Callable[..., Case]) -> Case:
    case = analysed()
    grown(case, 200)
    return case


def test_the_same_past_comes_of_the_same_events_in_whatever_portions(long_case: Case) -> None:
    events = history(long_case)
    whole = fold(nothing(), events)

    @settings(max_examples=30, deadline=None)
    @given(st.lists(st.integers(0, len(events)), max_size=6))
    def in_portions(cuts: list[int]) -> None:
        past, marks = nothing(), [0, *sorted(cuts), len(events)]
        for first, last in zip(marks, marks[1:], strict=False):
            fold(past, events[first:last])
        assert past == whole

    in_portions()


def test_what_is_kept_is_what_a_fresh_build_gives(long_case: Case) -> None:
    classification = by_definition(long_case.instance.definition_id).classification
    catch_up(long_case.instance_id, classification)
    grown(long_case, 90)
    catch_up(long_case.instance_id, classification)
    kept = kept_past(long_case.instance_id)
    call_command("rebuild_pasts", str(long_case.pk))
    rebuilt = kept_past(long_case.instance_id)
    assert rebuilt.past == kept.past and forms(rebuilt) == forms(kept)
    assert FormerValue.objects.filter(instance=long_case.instance_id).count() >= 400


def test_a_value_of_long_ago_is_masked_in_a_text_of_today(people: People, long_case: Case) -> None:
    services.record(
        long_case.instance_id,
        [Fact("case.changed", {"transition": "suspend", "reason": "Person3 Hidden3 said DE1000 0000 0000 0002 3757"})],
        Origin("person:clara"),
    )
    grown(long_case, TAIL + 1)
    client = Client()
    client.force_login(people["axel"])
    for address in (
        f"/cases/{long_case.pk}/",
        f"/cases/{long_case.pk}/history/",
        f"/api/cases/{long_case.pk}/history/",
    ):
        shown = client.get(address).content.decode()
        assert "Hidden3 " not in shown and "0002 3757" not in shown and "Person3 " not in shown


@pytest.mark.parametrize("reader", ["anna", "axel"])
def test_a_page_makes_as_many_statements_however_long_the_history_is(
    people: People, analysed: Callable[..., Case], reader: str
) -> None:
    case = analysed()
    client = Client()
    client.force_login(people[reader])
    for address in (f"/cases/{case.pk}/", f"/cases/{case.pk}/history/"):
        client.get(address)
        young = statements(lambda address=address: client.get(address))
        grown(case, 500)
        client.get(address)
        assert statements(lambda address=address: client.get(address)) <= young + 1


def test_a_past_that_was_kept_is_not_set_back_by_one_who_comes_late(long_case: Case) -> None:
    classification = by_definition(long_case.instance.definition_id).classification
    catch_up(long_case.instance_id, classification)
    last = CasePast.objects.get(pk=long_case.instance_id).upto
    assert keep(long_case.instance_id, nothing() | {"upto": 5}, [], classification, None) is None
    assert CasePast.objects.get(pk=long_case.instance_id).upto == last


@pytest.mark.parametrize("kept_before", [False, True])
def test_a_page_that_read_before_a_rebuild_keeps_nothing_after_it(long_case: Case, kept_before: bool) -> None:
    """Its past may tell of what was erased meanwhile, and the rebuild would go on from it."""
    number, classification = long_case.instance_id, by_definition(long_case.instance.definition_id).classification
    if kept_before:
        with transaction.atomic():
            catch_up(number, classification)
        grown(long_case, TAIL + 1)
    read = kept_past(number)
    tail = entries_of(number, after=read.past["upto"], limit=1000)
    rebuild(number, classification)
    rebuilt = kept_past(number)
    FormerValue.objects.filter(instance=number).delete()  # as if what the page has read were erased since
    assert keep(number, fold(read.past, tail), tail, classification, read.version) is None
    assert kept_past(number).version == rebuilt.version
    assert not FormerValue.objects.filter(instance=number).exists()


def test_what_was_dropped_is_not_brought_back_by_a_page_that_had_read_it(long_case: Case) -> None:
    number, classification = long_case.instance_id, by_definition(long_case.instance.definition_id).classification
    catch_up(number, classification)
    read = kept_past(number)
    CasePast.objects.filter(pk=number).delete()
    assert keep(number, read.past, [], classification, read.version) is None
    assert not CasePast.objects.filter(pk=number).exists()


@pytest.mark.parametrize("reader", ["anna", "axel"])
def test_the_pages_of_a_long_case_take_at_most_fifteen_statements(people: People, long_case: Case, reader: str) -> None:
    client = Client()
    client.force_login(people[reader])
    for address in (f"/cases/{long_case.pk}/", f"/cases/{long_case.pk}/history/"):
        client.get(address)
        assert statements(lambda address=address: client.get(address)) <= 15


def test_a_thousand_changed_values_are_looked_through_once_and_not_for_each_text(long_case: Case) -> None:
    classification = by_definition(long_case.instance.definition_id).classification
    grown(long_case, 1000)
    catch_up(long_case.instance_id, classification)
    view = mask({}, classification, Principal("public"), past=kept_past(long_case.instance_id).values)
    texts = [f"text {n} about nobody, at 2026-11-28T21:{n % 60:02d}:00Z" for n in range(200)]
    assert [view.text(text) for text in texts] == texts
    assert view.secrets.index.work < 60 * len(texts)


def test_former_values_are_read_for_no_reader_who_sees_their_field(long_case: Case) -> None:
    classification, name = by_definition(long_case.instance.definition_id).classification, "/customer/name"
    catch_up(long_case.instance_id, classification)
    whole = kept_past(long_case.instance_id).values.keys()
    assert name in whole and kept_past(long_case.instance_id, [name]).values.keys() == whole - {name}
    assert name in _seen(classification, Principal(LEVELS[-1])) and name not in _seen(
        classification, Principal("public")
    )
    revealed = Principal("public", revealed=frozenset({name}))
    assert whole & {*_seen(classification, revealed)} == {name}
