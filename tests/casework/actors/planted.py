"""What leaves of identifiers that are planted wherever a prompt could take them from?

Every prompt that ships, over every case type that ships: known details of a person stand in each field of the case that
may hold one, and are written in every form in each text that goes to the model. What came to a server over real HTTP is
searched by a reading of our own, not by the product's.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import orjson
import yaml

from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.studio.from_words import FOLDER
from orchestration.actors import gauges, kinds
from orchestration.actors.call import Call, limited
from orchestration.actors.connectors import Wanted, connector_register
from orchestration.actors.contract import ActorError
from orchestration.actors.handoff import Outcome
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.kinds.agent.actor import AgentActor
from orchestration.actors.routing import Choice, Way
from orchestration.actors.shipped_prompts import Server, ShippedPrompt, shipped_prompts
from orchestration.agents.thoughts import Did, View
from orchestration.casetypes.case_type import CaseType, by_definition, folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.ground import clock
from orchestration.jobs import calling, crossing
from orchestration.jobs.crossing import Ready
from orchestration.models import Actor, ActorVersion, Instance, Job
from tests.orchestration.actors.language.provider import MODEL, Provider, says
from tests.orchestration.privacy.test_spellings import (
    CARD,
    CARDS,
    EMAIL,
    EMAILS,
    IBAN,
    IBANS,
    NAME,
    NAMES,
    PHONE,
    PHONES,
)

Json = Any
AGENT: Final = "consider-steps"
TEST: Final = Origin("system:test")
WRITTEN: Final[Mapping[str, tuple[str, list[str]]]] = {
    "name": (NAME.value, NAMES), "iban": (IBAN.value, IBANS), "card": (CARD.value, CARDS),
    "phone": (PHONE.value, PHONES), "email": (EMAIL.value, EMAILS),
}  # fmt: skip
"""Kind of detail -> the detail, and the forms in which people write it."""
NUMBERS: Final = {"iban": "370400440532013000", "card": CARD.value, "phone": "23125042"}
PART: Final = 6
CONFUSED: Final = re.compile(r"(?<=\d)[Oo]|[Oo](?=[Oo]?\d)")
WORDS: Final = re.compile(r"maria|gross?m[uü]|gro(?:ss|ß)mu|m(?:u|ue|ü)ller|sandoval|mailexample")
SMALL: Final = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What of which detail was read in what a server got."""

    prompt: str
    case_type: str
    kind: str
    trace: str


@dataclass(slots=True)
class Count:
    """`crossings`: of a prompt with the texts of one kind; `requests`: that came; `forms`: written in them."""

    crossings: int = 0
    requests: int = 0
    forms: int = 0


def traces(text: str) -> list[str]:
    """What somebody could read of the planted details, however it is written."""
    plain = " ".join(map(_plain, (text, unquote(text), unquote(text.replace("=", "%")), CONFUSED.sub("0", text))))
    runs = {number[at : at + PART] for number in NUMBERS.values() for at in range(len(number) - PART + 1)}
    return [*WORDS.findall(plain), *sorted(run for run in runs if run in plain)]


def _plain(text: str) -> str:
    """Letters and digits alone, small, of one script where they look alike."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", html.unescape(text)).casefold())
    return "".join(str(unicodedata.digit(one, one)) for one in folded if one.isalnum())


def folders() -> list[Path]:
    return [*sorted(one for one in CASE_TYPES.iterdir() if (one / "manifest.yaml").exists()), FOLDER]


def prompts() -> list[ShippedPrompt]:
    return list(shipped_prompts().values())


def leaves(
    provider: Provider, count: Count, within: Iterable[Path] | None = None, *, leak: bool = False
) -> Iterator[Found]:
    """Everything that was read of the planted details at the server. `leak`: the actors are said to stay in the house,
    so that nothing is put in the place of a detail."""
    url = urlsplit(provider.system.url)
    host_allow(str(url.hostname), url.port, private=True, origin=TEST)
    provider.does(says("not the form that is asked for"))
    actors = {one.capability: _actor(one, provider, leak=leak) for one in prompts()}
    agent = _agent(provider, leak=leak)
    for folder in folders() if within is None else within:
        outcome = deploy(folder_files(folder), TEST)
        assert isinstance(outcome, Published), outcome
        case_type = by_definition(outcome.definition.pk)
        for prompt in prompts():
            crossing_of = partial(_cross, prompt, actors[prompt.capability], case_type, outcome.definition.pk)
            yield from _searched(prompt.capability, crossing_of, case_type, provider, count)
        thinking = partial(_think, agent, case_type, outcome.definition.pk)
        yield from _searched(AGENT, thinking, case_type, provider, count)


def _actor(prompt: ShippedPrompt, provider: Provider, *, leak: bool) -> ActorVersion:
    server = Server(f"{provider.system.url}/v1/chat/completions", MODEL, secret="llm-key")
    content = prompt.file_for(server).replace(b"repairs: 2", b"repairs: 1")
    wanted = Wanted("language-model", f"{prompt.capability}-planted", content, use=True)
    made = connector_register(wanted, TEST)
    assert isinstance(made, ActorVersion), made
    if leak:
        Actor.objects.filter(pk=made.actor_id).update(card={**made.actor.card, "leaves": False})
    return made


def _agent(provider: Provider, *, leak: bool) -> ActorVersion:
    """The agent that ships, with a language model that thinks for it by the product's own prompt."""
    file = yaml.safe_load((CASE_TYPES / "complaint/actors/next-steps.yaml").read_text("utf-8"))["file"]
    del file["rules"]
    file["model"] = {
        "speaks": "openai", "url": f"{provider.system.url}/v1/chat/completions", "model": MODEL, "repairs": 1,
        "auth": {"bearer": {"secret": "llm-key"}},
    }  # fmt: skip
    made = connector_register(Wanted("agent", "agent-planted", yaml.safe_dump(file).encode(), use=True), TEST)
    assert isinstance(made, ActorVersion), made
    Actor.objects.filter(pk=made.actor_id).update(card={**made.actor.card, "leaves": not leak})
    return made


