"""Can an administrator bring a connector in, from a file or an OpenAPI document, and see what it would do?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from django.test import Client

from audit.models import AuditEvent
from audit.services import Origin
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.kinds.http_connector.file import connector_faults
from orchestration.models import Actor, ActorVersion, AllowedHost
from orchestration.shell.verification.control import verify_control
from tests.casework.stand_ins import Demo, demo, store
from tests.orchestration.actors.connectors.server import System, running

__all__ = ["demo", "store"]

NEW = "/actors/connectors/new/"
FILE = """
capability: read-order
title: Read an order
method: POST
url: HERE/orders
auth: {bearer: {secret: crm}}
rate: 30
body: {order: "= input.order"}
input: {type: object, required: [order], properties: {order: {type: string}}}
output: {type: object, required: [total], properties: {total: {type: number}}}
answers:
  - {when: status = 404, error: {code: order-unknown, message: There is no such order.}}
  - {when: status = 200, output: {total: "= body.total"}}
"""
OPENAPI = {
    "openapi": "3.0.3",
    "info": {"title": "Shop", "version": "1"},
    "servers": [{"url": "https://{place}.example/v1", "variables": {"place": {"default": "shop"}}}],
    "security": [{"key": []}],
    "components": {
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
        "parameters": {"Order": {"name": "order-id", "in": "path", "required": True, "schema": {"type": "string"}}},
        "schemas": {
            "Payment": {
                "type": "object",
                "required": ["amount"],
                "properties": {"amount": {"type": "number"}, "of": {"$ref": "#/components/schemas/Payment"}},
            }
        },
    },
    "paths": {
        "/orders/{order-id}": {
            "parameters": [{"$ref": "#/components/parameters/Order"}],
            "get": {
                "summary": "Read an order",
                "parameters": [{"name": "expand", "in": "query", "schema": {"type": "string", "nullable": True}}],
                "responses": {"200": {"description": "ok"}, "404": {"description": "No such order."}},
            },
        },
        "/payments": {
            "post": {
                "parameters": [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Payment"}}}},
                "responses": {"201": {"description": "paid"}},
            }
        },
    },
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def system() -> Iterator[System]:
    with running() as found:
        yield found


@pytest.fixture
def admin(people, client: Client) -> Client:
    client.force_login(people["ada"])
    return client


@pytest.fixture
def given(system: System, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the form holds, for a system that is on the list."""
    monkeypatch.setenv("CASEWRIGHT_SECRET_CRM", "s3cr3t-of-the-crm")
    host_allow("127.0.0.1", system.port, private=True, origin=Origin("system:test"))
    return {"kind": "http", "text": FILE.replace("HERE", system.url), "input": '{"order": "A7"}'}


def words(answer: Any) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def test_all_faults_of_a_file_are_shown_and_what_was_typed_stays(admin: Client, given: dict[str, Any]) -> None:
    answer = admin.post(NEW, given | {"text": "capability: x\nmethod: BREW\n", "do": "register", "key": "orders"})
    said = words(answer)
    assert answer.status_code == 400 and "'BREW' is not one of" in said and "'url' is a required property" in said
    assert "method: BREW" in said and not Actor.objects.filter(key="orders").exists()


def test_a_sound_file_is_shown_with_the_version_that_it_would_be(admin: Client, given: dict[str, Any]) -> None:
    said = words(admin.post(NEW, given | {"do": "check", "input": ""}))
    assert "The file is sound" in said and '"order": ""' in said, "an input to begin with"


def test_a_try_out_really_asks_and_shows_request_status_and_output(
    admin: Client, given: dict[str, Any], system: System
) -> None:
    system.reply(200, {"total": 79.95})
    said = words(admin.post(NEW, given | {"do": "try"}))
    assert system.came[0].headers["authorization"] == "Bearer s3cr3t-of-the-crm"
    assert json.loads(system.came[0].body) == {"order": "A7"}
    assert '"total": 79.95' in said and "Status 200" in said and '{"order":"A7"}' in said
    assert "s3cr3t" not in said and "••••••" in said
    tried = AuditEvent.objects.get(chain=0, action="connector.tried")
    assert tried.actor == "person:ada" and verify_control().ok


