"""Is all that is wrong with a connector's file said at once, in sentences?"""

from __future__ import annotations

import pytest

from orchestration.actors.contract import ActorError
from orchestration.actors.kinds.http_connector.actor import HttpConnector
from orchestration.actors.kinds.http_connector.file import connector_faults, connector_of

SOUND = """
capability: read-order
method: GET
url: https://shop.example/orders/{input.order}
answers: [{when: status = 200, output: {order: "= body.id"}}]
"""


def test_a_sound_file_has_nothing_wrong() -> None:
    assert connector_faults(SOUND.encode()) == []
    assert connector_of(SOUND.encode()).capability == "read-order"


def test_all_faults_of_a_file_are_told_at_once() -> None:
    text = """
capability: read-order
method: GET
url: https://{input.host}/orders?a=1
query: {a: "= 1 +", b: "= bdy.x"}
body: {a: 1}
answers:
  - {when: status =, output: {a: "= items"}}
  - {when: "true", again: true, fails: both}
auth: {hmac: {secret: crm, header: X-Sign, over: [timestamp, idempotency-key]}}
output: {type: thing}
"""
    found = connector_faults(text.encode())
    for words in (
        "url: https:// or http://", "what follows ? belongs under query", "query/a", "query/b: bdy is not known here",
        "body: GET has none", "answers/0/when", "answers/0/output/a: items is not known here", "answers/1: exactly one",
        "a timestamp is signed", "the idempotency key is signed", "output: this is no JSON Schema",
    ):  # fmt: skip
        assert any(words in one for one in found), (words, found)
    assert all(one.endswith(".") for one in found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[1]", "names with values"),
        ("a: [", "no YAML, line"),
        ("a: &x 1\nb: *x", "aliases"),
        ("a: !!python/object/apply:os.system [id]", "no YAML"),
        ("a: .nan\n1: 2", "names with values"),
        ("\0", "no YAML"),
        ("a" * 200_001, "more than 200000 bytes"),
        ("capability: x", "'method' is a required property"),
        (SOUND + "colour: red", "'colour' was unexpected"),
        (SOUND + "auth: {bearer: {secret: s}, basic: {user: u, secret: s}}", "exactly one of bearer"),
        (SOUND + "auth: {bearer: {secret: Not A Name}}", "does not have the form"),
        (SOUND + "server: crm", "beside a server it begins with /"),
        (SOUND.replace("https://shop.example", ""), "names no host"),
        (SOUND.replace("shop.example", "us@shop.example"), "without user name"),
        (SOUND.replace("https", "ftp"), "https:// or http://"),
        (SOUND.replace("{input.order}", "{input.order"), "braces"),
        (SOUND.replace("GET", "BREW"), "'BREW' is not one of"),
        (SOUND.replace("output: {order", "fails: no}, {when: status = 3, fails: {order"), "answers/1/fails"),
        (SOUND + "pages: {items: body.a, next: body.b, link: true}", "exactly one of next"),
        (SOUND + "redirects: 9", "maximum of 5"),
    ],
)  # fmt: skip
def test_a_fault_is_said_with_its_place(text: str, words: str) -> None:
    assert words in " ".join(connector_faults(text.encode()))


def test_a_file_that_is_not_sound_makes_no_actor() -> None:
    with pytest.raises(ActorError, match="not sound") as failed:
        HttpConnector("http", "1", b"capability: x")
    assert not failed.value.temporary


def test_dates_and_switches_in_a_file_are_what_they_look_like() -> None:
    found = connector_of((SOUND + "query: {since: 2026-01-02, all: yes}").encode())
    assert found.query.filled({"input": {}}) == {"since": "2026-01-02", "all": True}
