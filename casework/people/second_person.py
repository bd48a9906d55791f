"""Who else has to agree before somebody gets more rights, or a setting is another?

A proposal waits until another administrator agrees or refuses; both stand on the control chain, as the change does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import transaction

from audit.services import Fact, Origin, record_control
from casework.access import people, units
from casework.access.client_models import ServicePrincipal
from casework.access.clients import principal_keep
from casework.access.identities import claims_add
from casework.access.permissions import origin_of
from casework.access.unit_models import BusinessUnit
from casework.forms.answer_validation import text_errors
from casework.models import CaseUserObjectPermission
from casework.people import settled
from casework.people.models import RightsProposal
from casework.people.sight import administrators, group_moved, home_changed, role_changed
from orchestration.ground.clock import utc_now
from orchestration.ground.refusals import NO_SUCH, Refused


def needs_second(by: User, subject: User | Group) -> bool:
    """Whether what this person gives this person or group waits for another: as set, and always for their own. What a
    service does, its owner does."""
    if settings.SECOND_PERSON:
        return True
    if isinstance(subject, User):
        return subject.pk in selves(by)
    return subject.user_set.filter(pk__in=selves(by)).exists()


def is_alone(by: User) -> bool:
    """Whether nobody else administers the whole organisation, so that what waits for a second person goes on waiting.
    It does all the same: else whoever keeps the others out would give themselves everything."""
    return not administrators().exclude(pk__in=selves(by)).exists()


def joining_waits(by: User, subject: User, groups: Iterable[Group], *, service: bool = False) -> bool:
    """Whether that this person puts somebody into these groups waits for another. A service gives whoever takes its
    secret what it has, so that it waits where one of the groups is none of theirs, however the product is set."""
    wanted = list(groups)
    if not wanted:
        return False
    if service or ServicePrincipal.objects.filter(person=subject).exists():
        return bool(settings.SECOND_PERSON) or gains(by, {group.pk for group in wanted})
    return needs_second(by, subject)


def answering_waits(owner: User, service: ServicePrincipal) -> bool:
    """Whether a second person has to agree before somebody answers for a service, and so may take its secret: where it
    is in a group that is none of theirs, or has a right on a case by its own name, and they do not answer for it."""
    if service.owner_id == owner.pk:
        return False
    by_name = CaseUserObjectPermission.objects.filter(user=service.person_id).exists()
    return by_name or gains(owner, set(service.person.groups.values_list("pk", flat=True)))


def gains(user: User, groups: set[int]) -> bool:
    """Whether one of these groups is none of theirs. Whoever may everything gains nothing by any."""
    return not user.is_superuser and bool(groups - set(user.groups.values_list("pk", flat=True)))


def selves(user: User) -> set[int]:
    """As whom somebody acts: they; and for a service who answers for it."""
    return {user.pk, *ServicePrincipal.objects.filter(person=user).values_list("owner_id", flat=True)}


def proposal_make(
    *, by: User, change: dict[str, Any], reason: str, person: User | None = None, group: Group | None = None
) -> RightsProposal:
    """Ask a second person. What was asked before for the same person or group, and waits, is replaced."""
    RightsProposal.objects.filter(person=person, group=group, by=by).delete()
    made = RightsProposal.objects.create(
        person=person, group=group, change=change, reason=reason.strip(), by=by, created=utc_now()
    )
    _keep(ASKED, made, Origin(origin_of(by).actor, cause=reason.strip()))
    return made


@dataclass(frozen=True, slots=True)
class Waits:
    """A change of a setting that was asked for. `alone`: nobody is there who could agree."""

    alone: bool

    @property
    def said(self) -> str:
        alone = ALONE if self.alone else ""
        return f"Asked for. It holds once another administrator agrees, on the page People.{alone}"


ASKED: Final = "rights.asked"
"""The action of the event that tells of an asking."""
ALONE: Final = (
    " Nobody else administers the whole organisation now: it waits until somebody does. Whoever runs the server makes a"
    " second administrator: casewright manage role person NAME --group Administrators."
)


def setting_change(*, by: User, kind: str, name: str, change: settled.Change, reason: str) -> object | Refused | Waits:
    """Change a setting, or have it wait for a second person where the product is set so. What would be refused, or
    change nothing (False), does not wait."""
    reason = reason.strip()
    if unclean := text_errors({"name": name, "reason": reason, **change}):
        return Refused("invalid", next(iter(unclean.values())), unclean)
    origin, stands = Origin(origin_of(by).actor, cause=reason), settled.SETTINGS[kind].stands
    if not settings.SECOND_PERSON:
        return settled.carry_out(kind, name, change, origin, reason)
    with transaction.atomic():
        stood = stands(name)
        outcome = settled.carry_out(kind, name, change, origin, reason)
        changes = stands(name) != stood
        transaction.set_rollback(True)
    if isinstance(outcome, Refused) or not changes:
        return outcome if isinstance(outcome, Refused) else False
    RightsProposal.objects.filter(kind=kind, name=name, by=by).delete()
    made = RightsProposal.objects.create(
        kind=kind, name=name, change=dict(change), stood=stood, by=by, reason=reason, created=utc_now()
    )
    _keep(ASKED, made, origin)
    return Waits(is_alone(by))


def waiting_refuse(*, by: User, kind: str, name: str, reason: str) -> None:
    """Refuse all that waits of a setting: whoever stops an actor again answers what was asked for before."""
    for proposal in RightsProposal.objects.select_for_update().filter(kind=kind, name=name):
        _keep("rights.refused", proposal, Origin(origin_of(by).actor, cause=reason))
        proposal.delete()


@transaction.atomic
def proposal_decide(*, by: User, proposal_id: int, agree: bool) -> RightsProposal | Refused:
    """Let a change happen that another administrator has asked for, or refuse it. Whoever asked may take it back."""
    units.tree_hold()  # it may name a unit
    proposal = _held(proposal_id)
    if proposal is None:
        return Refused(NO_SUCH, "There is no such change, or it has been decided, or taken back, meanwhile.")
    if agree and selves(by) & _parties(proposal):
        return Refused("second", "Somebody else has to agree: whoever asks for a change, or gains by it, does not.")
    if agree and proposal.group is not None and proposal.group.user_set.filter(pk__in=selves(by)).exists():
        return Refused("second", "Somebody outside this group has to agree.")
    if proposal.kind:
        return _setting_decide(by, proposal, agree)
    origin = Origin(origin_of(by).actor, origin_of(proposal.by).actor, proposal.reason)
    if agree and (gone := _gone(proposal.change)):
        return Refused("gone", f"The unit {gone} was taken away meanwhile: refuse this.")
    if agree:
        _carry_out(proposal, origin)
    else:
        _keep("rights.refused", proposal, Origin(origin.actor, cause=proposal.reason))
    RightsProposal.objects.filter(pk=proposal.pk).delete()
    return proposal


def _setting_decide(by: User, proposal: RightsProposal, agree: bool) -> RightsProposal | Refused:
    """As the setting stood when it was asked for, by somebody who may change it themselves."""
    setting = settled.SETTINGS[proposal.kind]
    if agree and not setting.may(by):
        return Refused("right", f"Somebody who may change {about(proposal)} has to agree.")
    if agree and setting.stands(proposal.name) != proposal.stood:
        return Refused("changed", "It was changed meanwhile: refuse this, and have it asked for anew.")
    origin = Origin(origin_of(by).actor, origin_of(proposal.by).actor, proposal.reason)
    if not agree:
        _keep("rights.refused", proposal, origin)
    elif isinstance(outcome := _done(proposal, origin), Refused):
        return outcome
    RightsProposal.objects.filter(pk=proposal.pk).delete()
    return proposal


def _done(proposal: RightsProposal, origin: Origin) -> object:
    return settled.carry_out(proposal.kind, proposal.name, proposal.change, origin, proposal.reason)


def _held(number: int) -> RightsProposal | None:
    """What waits, locked after the person or group whom it is for: whoever changes these locks them first, and takes
    what waits for them back after it. None: it is decided, or taken back."""
    asked = RightsProposal.objects.filter(pk=number).first()
    if asked is None:
        return None
    User.objects.select_for_update(no_key=True).filter(pk=asked.person_id or 0).first()
    Group.objects.select_for_update(no_key=True).filter(pk=asked.group_id or 0).first()
    rows = RightsProposal.objects.select_for_update(of=("self",)).select_related("person", "group", "by")
    return rows.filter(pk=number).first()


def _parties(proposal: RightsProposal) -> set[int]:
    """Who asks, and who gains: of a service that somebody else is to answer for they, not who answers for it now."""
    parties = selves(proposal.by)
    if "answers" in proposal.change:
        parties |= set(User.objects.filter(username=proposal.change["answers"]).values_list("pk", flat=True))
    elif proposal.person is not None:
        parties |= selves(proposal.person)
    return parties


def _gone(change: dict[str, Any]) -> str:
    """A unit that it names and that is not there any more."""
    wanted = {change.get("home"), change.get("unit"), *change.get("units", ())} - {None, ""}
    there = set(BusinessUnit.objects.filter(key__in=wanted).values_list("key", flat=True))
    return min(wanted - there, default="")


def _carry_out(proposal: RightsProposal, origin: Origin) -> None:
    change = proposal.change
    if proposal.person is not None:
        held = User.objects.select_for_update(no_key=True).get(pk=proposal.person.pk)
        for group in Group.objects.filter(name__in=change.get("join", ())).order_by("name"):
            people.person_join(user=held, group=group, origin=origin)
        if change.get("on"):
            people.person_switch(user=held, on=True, origin=origin)
        if "answers" in change:
            _hand_over(held, change["answers"], origin)
        if "home" in change:
            home_changed(held, _unit(change["home"]), origin)
        role = held.groups.filter(name=change.get("role", "")).first()
        if role is not None:
            role_changed(held, role, [_unit(key) for key in change["units"]], origin)
    if proposal.group is not None and "unit" in change:
        group_moved(proposal.group, _unit(change["unit"]), origin)
    elif proposal.group is not None:
        group_widen(proposal.group, change, origin)


def _unit(key: str) -> BusinessUnit | None:
    """The unit that was asked for, which is there (`_gone`)."""
    return BusinessUnit.objects.get(key=key) if key else None


def _hand_over(service: User, owner: str, origin: Origin) -> None:
    """Somebody else answers for a service from now on, where both are there still."""
    row = ServicePrincipal.objects.select_for_update().filter(person=service).first()
    answers = User.objects.filter(username=owner, is_active=True, service=None).first()
    if row is not None and answers is not None:
        principal_keep(person=service, owner=answers, scope=row.scope, case_types=row.case_types, origin=origin)


def group_widen(group: Group, change: dict[str, Any], origin: Origin) -> None:
    """Give a group what a change has for it."""
    for right in change.get("give", ()):
        people.group_right(group=group, right=right, given=True, origin=origin)
    if "map" in change:
        claims_add(group=group, values=change["map"], origin=origin)
    if "clearance" in change:
        people.clearance_set(group=group, level=change["clearance"], origin=origin)
    for purpose in change.get("purposes", ()):
        people.group_purpose(group=group, purpose=purpose, given=True, origin=origin)


def in_words(change: dict[str, Any]) -> Iterator[str]:
    """What a proposal would do, in sentences."""
    for group in change.get("join", ()):
        yield f"put into {group}"
    if change.get("on"):
        yield "let in again"
    if "answers" in change:
        yield f"let {change['answers']} answer for it, who may then take its secret"
    for right in change.get("give", ()):
        yield f"give the right {right}"
    for value in change.get("map", ()):
        yield f"let the identity provider’s {value} put people into it"
    if "home" in change:
        yield f"have belong to {_called(change['home'])}"
    if "role" in change:
        where = ", ".join(map(_called, change["units"])) or "where they belong"
        yield f"have the role {change['role']} for {where}"
    if "unit" in change:
        yield f"have it hold in {_called(change['unit'])}"
    if "clearance" in change:
        yield f"let see what is {change['clearance']}"
    for purpose in change.get("purposes", ()):
        yield f"let look for “{purpose}”"


def _called(key: str) -> str:
    return f"the unit {key}" if key else "the whole organisation"


def words_of(proposal: RightsProposal) -> tuple[str, ...]:
    """What it would do."""
    if proposal.kind:
        return tuple(settled.in_words(proposal.kind, proposal.name, proposal.change))
    return tuple(in_words(proposal.change))


def about(proposal: RightsProposal) -> str:
    """Whom or what it would change, but for a person."""
    if proposal.kind:
        return settled.SETTINGS[proposal.kind].about.format(proposal.name)
    return f"the group {proposal.group}"


def whom(proposal: RightsProposal) -> str:
    """Whom or what it would change."""
    return about(proposal) if proposal.person is None else proposal.person.get_username()


def digest_of(proposal: RightsProposal) -> str:
    """Of all that its row says, so that nobody agrees to another word."""
    row = [proposal.person_id, proposal.group_id, proposal.kind, proposal.name, proposal.change, proposal.stood,
           proposal.reason, proposal.by_id, proposal.created.astimezone(UTC).isoformat()]  # fmt: skip
    return sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()


def _keep(action: str, proposal: RightsProposal, origin: Origin) -> None:
    told = {"of": whom(proposal), "what": list(words_of(proposal)), "digest": digest_of(proposal)}
    record_control([Fact(action, told)], origin, utc_now())
