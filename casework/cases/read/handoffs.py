"""Was every handoff of this case allowed, masked, logged, versioned, reviewed and according to policy?

The handoff inspector: for each crossing of a boundary (person to case, case to machine, machine to rule, case to
system, and back) the six guardrails, each with a verdict, the rule behind it and the event of the history that proves
it. Read from the history alone, so that it holds for every case type; masked like the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from audit.models import AuditEvent
from audit.selectors import Entry, entries_of
from casework.cases.handoff_words import routed
from casework.cases.read.actor_names import actor_names, machines_in
from casework.cases.read.case_view import Look
from casework.cases.read.decisions import decision_names
from casework.cases.read.timeline import actor_name, detail_shown
from casework.cases.read.values import version_in_words

Json = Any
PASS, FAIL, PERSON, NONE = "pass", "fail", "person", "none"
SIX: Final = ("access", "masking", "logging", "version", "review", "policy")
ACTIONS: Final = (
    "case.opened", "actor.called", "actor.failed", "work.handed", "work.by_hand", "work.held", "work.routed",
    "engine.TaskOpened", "engine.TaskClosed", "engine.DecisionEvaluated", "engine.MessageThrown", "access.denied",
)  # fmt: skip
GUARDS: Final[Mapping[str, tuple[str, ...]]] = {
    "access": ("capability", "authority"),
    "masking": ("masking", "pseudonyms", "leak"),
    "policy": (
        "size", "schema", "budget", "rate", "injection", "missing", "confidence", "consistent", "limit", "empty",
    ),
}  # fmt: skip
"""Which guardrails of a capability answer for which of the six; one that is not named here is policy."""
MOST: Final = 60
_ELEMENT: Final = re.compile(r"\([\w.-]+, (?=line \d)")
"""Where a problem lies in a model, by the id of its element: whoever mends it finds it in the history."""


@dataclass(frozen=True, slots=True)
class Check:
    """One of the six. `verdict`: pass, fail, person (asked for one) or none (it does not apply here)."""

    name: str
    verdict: str
    rule: str
    event: int


@dataclass(frozen=True, slots=True)
class Handoff:
    """From whom to whom, about what; `event` is the one that tells of it."""

    event: int
    at: datetime
    giver: str
    taker: str
    what: str
    checks: tuple[Check, ...]

    @property
    def failed(self) -> bool:
        return any(check.verdict == FAIL for check in self.checks)


def handoffs(seen: Look, *, before: int | None = None) -> tuple[tuple[Handoff, ...], int]:
    """The newest handoffs (before that event), the newest first; the event before which there are more, 0 for none."""
    chain = AuditEvent.objects.filter(chain=seen.case.instance_id, action__in=ACTIONS)
    if before is not None:
        chain = chain.filter(sequence__lt=before)
    numbers = list(chain.order_by("-sequence").values_list("sequence", flat=True)[: MOST + 1])
    more = numbers[MOST - 1] if len(numbers) > MOST else 0
    entries = entries_of(seen.case.instance_id, after=2**31 - 2, also=numbers[:MOST], limit=MOST)
    named = actor_names(machines_in(entry.detail for entry in entries))
    seen = replace(seen, names={**seen.names, **named})
    found = [
        one for entry in seen.told(entries) for one in _of(seen, replace(entry, detail=dict(detail_shown(seen, entry))))
    ]
    return tuple(reversed(found)), more


def _of(seen: Look, entry: Entry) -> Iterator[Handoff]:
    detail = entry.detail
    if detail.get("erased"):
        return
    match entry.action:
        case "case.opened":
            yield _made(seen, entry, _who(seen, entry), "the case", "opened the case", _from_outside(seen, entry))
        case "actor.called" | "actor.failed":
            yield from _calls(seen, entry)
        case "work.handed":
            by_rule = "a guardrail" if detail.get("why") else "a rule"
            yield _made(
                seen, entry, by_rule, "a person", _work(seen, entry), _to_person(entry, str(detail.get("why") or ""))
            )
        case "work.by_hand":
            yield _made(seen, entry, _who(seen, entry), "the case", str(detail.get("task", "")), _by_hand(seen, entry))
        case "work.routed":
            machine = _machine(seen, detail["actor"])
            yield _made(seen, entry, "the case", machine, _work(seen, entry), _offered(seen, entry))
        case "engine.TaskOpened":
            yield _made(seen, entry, "the case", _offered_to(detail), str(detail["name"]), _to_person(entry, ""))
        case "engine.TaskClosed" if detail["how"] == "completed":
            name = seen.running.name(detail["item"], "a task")
            yield _made(seen, entry, _who(seen, entry), "the case", name, _from_person(seen, entry))
        case "engine.DecisionEvaluated":
            yield _made(seen, entry, "the case", "a rule", _decision(seen, detail["decision"]), _decided(seen, entry))
        case "engine.MessageThrown":
            yield _made(seen, entry, "the case", "another case or system", str(detail["name"]), _thrown(entry))
        case "access.denied":
            denied = {"access": (FAIL, f"It was refused: {detail.get('action', '')} is not theirs to do.")}
            yield _made(seen, entry, _who(seen, entry), "the case", "tried what they may not", denied)


def _calls(seen: Look, entry: Entry) -> Iterator[Handoff]:
    """A call crosses twice: to the machine, and back with its answer."""
    detail = entry.detail
    if not detail.get("actor"):
        nobody = {"policy": (FAIL, f"Nobody was called: {detail.get('error', '')}")}
        yield _made(seen, entry, "the case", "nobody", _work(seen, entry), nobody)
        return
    route, machine = detail.get("route") or {}, _machine(seen, detail["actor"])
    version = (PASS if detail.get("version") else FAIL, f"{machine}, version {detail.get('version')}")
    chosen = _chosen(seen, detail)
    going = {**_guarded(detail, "before"), "version": version, "review": _mode(route, chosen)}
    going["logging"] = (PASS, f"What was sent is kept in the ledger and here, by the digest {detail.get('input', '')}.")
    yield _made(seen, entry, "the case", machine, _work(seen, entry), going)
    coming = {**_guarded(detail, "after"), "version": version}
    coming["review"] = (
        (PERSON, "A person’s word was asked for.") if route.get("mode") == "suggest"
        else (NONE, "The rules of routing ask for no person here; what follows is decided by the case’s own rules.")
    )  # fmt: skip
    if entry.action == "actor.failed":
        coming.setdefault("policy", (FAIL, str(detail.get("error", ""))))
        if coming["policy"][0] == NONE:
            coming["policy"] = (FAIL, f"No answer was taken: {detail.get('error', '')}")
    yield _made(seen, entry, machine, "the case", _work(seen, entry), coming)


def _guarded(detail: Mapping[str, Json], stage: str) -> dict[str, tuple[str, str]]:
    """What the guardrails of the capability said, by the six."""
    said = [one for one in detail.get("verdicts") or () if one.get("stage") == stage]
    if not said:
        why = "No guardrail was asked: it did not come to that." if "verdicts" not in detail else "None stands here."
        return dict.fromkeys(GUARDS, (NONE, why))
    return {name: _worst(name, [one for one in said if _belongs(one, name)]) for name in GUARDS}


def _belongs(verdict: Mapping[str, Json], name: str) -> bool:
    known = {guard for guards in GUARDS.values() for guard in guards}
    return verdict.get("guardrail") in GUARDS[name] or (name == "policy" and verdict.get("guardrail") not in known)


def _worst(name: str, said: list[Mapping[str, Json]]) -> tuple[str, str]:
    if not said:
        return NONE, "No guardrail of this kind stands here."
    words = {"block": FAIL, "repair": FAIL, "person": PERSON}
    bad = next((one for one in said if one.get("outcome") in words), None)
    if bad is not None:
        return words[bad["outcome"]], f"{bad.get('guardrail')}: {bad.get('sentence', '')}"
    return PASS, "Asked, and passed: " + ", ".join(dict.fromkeys(str(one.get("guardrail")) for one in said))


def _mode(route: Mapping[str, Json], chosen: str) -> tuple[str, str]:
    if route.get("mode") == "suggest":
        return PERSON, f"As a suggestion, for a person to judge; {chosen}."
    return PASS, f"Automatic; {chosen}."


def _to_person(entry: Entry, why: str) -> dict[str, tuple[str, str]]:
    return {
        "access": (PASS, "Offered only to those named; whoever takes it is asked again under the lock."),
        "masking": (PASS, "Each reader sees what their clearance allows; a reveal needs a reason and is kept."),
        "review": (PASS, why or "A person decides here."),
        "policy": (PASS, "By the model of the case type."),
    }


def _from_person(seen: Look, entry: Entry) -> dict[str, tuple[str, str]]:
    return {
        "access": (PASS, f"{_who(seen, entry)} had taken the task, or it was offered to them."),
        "masking": (PASS, "What was masked for them could not be written over."),
        "review": (PASS, f"Done by {_who(seen, entry)}, who is named for it."),
        "policy": (PASS, "The answers fit the form and the case’s schema."),
    }


def _by_hand(seen: Look, entry: Entry) -> dict[str, tuple[str, str]]:
    found = _from_person(seen, entry)
    found["policy"] = _guarded(entry.detail, "after").get("policy", found["policy"])
    return found


def _offered(seen: Look, entry: Entry) -> dict[str, tuple[str, str]]:
    return {"review": _mode(entry.detail.get("route") or {}, _chosen(seen, entry.detail))}


def _chosen(seen: Look, detail: Mapping[str, Json]) -> str:
    """Why it was this machine's to do."""
    rule = str((detail.get("route") or {}).get("rule") or "")
    return routed(detail, partial(_machine, seen)) or rule or "Only this one could be asked."


