"""What the API's description forbids is refused: a number for a text, a text for a number, a name that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from django.http import QueryDict
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator
from rest_framework import serializers as s
from rest_framework.test import APIRequestFactory

from casework.actors.api.worker_requests import Complete, Extend, Fetch
from casework.agents.a2a.shapes import OwnTasksFilter, SendMessage
from casework.agents.reports_api import Report
from casework.cases.api.requests import CaseFilter, Reveal, Sent
from casework.lists.views_api import ViewFilter

Json = Any
VALUES: Final[tuple[Json, ...]] = (
    5, -1, 2.5, True, "5", "true", "", " ", "no such", [], ["5"], [5], {}, {"a": 5}, " " * 200_000, " 0", "1e3",
)  # fmt: skip


def every(shape: type[Sent]) -> Iterator[type[Sent]]:
    for below in shape.__subclasses__():
        yield below
        yield from every(below)


def taken(shape: type[Sent], body: Mapping[str, Json]) -> bool:
    return shape(data=dict(body)).is_valid()


def refused_at(shape: type[Sent], body: Mapping[str, Json], name: str) -> bool:
    sent = shape(data=dict(body))
    return not sent.is_valid() and name in sent.errors


def test_no_call_takes_in_a_body_what_its_description_forbids() -> None:
    components = SchemaGenerator().get_schema(public=True)["components"]
    tried = 0
    for shape in every(Sent):
        described = components["schemas"].get(f"{shape.__name__}Request", {"properties": {}})
        fields = shape().fields
        if set(described["properties"]) != set(fields):
            continue  # of a query, or another of the same name
        for name, field in described["properties"].items():
            forbids = Draft202012Validator({**field, "components": components})
            for value in VALUES:
                if not forbids.is_valid(value):
                    assert refused_at(shape, {name: value}, name), (shape, name, str(value)[:20])
                    tried += 1
    assert tried > 1000, "of most fields most values are of another kind"


@pytest.mark.parametrize(
    ("shape", "body", "where"),
    [
        (Fetch, {"capabilities": ["a", 5]}, "capabilities"),
        (Fetch, {"most": True}, "most"),
        (Extend, {"lease": "60"}, "lease"),
        (Complete, {"output": {}, "cost": 0.5}, "cost"),
        (Report, {"reference": "r", "goal": "g", "state": "working", "currency": "EUR "}, "currency"),
        (Report, {"reference": "r", "goal": "g", "state": "working", "plan": [{"tool": "t", "why": 5}]}, "plan"),
        (Report, {"reference": "r", "goal": "g", "state": "working", "plan": [{"tool": "t", "wy": ""}]}, "plan"),
        (SendMessage, {"message": {"messageId": "m", "role": "ROLE_USER", "parts": [{}], "rol": ""}}, "message"),
        (Reveal, {"path": "/a", "reason": 12345}, "reason"),
    ],
)  # fmt: skip
def test_what_is_of_another_kind_is_named_and_says_what_to_do(
    shape: type[Sent], body: dict[str, Json], where: str
) -> None:
    sent = shape(data=body)
    assert not sent.is_valid() and [*sent.errors] == [where]


def test_what_is_described_is_taken() -> None:
    """A whole number may be written 5.0 (JSON Schema 2020-12, validation, 6.1.1)."""
    assert taken(Fetch, {"most": 5, "wait": 0, "lease": 1.5, "capabilities": ["a"]}) and taken(Fetch, {"most": 5.0})
    assert taken(Complete, {"output": {"any": [1, None]}, "confidence": None, "cost": "0.05"})


@pytest.mark.parametrize(
    ("shape", "query"),
    [
        (ViewFilter, "list="), (CaseFilter, "limit="), (CaseFilter, "limit=5.0"), (CaseFilter, "limit=1_0"),
        (CaseFilter, "limit=٥"), (CaseFilter, "closed=1"), (CaseFilter, "closed=yes"), (CaseFilter, "closed="),
        (OwnTasksFilter, "includeArtifacts=on"), (CaseFilter, "sort=" + "+" * 201),
    ],
)  # fmt: skip
def test_a_query_is_held_to_its_description_too(shape: type[Sent], query: str) -> None:
    with pytest.raises(s.ValidationError):
        asked(shape, query)


def test_a_query_may_leave_out_what_it_does_not_ask_for() -> None:
    given = asked(CaseFilter, "limit=5&closed=True&state=")
    assert (given["limit"], given["closed"], given["state"], given["view"]) == (5, True, "", 0)


def asked(shape: type[Sent], query: str) -> dict[str, Json]:
    request = APIRequestFactory().get("/")
    request.query_params = QueryDict(query)  # type: ignore[attr-defined]
    return shape.query(request)  # type: ignore[arg-type]
