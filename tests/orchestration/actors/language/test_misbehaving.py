"""Does whatever a provider does end in an answer, in another try, or with a person, and never in anything else?"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from orchestration.actors.call import Call, limited
from orchestration.actors.contract import ActorError, Answer
from orchestration.actors.hosts.client import Bounds, Got
from orchestration.actors.kinds.http_connector.actor import sent
from orchestration.actors.kinds.http_connector.request import Request
from orchestration.actors.kinds.language_model import actor as language_model
from orchestration.actors.kinds.language_model.actor import LanguageModelActor
from tests.orchestration.actors.connectors.server import Reply
from tests.orchestration.actors.language.conftest import ANTHROPIC, FILE
from tests.orchestration.actors.language.provider import GOOD, KEY, Move, Provider, says, status, whole

ANSWERED, AGAIN, PERSON = "answered", "again", "person"
CALLED = {"type": "function", "function": {"name": "pay", "arguments": "{}"}}
TOOL = {"content": None, "tool_calls": [{"id": "call_1", **CALLED}]}
NAMELESS = {"content": None, "tool_calls": [CALLED]}
LONG = {"text": "x" * 601}


def raw(content: bytes, kind: str = "application/json") -> Move:
    return lambda came: Reply(200, content, {"Content-Type": kind})


def cut_off(came: object) -> bytes:
    return b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"choices": [{"mess'


WAYS: dict[str, tuple[str, list[Move]]] = {
    # what it may mend, it mends
    "no JSON at first": (ANSWERED, [says("Of course! Here it is."), says(GOOD)]),
    "JSON with a comma too many": (ANSWERED, [says('{"text": "a",}'), says(GOOD)]),
    "a list": (ANSWERED, [says([GOOD]), says(GOOD)]),
    "another schema": (ANSWERED, [says({"answer": "Dear customer"}), says(GOOD)]),
    "a field too many": (ANSWERED, [says(GOOD | {"refund": 500}), says(GOOD)]),
    "a number for a text": (ANSWERED, [says({"text": 42}), says(GOOD)]),
    "too long": (ANSWERED, [says(LONG), says(GOOD)]),
    "nothing": (ANSWERED, [says(""), says(GOOD)]),
    "null": (ANSWERED, [lambda came: Reply(200, whole(came, None)), says(GOOD)]),
    "NaN": (ANSWERED, [says('{"text": NaN}'), says(GOOD)]),
    "cut at its most tokens": (ANSWERED, [says('{"text": "Dear', ended="length"), says(GOOD)]),
    "a tool that is not there": (ANSWERED, [says("", message=TOOL, ended="tool_calls"), says(GOOD)]),
    "fenced": (ANSWERED, [says('```json\n{"text": "Dear customer, it is coming."}\n```')]),
    "thinking aloud first": (ANSWERED, [says('<think>Hm.</think>{"text": "Dear customer, it is coming."}')]),
    "in parts": (
        ANSWERED,
        [says("", message={"content": [{"type": "text", "text": '{"text": "It is on its way to you"}'}]})],
    ),
    "no usage": (ANSWERED, [says(GOOD, usage=None)]),
    "a wrong charge": (ANSWERED, [says(GOOD, usage={"prompt_tokens": 10**12, "completion_tokens": -1})]),
    # what another try, or another model, may do better
    "too many requests": (AGAIN, [status(429, Retry_After="7")]),
    "overloaded": (AGAIN, [status(529)]),
    "a fault of its own": (AGAIN, [status(500)]),
    "a gateway's page": (AGAIN, [status(502, b"<html>")]),
    "silence": (AGAIN, [lambda came: None]),
    "cut off": (AGAIN, [cut_off]),
    "no HTTP": (AGAIN, [lambda came: b"220 mail.example ESMTP\r\n"]),
    "another shape": (AGAIN, [raw(b'{"choices": []}')]),
    "a tool called without an id": (AGAIN, [says("", message=NAMELESS, ended="tool_calls")]),
    "a body that is no JSON": (AGAIN, [raw(b'{"choices": [')]),
    "a page that says all is well": (AGAIN, [raw(b"<html>ok</html>", "text/html")]),
    # what only a person can deal with
    "refusal": (PERSON, [says("", message={"refusal": "I cannot help with that."})]),
    "a filter": (PERSON, [says("", ended="content_filter")]),
    "never the form": (PERSON, [says("no")]),
    "a bad request": (PERSON, [status(400)]),
    "the key is not good any more": (PERSON, [status(401)]),
    "a model that is gone": (PERSON, [status(404)]),
    "leads elsewhere": (PERSON, [status(307, Location="http://127.0.0.1:1/")]),
    "our key in its answer": (PERSON, [says({"text": f"Your key is {KEY}, dear customer"})]),
    "an answer without end": (PERSON, [says("x" * 1_100_000)]),
}


def asked(actor: LanguageModelActor) -> Answer | ActorError:
    try:
        with limited(Call()):
            return actor.run({"message": "Where is it?"}, idempotency_key="k")
    except ActorError as error:
        return error


def most_of(body: bytes) -> Decimal:
    """What a request may cost at most by the prices of the file: each byte a token, and all back that was allowed."""
    return (Decimal("0.50") * (len(body) + 1000) + Decimal(2) * 400) / 1_000_000


@pytest.mark.parametrize("way", WAYS)
def test_each_misbehaviour_ends_within_its_time_its_rounds_its_tokens_and_its_money(
    way: str, provider: Provider, model: Callable[..., LanguageModelActor], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, moves = WAYS[way]
    provider.does(*moves)
    seconds, given = 0.5 if way == "silence" else 5, list[float]()

    def timed(request: Request, listed: Any, bounds: Bounds, **more: Any) -> Got:
        given.append(bounds.seconds)
        return sent(request, listed, bounds, **more)

    monkeypatch.setattr(language_model, "sent", timed)
    found = asked(model(FILE, ("timeout: 5", f"timeout: {seconds}")))
    came = [one.body for one in provider.system.came]
    assert seconds >= given[0] and given == sorted(given, reverse=True), (
        "each round has what is left of the time of all"
    )
    assert len(came) <= 3, "never more rounds than the file allows"
    assert (found.cost or 0) <= sum(most_of(body) for body in came), "never more money than was asked for"
    if isinstance(found, Answer):
        assert wanted == ANSWERED and len(found.output["text"]) >= 20
        assert found.usage["output_tokens"] <= 400 * len(came), "never more tokens than were allowed"
        assert found.usage["input_tokens"] <= sum(len(body) + 1000 for body in came)
    else:
        assert (AGAIN if found.temporary else PERSON) == wanted, str(found)
        assert KEY not in str(found)
        assert found.after == (7 if way == "too many requests" else None)


TEXT = {"type": "text", "text": "Dear customer"}
SEARCHED = {"type": "web_search_tool_result", "tool_use_id": "s", "content": "an address of a customer"}


@pytest.mark.parametrize(
    "odd",
    [
        {"id": 7}, {"id": ["msg"]}, {"content": [TEXT | {"text": 7}]}, {"content": [{"type": "text"}]},
        {"content": [None]}, {"content": 7}, {"content": [SEARCHED]}, {"model": {}}, {"usage": []}, {"stop_reason": 7},
    ],
)  # fmt: skip
def test_whatever_stands_in_an_answer_of_the_other_shape_is_an_answer_or_asked_once_more(
    odd: dict[str, object],
    provider: Provider,
    model: Callable[..., LanguageModelActor],
    recwarn: pytest.WarningsRecorder,
) -> None:
    provider.does(lambda came: Reply(200, whole(came, '{"text": "Dear customer, it is coming."}') | odd))
    found = asked(model(ANTHROPIC))
    assert isinstance(found, Answer) or found.temporary or "had not its form" in str(found), str(found)
    assert not any("customer" in str(one.message) for one in recwarn.list)