def _rule(seen: Look, hit: Json) -> str:
    """A rule that fired, as the history keeps it: its number and its decision."""
    return (
        f"{hit['rule']} of {_decision(seen, hit['decision'])}"
        if isinstance(hit, Mapping) and "rule" in hit
        else str(hit)
    )


def _decided(seen: Look, entry: Entry) -> dict[str, tuple[str, str]]:
    hits = entry.hits or list(entry.detail.get("hits", ()))
    numbers = ", ".join(_rule(seen, one) for one in hits)
    problems = [_ELEMENT.sub("(", str(one)) for one in entry.detail.get("problems") or ()]
    decided = f"Rule {numbers} decided." if hits else "No rule applied."
    policy = (FAIL, " ".join([decided, *problems])) if problems else (PASS, decided)
    return {
        "access": (NONE, "A rule reads what the case knows, and nothing leaves it."),
        "masking": (NONE, "Nothing is shown to anybody by it."),
        "review": (NONE, "Rules are reviewed when they are put in force."), "policy": policy,
    }  # fmt: skip


def _thrown(entry: Entry) -> dict[str, tuple[str, str]]:
    return {
        "access": (PASS, "Only what the model names goes with the message."),
        "masking": (NONE, "It stays in the house: who reads it there is asked there."),
        "review": (NONE, "The model asks for no person here."), "policy": (PASS, "By the model of the case type."),
    }  # fmt: skip


