"""What lists filter and order by is what the cases say, after each step, and as a fresh build has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.services import Origin
from casework.cases.past_rows import former_of
from casework.cases.read.case_view import row_mask
from casework.lists.columns import cells, offered
from casework.lists.models import ListedValue
from casework.lists.projection import listed_values
from casework.models import Case
from orchestration.casetypes.case_type import by_definition
from orchestration.engine.commands import SetVariables
from orchestration.models import Definition
from orchestration.privacy.classification import LEVELS, rank
from orchestration.privacy.masks import DOTS
from orchestration.privacy.principal import Principal
from orchestration.shell import services
from tests.casework.conftest import PERSON

pytestmark = pytest.mark.django_db

Rows = set[tuple[Any, ...]]
ORIGIN = Origin("system:test")
ECHOES = [PERSON["name"], PERSON["iban"], "web", "Maria", "", "\0", "x" * 300, "2026-11-29", "2026-11-29T10:00:00Z"]
VALUES = st.one_of(
    st.sampled_from(ECHOES),
    st.text(max_size=12),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.none(),
)
DATA = st.fixed_dictionaries(
    {"message": st.sampled_from(ECHOES), "customer": st.just(PERSON) | st.just({})},
    optional={
        "channel": VALUES, "received": VALUES, "route": st.fixed_dictionaries({}, optional={"why": VALUES}),
        "intent": st.fixed_dictionaries({"label": VALUES, "confidence": VALUES}) | VALUES,
    },
)  # fmt: skip


def kept(case: Case) -> Rows:
    rows = ListedValue.objects.filter(instance=case.instance_id)
    return set(rows.values_list("field", "level", "words", "number", "moment"))


def fresh(case: Case) -> Rows:
    with transaction.atomic():
        found = services.lock(case.instance_id)
    assert found is not None
    values = listed_values(
        found.case_type, found.state.root.variables, former_of([case.instance_id]).get(case.instance_id, {})
    )
    return {(value.field, value.level, value.words, value.number, value.moment) for value in values}


def test_what_is_kept_is_a_fresh_build_after_each_step(people: dict[str, User], analysed: Callable[..., Case]) -> None:
    case = analysed(channel="Web", received="2026-11-20T08:00:00Z")
    assert {field for field, *_ in kept(case)} >= {"channel", "received", "intent.label", "intent.confidence"}
    steps: list[dict[str, Any]] = [
        {"channel": "Telephone"}, {"channel": None}, {"channel": PERSON["name"]}, {"received": "yesterday"},
        {"received": "2026-11-21", "intent": {"label": "fraud", "confidence": "high"}}, {"customer": {}},
        {"channel": "web"}, {"channel": PERSON["name"]}, {"customer": {"name": "web"}},
    ]  # fmt: skip
    for changes in steps:
        before = kept(case)
        services.send(case.instance_id, SetVariables(changes), ORIGIN)
        assert kept(case) == fresh(case) != before


def test_what_was_corrected_is_no_way_to_find_a_case(people: dict[str, User], analysed: Callable[..., Case]) -> None:
    case = analysed(channel="web")
    services.send(case.instance_id, SetVariables({"customer": {**PERSON, "name": "Otto Neumann"}}), ORIGIN)
    services.send(case.instance_id, SetVariables({"channel": f"by {PERSON['name']}"}), ORIGIN)
    levels = {field: level for field, level, *_ in kept(case)}
    assert levels["channel"] > levels["intent.label"] and kept(case) == fresh(case)


def test_a_command_makes_it_anew(people: dict[str, User], analysed: Callable[..., Case]) -> None:
    case, other = analysed(channel="web"), analysed()
    told = kept(case)
    ListedValue.objects.filter(field="channel").delete()
    ListedValue.objects.filter(field="intent.label").update(words="other", level=3)
    ListedValue.objects.create(instance=case.instance, field="gone", level=0, number=1)
    call_command("rebuild_lists", case.pk)
    assert kept(case) == told and kept(other) != fresh(other)
    call_command("rebuild_lists")
    assert kept(other) == fresh(other)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=DATA)
def test_exactly_those_who_are_shown_a_value_find_by_it(complaint: Definition, data: dict[str, Any]) -> None:
    document = orjson.loads(orjson.dumps(data))
    levels = {value.field: value.level for value in listed_values(by_definition(complaint.pk), document, {})}
    columns = offered(Principal("restricted"))
    for clearance in LEVELS:
        person = Principal(clearance)
        masked = row_mask(complaint.pk, orjson.dumps(data), person, {})
        for cell in cells(columns, complaint.pk, orjson.dumps(data), person, masked):
            if cell.path in levels:
                assert (cell.shown == DOTS) == (levels[cell.path] > rank(clearance)), (cell, clearance)