def test_a_try_out_says_what_a_job_would_do(admin: Client, given: dict[str, Any], system: System) -> None:
    for status, expected in ((404, "error event “order-unknown”"), (503, "be tried again"), (400, "wait for a person")):
        system.reply(status)
        said = words(admin.post(NEW, given | {"do": "try"}))
        assert expected in said and f"Status {status}" in said


def test_a_try_out_keeps_to_guardrails_and_hosts(admin: Client, given: dict[str, Any], system: System) -> None:
    said = words(admin.post(NEW, given | {"do": "try", "input": '{"order": 7}'}))
    assert "does not fit its schema" in said and "Nothing was sent" in said
    system.reply(200, {"total": "many"})
    assert "does not fit its schema" in words(admin.post(NEW, given | {"do": "try"}))
    AllowedHost.objects.all().delete()
    assert "not on the list" in words(admin.post(NEW, given | {"do": "try"}))
    assert len(system.came) == 1


def test_an_input_that_is_no_json_is_not_sent(admin: Client, given: dict[str, Any], system: System) -> None:
    answer = admin.post(NEW, given | {"do": "try", "input": "{"})
    assert answer.status_code == 400 and "This is no JSON" in words(answer) and not system.came


def test_a_file_becomes_a_version_of_a_new_actor_and_then_of_the_same(admin: Client, given: dict[str, Any]) -> None:
    admin.post(NEW, given | {"do": "register", "key": "orders", "use": "yes", "owner": "Shop team"})
    actor = Actor.objects.get(key="orders")
    assert (actor.kind, actor.capability, actor.name, actor.owner) == (
        "http",
        "read-order",
        "Read an order",
        "Shop team",
    )
    assert actor.card["rate"] == 30 and actor.versions.get().state == ActorVersion.State.IN_USE
    assert actor.versions.get().registered_by == "person:ada"
    page = words(admin.get("/actors/orders/"))
    assert "order text" in page and "total number" in page, "what goes in and comes out, as the file says"
    assert "HERE" not in words(admin.get(NEW + "?actor=orders")) and "read-order" in words(
        admin.get(NEW + "?actor=orders")
    )
    changed = given | {"text": given["text"] + "timeout: 9\n", "do": "register", "key": "orders"}
    assert "not at work yet" in words(admin.post(NEW, changed, follow=True))
    assert actor.versions.count() == 2 and verify_control().ok


@pytest.mark.parametrize("key", ["", "hosts", "Orders", "a b", "intent"])
def test_a_file_is_not_registered_under_a_name_that_is_none_or_anothers(
    key: str, admin: Client, given: dict[str, Any], machines: Any
) -> None:
    before = ActorVersion.objects.count()
    answer = admin.post(NEW, given | {"do": "register", "key": key})
    assert answer.status_code == 409 and ActorVersion.objects.count() == before


def test_whoever_registers_a_version_does_not_put_it_to_work_where_four_eyes_are_asked_for(
    admin: Client, given: dict[str, Any]
) -> None:
    admin.post(NEW, given | {"do": "register", "key": "orders"})
    Actor.objects.filter(key="orders").update(card={"four-eyes": True})
    answer = admin.post(NEW, given | {"do": "register", "key": "orders", "use": "yes"})
    assert answer.status_code == 409 and not ActorVersion.objects.get(actor__key="orders").active