def _from_outside(seen: Look, entry: Entry) -> dict[str, tuple[str, str]]:
    return {
        "access": (PASS, f"{_who(seen, entry)} may open cases of this type."),
        "masking": (PASS, "What came in is classified by the case type’s schema."),
        "review": (NONE, "Whoever brings in a case decides nothing in it."),
        "policy": (PASS, "It fits the schema of the case type."),
    }


def _made(seen: Look, entry: Entry, giver: str, taker: str, what: str, said: Mapping[str, tuple[str, str]]) -> Handoff:
    version = version_in_words(seen.case_type, entry.definition or "No version")
    always = {
        "logging": (PASS, f"Event {entry.sequence} of the case’s chain; each is sealed by the one after it."),
        "version": (PASS if entry.definition else NONE, f"{version} was in force."),
    }
    known = {**always, **said}
    checks = tuple(
        Check(name, verdict, seen.view.text(rule), entry.sequence)
        for name in SIX for verdict, rule in (known.get(name, (NONE, "It does not apply here.")),)
    )  # fmt: skip
    return Handoff(entry.sequence, entry.at, seen.view.text(giver), seen.view.text(taker), seen.view.text(what), checks)


def _who(seen: Look, entry: Entry) -> str:
    return actor_name(entry.actor, seen.names)


def _machine(seen: Look, key: str) -> str:
    return actor_name(f"model:{key}", seen.names)


def _decision(seen: Look, key: str) -> str:
    return decision_names(seen.case.instance.definition_id).get(key, key)


def _work(seen: Look, entry: Entry) -> str:
    job = seen.past["jobs"].get(str(entry.detail.get("job")), {})
    capability = entry.detail.get("capability")
    return str(job.get("name") or (seen.case_type.capability(capability).title if capability else "work"))


def _offered_to(detail: Mapping[str, Json]) -> str:
    names: Iterable[str] = [*detail.get("candidate_groups", ()), *detail.get("candidate_users", ())]
    return ", ".join(map(str, names)) or "whoever looks after the case"
