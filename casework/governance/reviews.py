"""Who answers for each rule, model and connector, by when is it looked at again, and what is overdue?

Rules and models of processes belong to a case type; trained models, connectors, bots and agents are actors, whose card
says it. Until somebody says otherwise, whoever put a version of rules in force answers for it, and everything is looked
at within a year of coming in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse

from audit.services import Fact, Origin, record_control
from casework.access.permissions import origin_of
from casework.actors.read import actor_list, first_review
from casework.actors.words import kind_words
from casework.forms.answer_validation import tells, text_errors
from casework.governance.models import RulesOwner
from casework.studio.rule_versions import newest_types, versions
from orchestration.ground.clock import utc_now
from orchestration.ground.refusals import Refused
from orchestration.shell.verification.change import Change
from orchestration.shell.verification.control import with_every_control

ACTION: Final = "rules.owner"
LONGEST: Final = timedelta(days=3 * 366)
SOON: Final = timedelta(days=30)
RULES: Final = "Rules and models"


@dataclass(frozen=True, slots=True)
class Looked:
    """One thing that somebody answers for. `key`: of the case type, for a form; "" for an actor, which has a card.

    `agreed`: whether somebody set the day; else it is a year after the version in use came in, None where none is.
    """

    name: str
    kind: str
    owner: str
    review_by: date | None
    today: date
    address: str
    agreed: bool
    key: str = ""

    @property
    def state(self) -> str:
        """overdue, open (nobody has set an owner or a day), soon, or "" where there is time."""
        if self.review_by is not None and self.review_by < self.today:
            return "overdue"
        if not (self.owner and self.agreed) or self.review_by is None:
            return "open"
        return "soon" if self.review_by <= self.today + SOON else ""


ORDER: Final = ("overdue", "open", "soon", "")


def looked_after(today: date) -> list[Looked]:
    """Everything in use, what is overdue first."""
    return sorted((*_rules(today), *_actors(today)), key=lambda one: (ORDER.index(one.state), one.kind, one.name))


def _rules(today: date) -> Iterator[Looked]:
    rows = {row.case_type: row for row in RulesOwner.objects.all()}
    types = list(newest_types())
    put = {version.key: version for version in versions() if version.current}
    for number, one in types:
        row, version = rows.get(one.key), put[one.key]
        owner, until = (version.by, first_review(version.at)) if row is None else (row.owner, row.review_by)
        address = reverse("rules-version", args=[number])
        yield Looked(one.name, RULES, owner, until, today, address, row is not None, one.key)


def _actors(today: date) -> Iterator[Looked]:
    for row in actor_list(utc_now()):
        if row.enabled:
            address, agreed = reverse("actor", args=[row.key]), row.card.review_by is not None
            yield Looked(row.name, kind_words(row.kind), row.owner, row.review_by, today, address, agreed)


@transaction.atomic
def owner_set(*, by: User, key: str, owner: str, review_by: date | None, reason: str) -> RulesOwner | Refused:
    """Say who answers for the rules of a case type, and by when they are looked at; also that they were, just now."""
    owner, reason, today = owner.strip(), reason.strip(), utc_now().date()
    errors: dict[str, str] = {}
    if key not in {one.key for _, one in newest_types()}:
        errors["key"] = "There is no such case type."
    if not 2 <= len(owner) <= 200 or text_errors({"owner": owner}):
        errors["owner"] = "Name a person or a team in 2 to 200 characters."
    if review_by is None or not today < review_by <= today + LONGEST:
        errors["review_by"] = "Say a day within the next three years."
    if not tells(reason, 3, 150) or text_errors({"reason": reason}):
        errors["reason"] = "Say in 3 to 150 characters why."
    if errors or review_by is None:
        return Refused("invalid", "Please correct what is marked.", errors)
    row, _ = RulesOwner.objects.update_or_create(case_type=key, defaults={"owner": owner, "review_by": review_by})
    told: dict[str, Any] = {"case_type": key, "owner": owner, "review_by": review_by.isoformat()}
    record_control([Fact(ACTION, told)], Origin(origin_of(by).actor, cause=reason), utc_now())
    return row


def owners_apart(changes: list[Change]) -> Iterator[str]:
    """What the rows say otherwise than the chain, in sentences."""
    told = {one.detail["case_type"]: one.detail for one in changes if one.action == ACTION}
    for row in RulesOwner.objects.order_by("case_type"):
        said = told.pop(row.case_type, {})
        if (said.get("owner"), said.get("review_by")) != (row.owner, row.review_by.isoformat()):
            yield f"the owner of the rules of {row.case_type} is not whom the last change named"
    for key in told:
        yield f"the rules of {key} should have an owner, but have none"


def hang_in() -> None:
    if owners_apart not in with_every_control:
        with_every_control.append(owners_apart)
