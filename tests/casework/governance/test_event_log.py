"""All histories of a kind of case leave for process mining: every case, in order, without any value of their data."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.models import AuditEvent
from casework.governance import event_log
from casework.models import Case

pytestmark = pytest.mark.django_db

XES = "{http://www.xes-standard.org/}"


def taken(who: User, form: str) -> bytes:
    client = Client()
    client.force_login(who)
    answer = client.get(f"/changes/registers/complaint/{form}/download/")
    assert answer.status_code == 200
    return b"".join(iter(answer))


@pytest.fixture
def cases(analysed: Callable[..., Case], monkeypatch: pytest.MonkeyPatch) -> list[Case]:
    monkeypatch.setattr(event_log, "AT_ONCE", 2)
    return [analysed() for _ in range(3)]


def test_xes_has_a_trace_for_each_case_with_its_steps_in_order(people: dict[str, User], cases: list[Case]) -> None:
    log = ElementTree.fromstring(taken(people["axel"], "xes"))
    traces = log.findall(f"{XES}trace")
    assert [trace[0].get("value") for trace in traces] == [str(case.pk) for case in cases]
    for trace in traces:
        events = [{each.get("key"): each.get("value") for each in event} for event in trace.findall(f"{XES}event")]
        told = [(event["concept:name"], event["lifecycle:transition"]) for event in events]
        assert told[0] == ("Case opened", "complete") and ("Decision: Routing", "complete") in told
        assert told.index(("Understand", "start")) < told.index(("Understand", "complete"))
        times = [datetime.fromisoformat(event["time:timestamp"] or "") for event in events]
        assert times == sorted(times)


def test_ocel_tells_the_same_events_of_the_same_objects(people: dict[str, User], cases: list[Case]) -> None:
    log = json.loads(taken(people["axel"], "ocel"))
    xes = ElementTree.fromstring(taken(people["axel"], "xes"))
    assert len(log["events"]) == len(list(xes.iter(f"{XES}event")))
    known, types = {one["id"] for one in log["objects"]}, {one["name"] for one in log["eventTypes"]}
    assert {f"case {case.pk}" for case in cases} <= known
    for event in log["events"]:
        assert event["type"] in types and {one["objectId"] for one in event["relationships"]} <= known
    assert len({event["id"] for event in log["events"]}) == len(log["events"])


@pytest.mark.parametrize("form", ["xes", "ocel"])
def test_no_value_of_a_case_leaves_and_that_it_was_taken_is_kept(
    people: dict[str, User], cases: list[Case], form: str
) -> None:
    said = taken(people["axel"], form).decode()
    assert "Sandoval" not in said and "swallowed" not in said and "refund_request" not in said
    assert AuditEvent.objects.filter(action="definition.downloaded", actor="person:axel").exists()


def test_there_is_no_log_in_another_form_or_of_no_kind(people: dict[str, User]) -> None:
    client = Client()
    client.force_login(people["axel"])
    for address in ("complaint/csv", "nothing/xes"):
        assert client.get(f"/changes/registers/{address}/download/").status_code == 404
