"""How does an administrator make a service of its own for a program, and change what it may?

It is somebody new among the people, in groups as they are. What gives it rights that its maker has not waits for a
second administrator, as does that somebody else answers for it who may less: whoever takes its secret has its rights.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction

from casework.access import clients
from casework.access.client_models import ServicePrincipal
from casework.access.models import ApiToken
from casework.access.permissions import origin_of
from casework.access.tokens import wrong_types
from casework.forms.answer_validation import tells
from casework.people.models import RightsProposal
from casework.people.second_person import answering_waits, proposal_make
from casework.people.services import origin_because, person_invite
from orchestration.ground.refusals import Refused

LONGEST_DAYS: Final = 365
ASKED: Final = Refused(
    "second",
    "It may what you may not, and you do not answer for it. A second administrator was asked whether you shall; once "
    "one agrees, you can give it a secret.",
)


@dataclass(frozen=True, slots=True)
class Service:
    """`waiting`: its groups, or who answers for it, have to be agreed to by a second person."""

    row: ServicePrincipal
    waiting: bool


@transaction.atomic
def service_make(
    *, by: User, name: str, groups: Collection[str], scope: str, case_types: Collection[str], reason: str
) -> Service | Refused:
    """A new service, for which whoever makes it answers."""
    wrong = _wrong(scope, case_types)
    invited = person_invite(by=by, name=name, groups=groups, reason=reason, service=True)
    if wrong or isinstance(invited, Refused):
        transaction.set_rollback(True)
        return _with(invited if isinstance(invited, Refused) else None, wrong)
    row = clients.principal_keep(
        person=invited.user, owner=by, scope=scope, case_types=case_types, origin=origin_because(by, reason)
    )
    return Service(row, invited.waiting)


@transaction.atomic
def service_change(
    *, by: User, row: ServicePrincipal, owner: str, scope: str, case_types: Collection[str], reason: str
) -> Service | Refused:
    """What it may, and who answers for it. Its tokens of now end, so that none is wider. `waiting`: that somebody else
    answers for it."""
    wrong = _wrong(scope, case_types)
    answers = User.objects.filter(username=owner.replace("\0", ""), is_active=True, service=None).first()
    if answers is None:
        wrong["owner"] = "There is no such person, or they are kept out."
    if not tells(reason.strip(), 3, 150) or not reason.isprintable():
        wrong["reason"] = "Say in 3 to 150 letters why: it is kept with the change."
    if wrong or answers is None:
        return _with(None, wrong)
    waits = answering_waits(answers, row)
    kept = clients.principal_keep(
        person=row.person, owner=row.owner if waits else answers, scope=scope, case_types=case_types,
        origin=origin_because(by, reason),
    )  # fmt: skip
    if waits:
        _ask(by, row, answers, reason)
    return Service(kept, waits)


@transaction.atomic
def secret_give(*, by: User, row: ServicePrincipal) -> clients.NewSecret | Refused:
    """Another secret, for who answers for it, or may all that it may; anybody else asks first that they answer for
    it."""
    if not answering_waits(by, row):
        return clients.secret_give(principal=row, origin=origin_of(by))
    _ask(by, row, by, "A new secret is wanted")
    return ASKED


def _ask(by: User, row: ServicePrincipal, owner: User, reason: str) -> None:
    """A second person has to agree; what this person asked for this service before stays asked for."""
    before = RightsProposal.objects.filter(person=row.person, by=by).first()
    change = {**({} if before is None else before.change), "answers": owner.get_username()}
    proposal_make(by=by, person=row.person, change=change, reason=reason)


def _wrong(scope: str, case_types: Collection[str]) -> dict[str, str]:
    wrong = {} if scope in ApiToken.Scope.values else {"scope": "Choose what it may do."}
    told = wrong_types(case_types)
    return wrong | ({"case_types": told} if told else {})


def _with(refused: Refused | None, wrong: dict[str, str]) -> Refused:
    if refused is not None and not refused.errors:
        return refused
    errors = {**({} if refused is None else refused.errors), **wrong}
    return Refused("invalid", "Please correct what is marked.", errors)
