"""Which views of lists do people share with their groups, and how does an administrator rename one, take it back, or
have a group's list open with it?

What a view asks for may name a customer, whom an administrator need not see: it is not shown here. Each change stands
on the control chain with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from audit.services import Fact, Origin, record_control
from casework.access.permissions import origin_of
from casework.lists.models import SavedView
from casework.lists.saved import NAME_MOST, name_of
from casework.lists.state import KINDS
from casework.people.services import reason_errors
from orchestration.ground.clock import utc_now
from orchestration.ground.refusals import NO_SUCH, Refused

GONE = Refused(NO_SUCH, "There is no such view, or it is not shared any more.")


@dataclass(frozen=True, slots=True)
class SharedView:
    """A view that a group has. `is_there`: its owner may come in and is in the group, so that the group sees it;
    `opens`: the group's list opens with it for who has chosen no other."""

    id: int
    name: str
    title: str
    owner: str
    group: str
    is_there: bool
    opens: bool


def shared_views() -> list[SharedView]:
    """All that are shared, by list, group and name; one statement."""
    return [_shown(row) for row in _shared().order_by("kind", "group__name", "name", "pk")]


def shared_view(number: int) -> SharedView | None:
    row = _shared().filter(pk=number).first()
    return None if row is None else _shown(row)


def _shared() -> QuerySet[SavedView]:
    owner_in = User.groups.through.objects.filter(group=OuterRef("group"), user=OuterRef("owner"))
    return (
        SavedView.objects.exclude(group=None).exclude(name="").select_related("owner", "group")
        .annotate(owner_in=Exists(owner_in))
    )  # fmt: skip


def _shown(row: Any) -> SharedView:
    return SharedView(
        row.pk, row.name, KINDS[row.kind].title, row.owner.get_full_name() or row.owner.get_username(), row.group.name,
        row.owner_in and row.owner.is_active, row.opens,
    )  # fmt: skip


@transaction.atomic
def shared_rename(*, by: User, number: int, name: str, reason: str) -> str | Refused:
    """Call it otherwise, for its owner too; what was done, in words."""
    row, named = _held(number), name_of(name)
    errors = reason_errors(reason)
    errors |= {} if named else {"name": f"Give the view a name of 1 to {NAME_MOST} characters."}
    if row is None or errors:
        return _wrong(errors) if errors else GONE
    was, row.name = row.name, named
    try:
        with transaction.atomic():
            row.save(update_fields=["name"])
    except IntegrityError:
        return _wrong({"name": "Its owner has a view of this name already."})
    _keep(by, row, reason, {"was": was})
    return f"“{was}” is called “{named}” now."


@transaction.atomic
def shared_take_back(*, by: User, number: int, reason: str) -> str | Refused:
    """Nobody but its owner has it any more; what was done, in words."""
    row = _held(number)
    if errors := reason_errors(reason):
        return _wrong(errors)
    if row is None or row.group is None:
        return GONE
    _keep(by, row, reason, {"removed": True})
    group, row.group, row.opens = row.group, None, False
    row.save(update_fields=["group", "opens"])
    return f"{group.name} has the view “{row.name}” no more; its owner keeps it."


@transaction.atomic
def shared_open(*, by: User, number: int, on: bool, reason: str) -> str | Refused:
    """Have its group's list open with it, and with no other, or as at first again; what was done, in words."""
    row = _held(number)
    if errors := reason_errors(reason):
        return _wrong(errors)
    if row is None or row.group is None:
        return GONE
    if on:
        SavedView.objects.filter(group=row.group, kind=row.kind, opens=True).update(opens=False)
    row.opens = on
    row.save(update_fields=["opens"])
    _keep(by, row, reason, {"opens": on})
    how = f"opens with “{row.name}”, where somebody has chosen no other" if on else "opens as at first again"
    return f"The {KINDS[row.kind].title} of {row.group.name} {how}."


def _held(number: int) -> SavedView | None:
    """The row, locked, where it is shared."""
    found = SavedView.objects.select_for_update(of=("self",)).select_related("group").exclude(group=None)
    return found.exclude(name="").filter(pk=number).first()


def _wrong(errors: dict[str, str]) -> Refused:
    return Refused("invalid", "Please correct what is marked.", errors)


def _keep(by: User, row: SavedView, reason: str, told: dict[str, Any]) -> None:
    assert row.group is not None
    asks = sha256(row.query.encode()).hexdigest()
    detail = {"list": row.kind, "name": row.name, "group": row.group.name, "asks": asks}
    origin = Origin(origin_of(by).actor, cause=reason.strip())
    record_control([Fact("list.view", detail | told)], origin, utc_now())
