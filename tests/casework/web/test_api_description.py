"""The API is described completely, and answers as it is described."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from casework.api_urls import urlpatterns
from casework.cases.api import examples, shapes
from casework.cases.services import item_plan
from casework.models import Case
from casework.tasks.api_shapes import TaskList

Described = dict[str, Any]


@pytest.fixture(scope="module")
def description() -> Described:
    return SchemaGenerator().get_schema(public=True)


def operations(description: Described) -> list[tuple[str, str, Described]]:
    return [(path, method, call) for path, methods in description["paths"].items() for method, call in methods.items()]


def validator(description: Described, schema: Described) -> Draft202012Validator:
    """Of one schema of the description, which may refer to the others."""
    return Draft202012Validator({**schema, "components": description["components"]})


def shape(description: Described, name: str) -> Draft202012Validator:
    return validator(description, {"$ref": f"#/components/schemas/{name}"})


ERROR = ("code", "message", "errors")
"""What every refusal says; some say more."""
FILE = "application/octet-stream"
"""What a call answers with that gives a file as it is."""
EVENTS = "text/event-stream"
"""What a call answers with that stays on the line; what each event says is told in its description."""
NAMES_A_VIEW = {"/api/tasks/", "/api/cases/"}
"""What is asked for by a saved view too, which may be there no more."""


def test_it_is_valid_openapi(description: Described) -> None:
    validate_schema(description)
    assert description["openapi"].startswith("3.1")


def test_every_address_is_described(description: Described) -> None:
    own = {
        "/api/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(url.pattern)) for url in urlpatterns if "schema" not in url.name
    }
    assert own - {"/api/", "/api/docs/"} == set(description["paths"])


def test_every_call_says_what_it_takes_gives_and_refuses_with_an_example(description: Described) -> None:
    for path, method, call in operations(description):
        told = f"{method} {path}"
        assert call["summary"] and call["description"].endswith("."), told
        assert {"401", "429"} < set(call["responses"]), told
        assert ("404" in call["responses"]) == ("{" in path or (path in NAMES_A_VIEW and method == "get")), told
        for status, answer in call["responses"].items():
            if answer["content"].keys() & {FILE, EVENTS}:
                continue
            content = answer["content"]["application/json"]
            assert "$ref" in content["schema"], told
            if status >= "400":
                name = content["schema"]["$ref"].rpartition("/")[2]
                assert {*ERROR} <= {*description["components"]["schemas"][name]["required"]}, told
                assert content["examples"], told


def test_what_a_call_takes_is_closed_as_unknown_names_are_refused(description: Described) -> None:
    taken = 0
    for path, method, call in operations(description):
        for kind, part in call.get("requestBody", {}).get("content", {}).items():
            if kind == "application/x-www-form-urlencoded":
                continue  # of a request for a token what is unknown is ignored (RFC 6749, 3.2)
            name = part["schema"]["$ref"].rpartition("/")[2]
            assert description["components"]["schemas"][name]["additionalProperties"] is False, f"{method} {path}"
            taken += 1
    assert taken > 5


def test_every_example_has_the_shape_that_it_is_an_example_of(description: Described) -> None:
    checked = 0
    for path, method, call in operations(description):
        bodies = [*call["responses"].values(), call.get("requestBody", {"content": {}})]
        parts = [body["content"]["application/json"] for body in bodies if "application/json" in body["content"]]
        for part in parts:
            for given in part.get("examples", {}).values():
                errors = list(validator(description, part["schema"]).iter_errors(given["value"]))
                assert not errors, f"{method} {path}: {errors}"
                checked += 1
    assert checked > 40


@pytest.mark.parametrize(
    ("example", "shape"),
    [(examples.CASE, shapes.Case), (examples.TASK, shapes.Task), (examples.CASES, shapes.CaseList),
     (examples.TASKS, TaskList), (examples.HISTORY, shapes.History), (examples.RECEIPT, shapes.Receipt)],
)  # fmt: skip
def test_no_example_has_more_than_an_answer_has(example: Described, shape: type[shapes.Shape]) -> None:
    assert set(example) == set(shape().fields)


@pytest.mark.django_db
def test_answers_have_the_shape_that_is_described(
    description: Described, analysed: Callable[..., Case], people: dict[str, User], client: Client
) -> None:
    case = analysed()
    item_plan(by=people["anna"], case=case, definition="ask_customer")
    client.force_login(people["anna"])
    task = client.get("/api/tasks/?scope=groups").json()["results"][0]["id"]
    claimed = client.post(f"/api/tasks/{task}/claim/", content_type="application/json")
    given = {
        "CaseList": client.get("/api/cases/"),
        "Case": client.get(f"/api/cases/{case.pk}/"),
        "History": client.get(f"/api/cases/{case.pk}/history/"),
        "TaskList": client.get("/api/tasks/"),
        "Task": claimed,
        "Error": client.get("/api/cases/0/"),
    }
    client.force_login(people["axel"])
    given["Verified"] = client.post(f"/api/cases/{case.pk}/verify/", content_type="application/json")
    for name, answer in given.items():
        errors = list(shape(description, name).iter_errors(answer.json()))
        assert not errors, f"{name}: {errors}"


@pytest.mark.django_db
def test_it_is_served_with_a_page_to_browse_it(client: Client) -> None:
    assert client.get("/api/schema/", headers={"Accept": "application/json"}).json()["info"]["title"] == "Casewright"
    page = client.get("/api/docs/")
    description = SchemaGenerator().get_schema(request=None, public=True)
    text = page.content.decode()
    for path, methods in description["paths"].items():
        assert all(f"{method.upper()} {path}</code>" in text for method in methods)
    for name in description["components"]["schemas"]:
        assert f'id="shape-{name}"' in text
    assert set(re.findall(r'href="#(shape-\w+)"', text)) <= set(re.findall(r'id="(shape-\w+)"', text))
    assert "<code>Retry-After</code>" in text and "`Retry-After`" not in text
