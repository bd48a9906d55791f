"""How does it read that work goes from hand to hand: to a machine, to a person, to another actor, and back?

Pure. Part of what `narration` tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from orchestration.actors.routing import BY_RANK
from orchestration.agents.checking import KNOWN

Detail = Mapping[str, Any]
OF_VERSION: Final = re.compile(r" in \S+ v\d+$")
"""At the end of the words of a rule: in which version it stands, which is that of the case."""
Machine = Callable[[str], str]
"""The key of an actor -> what it is called."""


@dataclass(frozen=True, slots=True)
class Told:
    """`text` is a sentence; with `by_actor` it goes on from the actor's name. `notable`: on the case page.

    `how`: what is said apart from it, and smaller: by which version, and why it was that one's to do.
    """

    kind: str
    icon: str
    text: str
    by_actor: bool = True
    notable: bool = True
    tone: str = ""
    how: str = ""

    @property
    def in_full(self) -> str:
        """The sentence with all that is known of it: for registers, papers and searches."""
        return f"{self.text} ({self.how})" if self.how else self.text


def routed(detail: Detail, machine: Machine) -> str:
    """By which rule the actor was chosen, and who was passed over and why; empty where nothing was to be chosen."""
    route = detail.get("route") or {}
    rule, passed = route.get("rule", BY_RANK), route.get("passed") or {}
    words = [] if rule == BY_RANK else [f"chosen by {OF_VERSION.sub('', rule)}"]
    words += [
        f"passed over: {machine(key)} because {str(why)[:1].lower()}{str(why)[1:].rstrip('.')}"
        for key, why in passed.items()
    ]
    return "; ".join(words)


def _because(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def _handed(detail: Detail) -> Told:
    why = detail.get("why", "")
    return Told("people", "user", f"A machine’s work was handed to a person. {why}".strip(), by_actor=False)


def _left(detail: Detail) -> Told:
    why = detail.get("why", "")
    return Told("ai", "arrow-right", f"The case went on without this work. {why}".strip(), by_actor=False)


def _withdrawn(detail: Detail) -> Told:
    text = f"The document “{detail.get('name', '')}” was withdrawn. An answer of this case was made from it"
    return Told("rules", "book", text, by_actor=False, tone="bad")


REVIEWED: Final = {
    "stands": "it holds without this source", "corrected": "it was wrong and is corrected", "unused": "it was not used",
}  # fmt: skip


def _reviewed(detail: Detail) -> Told:
    found = REVIEWED.get(detail.get("outcome", ""), "")
    text = f"looked again at the answer that was made from “{detail.get('name', '')}”: {found}. “{detail['finding']}”"
    return Told("people", "book", text)


def _held(detail: Detail) -> Told:
    return Told("ai", "hand-stop", "was stopped meanwhile, so its answer is held back and not used", tone="bad")


def _moved(detail: Detail, machine: Machine) -> Told:
    whose, whom = (machine(detail[side]) if detail.get(side) else "" for side in ("from", "to"))
    return Told("people", "arrow-right", f"handed the work of {whose or 'nobody'} to {whom or 'others'}")


def _changed(detail: Detail) -> Told:
    places = ", ".join(_field(str(path)) for path in detail.get("changed", ()))
    return Told("people", "edit", f"had it tried again with another input ({places})")


def _field(path: str) -> str:
    """Its dotted place in the input of a machine, in plain words."""
    return path.removeprefix("input.").replace("_", " ").replace(".", " / ")


def _by_hand(detail: Detail) -> Told:
    return Told("people", "checkbox", f"did “{detail.get('task', '')}” by hand, in a machine’s place", tone="good")


def _judged(detail: Detail, machine: Machine) -> Told:
    verdict, actor = detail.get("verdict", "judged"), machine(detail.get("actor", "a machine"))
    reason = f": {detail['reason']}" if detail.get("reason") else ""
    version = f" (version {detail['version']})" if detail.get("version") else ""
    tone = {"accepted": "good", "rejected": "bad"}.get(str(verdict), "")
    return Told("people", "gavel", f"{verdict} the suggestion of {actor}{version}{reason}", tone=tone)


def _asked_first(detail: Detail) -> Told:
    task, said = f"“{detail.get('task', '')}”", detail.get("said") or detail.get("verdict", "")
    how = "with a suggestion that is known to be wrong" if detail.get("put") == KNOWN else "without the suggestion"
    tone = "bad" if detail.get("fell") else ""
    return Told("people", "gavel", f"answered {task} first {how}: {said}. Nothing was done with it", tone=tone)


def _routed(detail: Detail, machine: Machine) -> Told:
    text, how = f"The work was offered to {machine(detail.get('actor', 'a worker outside'))}", routed(detail, machine)
    return Told("ai", "route", text, by_actor=False, notable=False, how=how)


def _fetched(detail: Detail) -> Told:
    worker, version = detail.get("worker"), detail.get("version")
    by = f" by the worker {worker}" if worker else ""
    told = f"fetched the work{by}" + (f" (version {version})" if version else "")
    return Told("ai", "arrow-down", told, notable=False)


def _lapsed(detail: Detail, machine: Machine) -> Told:
    why = str(detail.get("why") or "It did not do it in time.")
    text = f"{machine(detail.get('actor') or 'The actor')} did not do the work: {why}"
    return Told("ai", "hourglass", text, by_actor=False, tone="bad")


HANDOFFS: Final[Mapping[str, Callable[[Detail], Told]]] = {
    "work.handed": _handed, "work.left": _left, "source.withdrawn": _withdrawn,
    "source.reviewed": _reviewed,
    "work.held": _held, "work.changed": _changed, "work.by_hand": _by_hand, "work.fetched": _fetched,
    "suggestion.asked_first": _asked_first,
}  # fmt: skip
OF_MACHINES: Final[Mapping[str, Callable[[Detail, Machine], Told]]] = {
    "work.moved": _moved, "work.routed": _routed, "work.lapsed": _lapsed, "suggestion.judged": _judged,
}  # fmt: skip
"""What names machines that did not act themselves."""
