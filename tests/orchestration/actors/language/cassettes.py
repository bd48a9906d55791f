"""What did a real model's server answer once, and is it still asked the same?

A cassette is a file of what was asked and answered, word for word. It is played in place of the network: each request
has to be the recorded one, in its order, or `Mismatch` says what is asked otherwise now. Recorded from the model of
`make llm` (or another server of OpenAI's shape), with what nobody ever wrote:

    python -m tests.orchestration.actors.language http://127.0.0.1:8081/v1/chat/completions
"""

from __future__ import annotations

import argparse
import difflib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch
from urllib.parse import urlsplit

import yaml

from casework.actors.bundled import CASE_TYPES
from casework.management.commands.agent_model import thought_for
from orchestration.actors.hosts.addresses import Listed
from orchestration.actors.hosts.client import Bounds, Got, Sent, exchange
from orchestration.actors.kinds.agent.file import agent_of
from orchestration.actors.kinds.language_model import actor
from orchestration.actors.shipped_prompts import Server, shipped_prompts
from orchestration.agents.modelled import Modelled, told
from orchestration.agents.thought_form import form_for
from orchestration.agents.thoughts import Shown, View

Json = Any
Exchange = Callable[[Sent, Iterable[Listed], Bounds], Got]

AGENT: Final = CASE_TYPES / "complaint" / "actors" / "next-steps.yaml"
FOLDER: Final = Path(__file__).with_name("recorded")
AGAIN: Final = "If that is meant, record it anew: make llm, then python -m tests.orchestration.actors.language URL"
MODEL: Final = "local"
MOST_SECONDS: Final = 280.0


@dataclass(frozen=True, slots=True)
class Scene:
    """One call of a prompt that ships. `changes`: of its file."""

    capability: str
    input: dict[str, Json]
    changes: dict[str, Json] = field(default_factory=dict)

    def asks(self, url: str) -> actor.LanguageModelActor:
        file = yaml.safe_load(shipped_prompts()[self.capability].file_for(Server(url, MODEL), MOST_SECONDS))
        return actor.LanguageModelActor("recorded", "1", yaml.safe_dump(file | self.changes).encode())


@dataclass(frozen=True, slots=True)
class Thought:
    """One thought for the agent that ships, about what it sees."""

    view: View

    @property
    def input(self) -> dict[str, Json]:
        return told(self.view, ())

    def asks(self, url: str) -> actor.LanguageModelActor:
        by_rules = yaml.safe_dump(yaml.safe_load(AGENT.read_text("utf-8"))["file"]).encode()
        file = thought_for(by_rules, Server(url, MODEL), MOST_SECONDS)
        return Modelled(agent_of(file), "recorded", "1").actor


QUESTION: Final = {
    "question": "What is broken?",
    "pieces": [
        {"id": "event:1", "text": "PERSON_1 writes: the lamp that I bought on Monday is broken."},
        {"id": "event:2", "text": "COLLEAGUE_1 took the case."},
    ],
}
COMPLAINT: Final = {
    "message": "I sent the shoes back two weeks ago. How long does a refund take?",
    "topic": "refund", "tone": "neutral",
    "approved": "Dear {customer.name}, thank you for your message about a refund.",
    "passages": [{"id": 4, "title": "Refunds", "text": "A refund takes 7 working days after the return."}],
}  # fmt: skip
CHOSEN: Final = {"question": {"type": "string", "minLength": 10, "maxLength": 500}}
VIEW: Final = View(
    "Help the customer at once.",
    {"topic": "card", "tone": "upset", "reply": None},
    (
        Shown("add:call_customer@4", "Call the customer"),
        Shown("add:ask_customer@4", "Ask the customer something that is not clear", CHOSEN),
    ),
)
SCENES: Final[Mapping[str, Scene | Thought]] = {
    "a question about a case": Scene("answer-about-case", QUESTION),
    "a question to a server without schemas": Scene("answer-about-case", QUESTION, {"typed": "words"}),
    "a thought of an agent": Thought(VIEW),
    "a draft of a reply": Scene("draft-reply", COMPLAINT),
    "a draft that was cut and mended": Scene("draft-reply", COMPLAINT, {"most-tokens": 44}),
}


def form_of(scene: Scene | Thought) -> dict[str, Json] | None:
    """The form that is asked for in place of the file's."""
    return form_for(scene.view, ()) if isinstance(scene, Thought) else None


class Mismatch(AssertionError):
    """What is sent is not what was recorded."""


def asked(sent: Sent) -> dict[str, Json]:
    """What of a request a cassette keeps: all that the server learns but its own address."""
    return {
        "method": sent.method, "path": urlsplit(sent.url).path, "headers": sorted({*sent.headers, *sent.credentials}),
        "body": json.loads(sent.content),
    }  # fmt: skip


def file_of(name: str) -> Path:
    return FOLDER / f"{name.replace(' ', '-')}.json"


@contextmanager
def played(name: str) -> Iterator[Exchange]:
    """The cassette in place of the network; afterwards it has to have been played to its end."""
    pairs = iter(json.loads(file_of(name).read_text("utf-8"))["pairs"])

    def play(sent: Sent, listed: Iterable[Listed], bounds: Bounds) -> Got:
        pair = next(pairs, None)
        if pair is None:
            raise Mismatch(f"The cassette of {name} has no further answer. {AGAIN}")
        if pair["asked"] != asked(sent):
            raise Mismatch(f"The cassette of {name} was recorded for another request. {AGAIN}\n{_change(pair, sent)}")
        return Got(200, {"content-type": "application/json"}, json.dumps(pair["answered"]).encode(), sent.url)

    yield play
    if left := len(list(pairs)):
        raise Mismatch(f"{left} answers of the cassette of {name} were not asked for. {AGAIN}")


def _change(pair: Json, sent: Sent) -> str:
    before, now = (json.dumps(one, indent=1, sort_keys=True).split("\n") for one in (pair["asked"], asked(sent)))
    return "\n".join(difflib.unified_diff(before, now, "recorded", "sent now", lineterm="", n=1))


def recorded(url: str, pairs: list[Json]) -> Exchange:
    """The network, with each pair kept."""
    host = Listed(urlsplit(url).hostname or "", urlsplit(url).port, private=True)

    def record(sent: Sent, listed: Iterable[Listed], bounds: Bounds) -> Got:
        got = exchange(sent, [host], bounds)
        pairs.append({"asked": asked(sent), "answered": json.loads(got.content)})
        return got

    return record


@contextmanager
def over(way: Exchange) -> Iterator[None]:
    """Language models are asked this way, whatever hosts are listed."""
    with (
        patch("orchestration.actors.kinds.http_connector.actor.exchange", way),
        patch.object(actor, "listed_hosts", tuple),
    ):
        yield


def main() -> None:
    options = argparse.ArgumentParser(description="Record the cassettes from a server of OpenAI's shape.")
    options.add_argument("url")
    options.add_argument("--only", choices=SCENES, action="append", help="this scene; all of them without it")
    options.add_argument("--server", default="the model of `make llm`", help="what it is, for who reads the cassette")
    given = options.parse_args()
    for name in given.only or SCENES:
        scene = SCENES[name]
        pairs: list[Json] = []
        with over(recorded(given.url, pairs)):
            answer = scene.asks(given.url).run(scene.input, idempotency_key="recorded", form=form_of(scene))
        kept = {"recorded from": given.server, "pairs": pairs}
        file_of(name).write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
        print(name, answer.usage, answer.output)