def test_where_two_people_are_asked_for_another_puts_a_connector_to_work(
    admin: Client, given: dict[str, Any], settings: Any
) -> None:
    settings.SECOND_PERSON = True
    made = admin.post(NEW, given | {"do": "register", "key": "orders", "use": "yes"}, follow=True)
    version = ActorVersion.objects.get(actor__key="orders")
    assert "somebody else takes it on" in words(made) and not version.active
    step = f"/actors/orders/versions/{version.pk}/step/"
    assert admin.post(step, {"to": "in-use"}).status_code == 409
    ActorVersion.objects.update(registered_by="person:bea")
    assert admin.post(step, {"to": "in-use"}).status_code == 302
    version.refresh_from_db()
    assert version.active


def test_it_is_said_whether_an_actor_can_be_reached(admin: Client, given: dict[str, Any], system: System) -> None:
    admin.post(NEW, given | {"do": "register", "key": "orders", "use": "yes"})
    assert "can be reached" in words(admin.post("/actors/orders/health/", follow=True))
    AllowedHost.objects.all().delete()
    assert "not on the list" in words(admin.post("/actors/orders/health/", follow=True))
    assert not system.came, "it is connected to, and nothing is sent"


# ---------------------------------------------------------------- from an OpenAPI document


def _draft(admin: Client, operation: str, **more: str) -> str:
    form = {"document": json.dumps(OPENAPI), "operation": operation, "capability": "read-order", **more}
    return str(admin.post("/actors/connectors/openapi/", form).context["given"]["text"])


def test_a_document_shows_its_operations(admin: Client) -> None:
    said = words(admin.post("/actors/connectors/openapi/", {"document": json.dumps(OPENAPI)}))
    assert "GET /orders/{order-id}: Read an order" in said and "POST /payments" in said


def test_an_operation_is_drafted_as_a_file_that_is_sound(admin: Client) -> None:
    text = _draft(admin, "GET /orders/{order-id}")
    assert connector_faults(text.encode()) == []
    for part in (
        "url: https://shop.example/v1/orders/{input.order_id}", "expand: = input.expand", "X-Api-Key",
        "code: http-404", "No such order.", "- order_id",
    ):  # fmt: skip
        assert part in text, text
    paying = _draft(admin, "POST /payments", base="https://pay.example")
    assert connector_faults(paying.encode()) == []
    assert "url: https://pay.example/payments" in paying and "idempotency: Idempotency-Key" in paying


def test_a_draft_for_a_capability_that_is_there_takes_and_gives_what_it_promises(admin: Client) -> None:
    text_of = {"type": "object", "required": ["text", "language"], "properties": {"text": {"type": "string"}}}
    gives = {"type": "object", "properties": {"label": {"type": "string"}, "votes": {"type": "integer"}}}
    tone = {
        "openapi": "3.0.3", "servers": [{"url": "https://tones.example"}],
        "paths": {"/tone": {"post": {
            "requestBody": {"content": {"application/json": {"schema": text_of}}},
            "responses": {"200": {"content": {"application/json": {"schema": gives}}}},
        }}},
    }  # fmt: skip
    form = {"document": json.dumps(tone), "operation": "POST /tone"}
    asked = admin.post("/actors/connectors/openapi/", {"document": form["document"]}).content.decode()
    assert '<option value="sentiment">Judge the tone of a message</option>' in asked
    text = admin.post("/actors/connectors/openapi/", form | {"capability": "sentiment"}).context["given"]["text"]
    assert connector_faults(text.encode()) == []
    file = yaml.safe_load(text)
    assert file["body"] == {"text": "= input.text"} and list(file["input"]["properties"]) == ["text"]
    assert list(file["answers"][0]["output"]) == ["label", "confidence"] == file["output"]["required"]
    assert "# The service wants language, which sentiment does not give." in text
    assert "# sentiment promises confidence: say under answers where in the answer it stands." in text


@pytest.mark.parametrize(
    "document", ["", "{", "swagger: '2.0'", "openapi: 3.0.0", "openapi: 3.1.0\npaths: {/a: {get: 7}, /b: 8}\n"]
)
def test_a_document_that_is_none_is_refused_in_words(document: str, admin: Client) -> None:
    answer = admin.post("/actors/connectors/openapi/", {"document": document, "operation": "GET /a"})
    assert answer.status_code in (200, 400) and "openapi" in words(answer).lower()


