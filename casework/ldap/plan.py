"""Who joins, moves and leaves, by what a directory says now? Pure: what is to be done, and why not where it is not.

Whom an administrator has kept out stays out. A name joins nobody: whoever is here already under a name of the
directory's is taken over only when somebody at the machine says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Final

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from casework.ldap.client import Entry
from orchestration.ground.refusals import Refused

FEW: Final = 5
"""So many may leave at once, however few there are."""
SHARE: Final = 0.2
"""Of all, who may leave at once."""
LONGEST: Final = 150


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody here whom the directory keeps. `groups`: of those that follow the directory, by number."""

    number: int
    name: str
    first: str
    last: str
    email: str
    active: bool
    groups: frozenset[int]


@dataclass(frozen=True, slots=True)
class Here:
    """Who is here: by the directory's ids those whom it keeps, and who left by it; `names` and `mails` of everybody,
    folded; `gives`: which groups here follow from a group there."""

    known: Mapping[str, Known]
    left: Mapping[str, int]
    names: Collection[str]
    mails: MutableMapping[str, int]
    gives: Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Plan:
    joins: list[Entry] = field(default_factory=list)
    returns: list[tuple[int, Entry]] = field(default_factory=list)
    renames: list[tuple[int, Entry]] = field(default_factory=list)
    moves: list[tuple[int, Entry]] = field(default_factory=list)
    leaves: list[int] = field(default_factory=list)
    not_taken: list[tuple[str, str]] = field(default_factory=list)


def plan_of(entries: Collection[Entry], here: Here) -> Plan:
    """What is to be done. E-mail addresses that are none, or somebody else's, count as none."""
    plan = Plan()
    names, ids = Counter(one.name.casefold() for one in entries), Counter(one.id for one in entries)
    for entry in entries:
        known = here.known.get(entry.id)
        if known is not None:
            _of_known(plan, known, entry, here)
        elif entry.id in here.left:
            plan.returns.append((here.left[entry.id], entry))
        elif why := _wrong(entry, names, ids, here):
            plan.not_taken.append((entry.name[:LONGEST] or entry.dn[:LONGEST], why))
        else:
            plan.joins.append(entry)
    there = {one.id for one in entries}
    plan.leaves.extend(known.number for id, known in here.known.items() if known.active and id not in there)
    return plan


def too_many_leave(plan: Plan, known: int) -> Refused | None:
    """Why this is not done without a person: a filter that was mistyped would keep everybody out."""
    many = len(plan.leaves)
    if many <= max(FEW, int(SHARE * known)) and (many < known or not many):
        return None
    return Refused(
        "many",
        f"{many} of {known} people would leave at once, so nothing was changed. If that is right, "
        "`manage.py directory --all` does it.",
    )


def mail_of(entry: Entry, mails: Mapping[str, int], number: int = 0) -> str:
    """Their address, where it is one and nobody else's."""
    try:
        validate_email(entry.email)
    except ValidationError:
        return ""
    return entry.email if mails.get(entry.email.casefold(), number) == number and len(entry.email) <= 254 else ""


def _of_known(plan: Plan, known: Known, entry: Entry, here: Here) -> None:
    if not known.active:
        return  # an administrator has kept them out
    wanted = (plain(entry.first), plain(entry.last), mail_of(entry, here.mails, known.number))
    if (known.first, known.last, known.email) != wanted:
        plan.renames.append((known.number, entry))
    if known.groups != frozenset().union(*(here.gives.get(group, frozenset()) for group in entry.groups)):
        plan.moves.append((known.number, entry))


def plain(name: str) -> str:
    """A name as it is kept: what can be read, of a length."""
    return "".join(sign for sign in name if sign.isprintable())[:LONGEST].strip()


def _wrong(entry: Entry, names: Counter[str], ids: Counter[str], here: Here) -> str:
    try:
        UnicodeUsernameValidator()(entry.name)
    except ValidationError:
        return "A sign-in name has letters, digits and @ . + - _ only."
    if not entry.id or len(entry.id) > 200 or ids[entry.id] > 1:
        return "The directory gives no id that is theirs alone."
    if len(entry.name) > LONGEST:
        return "The name is too long."
    if names[entry.name.casefold()] > 1:
        return "The directory has this name twice."
    if entry.name.casefold() in here.names:
        return "Somebody here is called so already, whom the directory does not keep."
    return ""
