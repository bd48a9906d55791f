"""What do people know how to do, and which case types give out their tasks by rule?

Administrators say both; each change stands in the history of controls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction

from audit.services import Fact, record_control
from casework.access.permissions import origin_of
from casework.models import AutoAssignment, Skill
from casework.studio.rule_versions import newest_types
from orchestration.casetypes.case_type import CaseType
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask

LONGEST: Final = 40
HIGHEST: Final = 5


@dataclass(frozen=True, slots=True)
class Ruled:
    """A case type with rules for whom its tasks are."""

    key: str
    name: str
    decision: str
    enabled: bool


def ruled_types() -> list[Ruled]:
    """The case types whose newest version has such rules, and whether they are followed."""
    on = set(AutoAssignment.objects.filter(enabled=True).values_list("case_type", flat=True))
    with_rules: Iterable[CaseType] = (each for _, each in newest_types() if each.assignment)
    return [Ruled(each.key, each.name, each.assignment, each.key in on) for each in with_rules]


@transaction.atomic
def rules_follow(*, by: User, key: str, enabled: bool) -> Refused | None:
    """Give out the new tasks of a case type by its rules from now on, or no more."""
    if key not in {each.key for each in ruled_types()}:
        return Refused("unknown", "No case type of this name has rules for whom its tasks are.")
    newest = HumanTask.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    told = {"enabled": enabled} | ({"upto": newest} if enabled else {})
    AutoAssignment.objects.update_or_create(case_type=key, defaults=told)
    _record(by, {"case_type": key, "enabled": enabled})
    return None


@transaction.atomic
def skill_set(*, by: User, username: str, name: str, level: int) -> Refused | None:
    """Say how well a person does something, 1 to 5; 0: that it is not said any more."""
    person = User.objects.filter(username=username, is_active=True).first() if "\0" not in username else None
    word = " ".join(name.lower().split())
    if wrong := dict(_wrong(person, word, level)):
        return Refused("invalid", "Please correct what is marked.", wrong)
    if level:
        Skill.objects.update_or_create(person=person, name=word, defaults={"level": level})
    else:
        Skill.objects.filter(person=person, name=word).delete()
    _record(by, {"person": username, "skill": word, "level": level})
    return None


def _wrong(person: User | None, word: str, level: int) -> Iterator[tuple[str, str]]:
    """What is wrong with what was given, by field."""
    if person is None:
        yield "person", "There is nobody of this name."
    if not word or len(word) > LONGEST or "\0" in word:
        yield "skill", f"Name a skill in at most {LONGEST} characters."
    if not 0 <= level <= HIGHEST:
        yield "level", f"Choose a level from 0 to {HIGHEST}."


def _record(by: User, detail: dict[str, Any]) -> None:
    record_control([Fact("assignment.changed", detail)], origin_of(by), clock.utc_now())
