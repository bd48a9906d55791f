"""Does it hold what must not cross?

The guardrail `leak`, on both sides; it always stands. Before: what is hidden from the actor, and personal details where
its card forbids them or it leaves the house. After: a value of the case that was hidden from the actor, a value that
it was not given (`not-given`), a planted canary, a pseudonym that it made up, a personal detail in a field that the
contract does not mark as one of its kind (`x-mask`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from orchestration.actors.guardrails import pseudonyms, sight
from orchestration.actors.guardrails.guardrail import (
    AFTER,
    BEFORE,
    PASSED,
    Crossing,
    Guardrail,
    Parameters,
    Said,
    all_of,
    blocked,
    first_of,
    object_schema,
)
from orchestration.actors.guardrails.places import texts, written
from orchestration.privacy.classification import Classification
from orchestration.privacy.stand_ins import WORDS
from orchestration.privacy.texts import FORMS, NO_SECRETS, Secret, Secrets

Json = Any
Written = list[tuple[str, str]]
"""(place, text) of what came back."""
_NOT_SHOWN: Final = re.compile(r"[\W_]+")
_LEAST_CANARY: Final = 6


def normal(given: Json) -> Parameters:
    found = given or {}
    return {"not-given": found.get("not-given", True), "canaries": found.get("canaries", [])}


def loosened(parent: Parameters, child: Parameters) -> str:
    no_longer = parent["not-given"] and not child["not-given"]
    return first_of("not-given went from true to false" if no_longer else "", all_of(parent, child, "canaries"))


def before(crossing: Crossing, parameters: Parameters) -> Said:
    card = crossing.handoff.card
    secrets = sight.hidden_from(crossing.handoff.case, sight.looking(crossing.handoff))
    watched = secrets.watching(frozenset() if card.personal_data and not card.leaves else FORMS)
    for place, text in written(crossing.value):
        kind = watched.leak(text)
        if kind:
            return _found(crossing, f"personal data ({kind})", place)
    return PASSED


def after(crossing: Crossing, parameters: Parameters) -> Said:
    for what, place in _leaks(crossing, parameters):
        return _found(crossing, what, place)
    return PASSED


def _found(crossing: Crossing, what: str, place: str) -> Said:
    return blocked(f"The {crossing.what} holds {what} at {crossing.shown(place)}.", *crossing.places(place))


def _leaks(crossing: Crossing, parameters: Parameters) -> Iterator[tuple[str, str]]:
    """What must not come back, and where."""
    handoff = crossing.handoff
    found = [(place, text) for place, text in written(crossing.value) if not crossing.is_name(text)]
    yield from _planted(found, (*handoff.canaries, *parameters["canaries"]))
    yield from _made_up(crossing, found)
    hidden = sight.hidden_from(handoff.case, sight.looking(handoff))
    yield from (("personal data (known value)", place) for place, text in found if hidden.holds_known(text))
    contract = sight.output_classification(handoff)
    for place, text in found:
        kind = NO_SECRETS.watching(FORMS - _declared(contract, place)).leak(text)
        if kind:
            yield f"personal data ({kind})", place
    if parameters["not-given"]:
        yield from _not_given(crossing, found)


def _declared(contract: Classification | None, place: str) -> frozenset[str]:
    """The kinds of detail that the contract expects at a place."""
    return frozenset() if contract is None else frozenset({contract.rule(place).mask})


def _planted(came: Written, canaries: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    sought = [plain for plain in map(_plain, canaries) if len(plain) >= _LEAST_CANARY]
    for place, text in came if sought else ():
        if any(plain in _plain(text) for plain in sought):
            yield "what was planted so that a leak shows", place


def _plain(text: str) -> str:
    return _NOT_SHOWN.sub("", text).casefold()


def _made_up(crossing: Crossing, came: Written) -> Iterator[tuple[str, str]]:
    """Pseudonyms that stand for nothing in this call."""
    if not crossing.restore:
        return
    was_there = {found[0].upper() for _, text in texts(crossing.given) for found in pseudonyms.PSEUDONYM.finditer(text)}
    for place, text in came:
        for found in pseudonyms.PSEUDONYM.finditer(text):
            if found[0].upper() not in was_there:
                yield "a pseudonym that it was not given", place


def _not_given(crossing: Crossing, came: Written) -> Iterator[tuple[str, str]]:
    """Personal values of the case that the actor did not get, in fields that the contract does not mark so."""
    case, contract = crossing.handoff.case, sight.output_classification(crossing.handoff)
    if case.classification is None:
        return
    values = list(pseudonyms.values_of(case.data, case.classification, frozenset(WORDS)))
    every = _secrets(*values)
    if not any(every.holds_known(text) for _, text in came):
        return
    given = " \n ".join(text for _, text in texts(crossing.given))
    for kind, value in values:
        known = _secrets((kind, value))
        if not known.holds_known(given):
            places = (place for place, text in came if known.holds_known(text))
            yield from (("a value that it was not given", at) for at in places if kind not in _declared(contract, at))


def _secrets(*values: tuple[str, str]) -> Secrets:
    return Secrets(known=frozenset(Secret(value, kind) for kind, value in values))


_TEXTS: Final = {"type": "array", "items": {"type": "string", "minLength": _LEAST_CANARY, "maxLength": 200}}

GOING: Final = Guardrail(
    "leak", BEFORE, "The input holds nothing that is hidden from the actor.", before, normal=normal, stands=True
)
COMING: Final = Guardrail(
    "leak",
    AFTER,
    "The output holds no hidden value, none that the actor was not given, nothing planted, no stray personal details.",
    after,
    {"anyOf": [{"type": "null"}, object_schema(not_given={"type": "boolean"}, canaries=_TEXTS)]},
    normal,
    loosened,
    stands=True,
    unasked={"not-given": False},
)
