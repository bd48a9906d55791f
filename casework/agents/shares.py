"""How much of what machines suggest is put to people otherwise, and how is another share proposed in the browser?

Of the suggestions in the tasks of a case type the manifest says it, of what an agent wants the agent's file; both stay
the one place where it stands. Another share is a proposed version of the case type, or a registered version of the
agent: nothing is in force by it, and it goes on as any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml
from django.contrib.auth.models import User

from casework.access.permissions import origin_of
from casework.models import Proposal
from casework.studio.publishing import change_propose, note_error
from casework.studio.rule_versions import newest_types
from orchestration.actors.registration import version_register
from orchestration.agents.checking import Checks, checks_of
from orchestration.casetypes.case_type import CaseType, by_definition
from orchestration.ground.refusals import Refused
from orchestration.models import ActorVersion, Definition

Json = Any
MANIFEST: Final = "manifest.yaml"
AGENT: Final = "agent"
_DECLARED: Final = re.compile(r"^asked-first:[^\n]*\n(?:(?:[ \t][^\n]*|#[^\n]*|)\n)*", re.MULTILINE)
_NUMBER: Final = r"(^[^#\n]*\b{}:[ \t]*)[0-9.]+"
UNSOUND: Final = (
    "A share is from 0 to 1 with at most four decimals, as 0.02 for two of a hundred; both together are at most 1."
)
NOTHING_WRONG: Final = "Say in its file first what is shown in place of it: nothing that is known to be wrong is there."
BY_HAND: Final = "The manifest says it in a way that is not changed here: change the file itself (Models, Bring in)."


@dataclass(frozen=True, slots=True)
class Share:
    """`of`: the number of a definition or of a version, `what`: which of them. `blind`, `known`: as it stands there;
    `wrong`: how many things that are known to be wrong it has."""

    what: str
    of: int
    name: str
    blind: str
    known: str
    wrong: int

    @property
    def place(self) -> str:
        """How its form names it."""
        return f"{self.what}:{self.of}"


@dataclass(frozen=True, slots=True)
class Wished:
    """The shares as they were typed, and why."""

    blind: str
    known: str
    why: str


def of_types() -> list[Share]:
    """The newest version of each case type that declares a question to be asked first."""
    found = ((number, one.name, one.asked_first) for number, one in newest_types() if one.asked_first is not None)
    return sorted(
        (_share("type", number, name, first.checks) for number, name, first in found), key=lambda one: one.name
    )


def of_agents() -> list[Share]:
    """The versions of agents that are in use."""
    return [_share(AGENT, row.pk, row.actor.name, checks_of(_file(row).get("approval", {}))) for row in _in_use()]


def _in_use() -> Iterator[ActorVersion]:
    rows = ActorVersion.objects.filter(actor__kind=AGENT, actor__enabled=True, state=ActorVersion.State.IN_USE)
    yield from rows.select_related("actor").order_by("actor__name")


def _file(row: ActorVersion) -> dict[str, Json]:
    found = yaml.safe_load(bytes(row.artefact))
    return found if isinstance(found, dict) else {}


def _share(what: str, number: int, name: str, checks: Checks) -> Share:
    return Share(what, number, name, _said(checks.blind), _said(checks.known), len(checks.wrong))


def _said(share: float | str) -> str:
    return share if isinstance(share, str) else f"{share:g}"


def type_propose(*, by: User, definition: int, wished: Wished) -> Proposal | Refused:
    """A version of the case type with these shares, for whoever publishes it."""
    case_type, blind, known = by_definition(definition), _number(wished.blind), _number(wished.known)
    if blind is None or known is None or _is_too_much(blind, known):
        return _invalid(UNSOUND, "blind", "known")
    if wrong := note_error(wished.why):
        return _invalid(wrong, "why")
    return _proposed(by, case_type, definition, (blind, known), wished.why)


def _proposed(by: User, case_type: CaseType, number: int, shares: tuple[float, float], why: str) -> Proposal | Refused:
    first = case_type.asked_first
    if shares[1] and not (first is not None and first.checks.wrong):
        return _invalid(NOTHING_WRONG, "known")
    manifest = with_shares(case_type.files[MANIFEST], *shares)
    if manifest is None:
        return _invalid(BY_HAND)
    base = Definition.objects.get(pk=number)
    said = f"shares asked first of {case_type.key}: {why}"
    return change_propose(by=by, base=base, files={**base.files, MANIFEST: manifest}, why=said)


def with_shares(manifest: str, blind: float, known: float) -> str | None:
    """The manifest with these shares and not a word else changed; None where its text does not let that be done."""
    declared = _DECLARED.search(manifest)
    if declared is None:
        return None
    text = declared[0]
    for name, share in (("blind", blind), ("share", known)):
        text = re.sub(_NUMBER.format(name), rf"\g<1>{share:g}", text, count=1, flags=re.MULTILINE)
    changed = manifest[: declared.start()] + text + manifest[declared.end() :]
    return changed if yaml.safe_load(changed) == _wanted(manifest, blind, known) else None


def _wanted(manifest: str, blind: float, known: float) -> Json:
    wanted = yaml.safe_load(manifest)
    said = wanted["asked-first"]
    if blind or "blind" in said:
        said["blind"] = blind
    if known or "known" in said:
        said.setdefault("known", {})["share"] = known
    return wanted


def agent_register(*, by: User, version: int, wished: Wished) -> ActorVersion | Refused:
    """A version of the agent with these shares, which is not used until somebody takes it on."""
    row = ActorVersion.objects.select_related("actor").get(pk=version, actor__kind=AGENT)
    blind, known = (_number_or_rule(text) for text in (wished.blind, wished.known))
    if blind is None or known is None or _is_too_much(blind, known):
        return _invalid(UNSOUND, "blind", "known")
    if wrong := note_error(wished.why):
        return _invalid(wrong, "why")
    file = _file(row)
    approval = _approval(file.get("approval", {}), blind, known)
    if approval is None:
        return _invalid(NOTHING_WRONG, "known")
    artefact = yaml.safe_dump(file | {"approval": approval}, sort_keys=False, allow_unicode=True).encode()
    return version_register(actor=row.actor, artefact=artefact, by=origin_of(by), note=wished.why[:500])


def _approval(said: Mapping[str, Json], blind: float | str, known: float | str) -> dict[str, Json] | None:
    if "known" in said:
        return {**said, "blind": blind, "known": {**said["known"], "share": known}}
    return None if known else {**said, "blind": blind}


def _is_too_much(*shares: float | str) -> bool:
    """Whether numbers come to more than all; what rules come to is not known before."""
    return round(sum(one for one in shares if not isinstance(one, str)), 4) > 1


def _number(text: str) -> float | None:
    found = float(text) if re.fullmatch(r"[0-9](\.[0-9]{1,4})?", text.strip()) else None
    return found if found is None or found <= 1 else None


def _number_or_rule(text: str) -> float | str | None:
    """A number, or FEEL, as the file of an agent may say it; an unsound rule is refused as it is registered."""
    return text.strip() if re.search(r"[A-Za-z]", text) else _number(text)


def _invalid(why: str, *fields: str) -> Refused:
    return Refused("invalid", why, dict.fromkeys(fields, why))