def _think(version: ActorVersion, case_type: CaseType, definition: int, texts: list[str]) -> None:
    """Have the agent think once about a case whose every field that may holds a planted detail."""
    ready = _ready(version, case_type, definition, texts, {"properties": {"message": {"type": "string"}}})
    actor = kinds.load("agent", version.version, bytes(version.artefact))
    assert isinstance(actor, AgentActor)
    out = crossing.outward(ready, actor)
    assert out.checked.outcome is Outcome.PASS, out.checked
    view = View(actor.agent.goal, out.value, (), (Did("add:call_customer", "done", "It was done."),))
    with limited(Call("planted", AGENT, ready.capability.limit)), suppress(ActorError):
        actor.mind.think(view, "planted")


def _searched(
    prompt: str, cross: Callable[[list[str]], None], case_type: CaseType, provider: Provider, count: Count
) -> Iterator[Found]:
    """What is read at the server, detail by detail."""
    held = dict(_details(case_type.schema))
    for kind, (value, forms) in WRITTEN.items():
        known = kind in held.values()
        if not known and kind == "name":
            continue  # a name that nothing knows is no detail of anybody
        texts = forms if known else [value]
        before = len(provider.came)
        cross(texts)
        sent = provider.came[before:]
        count.crossings, count.forms = count.crossings + 1, count.forms + len(texts)
        count.requests += len(sent)
        told = "\n".join(one["content"] for body in sent for one in body["messages"])
        yield from (Found(prompt, case_type.key, kind, one) for one in traces(told))


def _cross(
    prompt: ShippedPrompt, version: ActorVersion, case_type: CaseType, definition: int, texts: list[str]
) -> None:
    """Have the prompt asked for a case whose every field that may holds a planted detail.

    Where a field is for a purpose only, a text with its value is masked as a whole: too little may be left to ask.
    """
    schema = prompt.document.get("input") or {}
    attempt = calling.call(_ready(version, case_type, definition, texts, schema))
    kept_back = any(one.guardrail == "schema" and one.outcome is Outcome.BLOCK for one in attempt.verdicts)
    assert attempt.answer is None and (kept_back or "had not its form" in attempt.error), (prompt.capability, attempt)


def _ready(
    version: ActorVersion, case_type: CaseType, definition: int, texts: list[str], otherwise: Mapping[str, Json]
) -> Ready:
    """The planted case with a job for this version. `otherwise`: the form of its input where no contract has one."""
    now, asked = clock.utc_now(), version.actor.capability
    data = _filled(case_type.schema, texts)
    case = Instance.objects.create(
        definition_id=definition, status="active", items=b"{}", data=orjson.dumps(data), created=now
    )
    capability = case_type.capability(asked)
    schema = capability.input or otherwise
    job = Job(
        instance=case, job=1, item=0, definition_item="planted", name="Planted", capability=asked,
        input=orjson.dumps(_filled(schema, texts)), created=now, run_at=now, attempts=1, asked_by="system:test",
    )  # fmt: skip
    chosen = next(one for one in gauges.candidates(asked, now, 0) if one.key == version.actor.key)
    return Ready(job, case_type, capability, Choice(Way.ACTOR, chosen), chosen)


def _details(schema: Mapping[str, Json], path: str = "") -> Iterator[tuple[str, str]]:
    """(place, kind) of the fields that hold a detail of a person."""
    for name, below in schema.get("properties", {}).items():
        if below.get("x-mask") in WRITTEN:
            yield f"{path}{name}", below["x-mask"]
        yield from _details(below, f"{path}{name}.")
        if isinstance(below.get("items"), Mapping):
            yield from _details(below["items"], f"{path}{name}.")


def _filled(schema: Mapping[str, Json], texts: list[str]) -> Json:
    """A value that fits a schema well enough to be sent, with the planted in each text of it."""
    kinds = schema.get("type", "object" if "properties" in schema else "string")
    kind = kinds if isinstance(kinds, str) else next(one for one in kinds if one != "null")
    if schema.get("x-mask") in WRITTEN:
        return WRITTEN[schema["x-mask"]][0]
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if kind == "object":
        inside = {name: _filled(one, texts) for name, one in schema.get("properties", {}).items()}
        return inside or {"heading": "What was agreed", "text": _said(texts, schema)}
    if kind == "array":
        return [_filled(schema.get("items", {"type": "string"}), texts)]
    if kind in ("integer", "number"):
        return schema.get("minimum", SMALL)
    return False if kind == "boolean" else _text(schema, texts)


def _text(schema: Mapping[str, Json], texts: list[str]) -> str:
    if schema.get("format") == "date":
        return "2026-03-01"
    if schema.get("format") == "date-time":
        return "2026-03-01T09:00:00+01:00"
    return _said(texts, schema)


def _said(texts: list[str], schema: Mapping[str, Json]) -> str:
    """Sentences with the forms, as many as fit."""
    most, said = int(schema.get("maxLength", 4000)), "As it was written to us. "
    for text in texts:
        sentence = f"It is {text} , as we said. "
        said += sentence if len(said) + len(sentence) <= most else ""
    return said[:most]