def test_a_statement_is_drafted_as_the_file_of_a_sql_connector(admin: Client) -> None:
    form = {"document": "select owner from accounts where iban = :iban"}
    said = words(admin.post("/actors/connectors/openapi/", form))
    assert "the statement (select): select owner from accounts" in said and "Name of the secret" in said
    more = {"operation": "the statement (select)", "capability": "read-owner"}
    page = admin.post("/actors/connectors/openapi/", form | more)
    given = page.context["given"]
    assert given["kind"] == "sql" and not page.context["faults"] and "iban: = input.iban" in given["text"]
    refused = admin.post("/actors/connectors/openapi/", form | more | {"base": "no-such-database"})
    assert refused.status_code == 400 and "no-such-database" in words(refused) and "select owner" in words(refused)


def test_a_document_that_is_circular_without_end_is_cut(admin: Client) -> None:
    text = _draft(admin, "POST /payments")
    assert text.count("amount") < 30


# ---------------------------------------------------------------- hosts, and who may


def test_hosts_are_added_and_taken_off_by_administrators(admin: Client) -> None:
    admin.post("/actors/hosts/", {"host": "Shop.Example", "port": "443", "note": "orders"})
    row = AllowedHost.objects.get()
    assert (row.host, row.port, row.private) == ("shop.example", 443, False)
    assert "shop.example" in words(admin.get("/actors/hosts/"))
    for wrong in (
        {"host": "2130706433"},
        {"host": "x.example", "port": "70000"},
        {"host": "x.example", "port": "a"},
        {},
    ):
        assert admin.post("/actors/hosts/", wrong).status_code == 400
    admin.post(f"/actors/hosts/{row.pk}/remove/")
    assert not AllowedHost.objects.exists() and verify_control().ok
    assert "took shop.example:443 off the list" in words(admin.get("/changes/"))


@pytest.mark.parametrize("name", ["anna", "axel", "olga"])
def test_nobody_else_changes_hosts_or_brings_connectors_in(name: str, people, client: Client) -> None:
    client.force_login(people[name])
    for path in (NEW, "/actors/connectors/openapi/", "/actors/hosts/1/remove/", "/actors/x/health/"):
        assert client.post(path).status_code == 403
    assert client.post("/actors/hosts/", {"host": "shop.example"}).status_code == 403
    assert client.get("/actors/hosts/").status_code == (200 if name == "axel" else 403)
    assert not AllowedHost.objects.exists()


def test_a_wsdl_becomes_a_draft_on_the_page_and_a_try_out_asks_the_service_that_it_describes(
    admin: Client, demo: Demo
) -> None:
    described, split = demo.ask("/screening?wsdl")[1], urlsplit(demo.url)
    host_allow(str(split.hostname), split.port, private=True, origin=Origin("system:test"))
    page = "/actors/connectors/openapi/"
    assert "Screen of ScreeningPort: Look for a name on lists" in words(admin.post(page, {"document": described}))
    chosen = {"document": described, "operation": "Screen of ScreeningPort", "base": demo.url, "capability": "screen"}
    answer = admin.post(page, chosen)
    drafted = unescape(re.search(r'name="text"[^>]*>(.*?)</textarea>', answer.content.decode(), re.DOTALL)[1])  # type: ignore[index]
    given = {"kind": "soap", "text": drafted, "input": '{"name": "Mirko Dragoslavic", "others": ""}', "do": "try"}
    said = words(admin.post(NEW, given))
    assert "Status 200" in said and '"id": "V-007"' in said and '"score": "100.0"' in said
    assert "no document of WSDL 1.1" in words(admin.post(page, {"document": "<x/>"}))
    elsewhere = '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><import location="more.wsdl"/></definitions>'
    assert "What can be called stands in more.wsdl, which is not fetched" in words(
        admin.post(page, {"document": elsewhere})
    )
