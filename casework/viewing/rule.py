"""As whom may somebody view the product, and what do they get then?

As a person, or as somebody who has one role (is in one group) and nothing of their own. Only who has the right to, and
never as somebody who sees or may more than they do themselves: no higher clearance, no right on all cases that is not
theirs too, no case that they may not see. What the other revealed for a reason of their own, their drafts and their own
words under a mask are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q

from casework.access.permissions import LEVELS, clearance, has_everywhere, purposes
from casework.models import CaseUserObjectPermission, Draft, Reveal, SavedView

RIGHT: Final = "casework.view_as"
SESSION: Final = "viewing-as"
LASTS: Final = timedelta(minutes=30)
PERSON, ROLE = "person", "role"


@dataclass(frozen=True, slots=True)
class Viewing:
    """What a session holds of it. `kind`: `PERSON` or `ROLE`, `number`: of the person or group."""

    kind: str
    number: int
    name: str
    until: datetime

    def stored(self) -> dict[str, Any]:
        return {"kind": self.kind, "number": self.number, "name": self.name, "until": self.until.isoformat()}

    @classmethod
    def read(cls, found: dict[str, Any]) -> Viewing:
        until = datetime.fromisoformat(found["until"])
        return cls(found["kind"], found["number"], found["name"], until)

    @property
    def words(self) -> str:
        return f"somebody who is in {self.name} alone" if self.kind == ROLE else self.name


def may_view_as(user: User) -> bool:
    return has_everywhere(user, RIGHT)


def stand_in(kind: str, number: int) -> User | None:
    """The person, or somebody made up who has the role; for a transaction that is rolled back at its end."""
    if kind == PERSON:
        user = User.objects.filter(pk=number, is_active=True).first()
        if user is not None:
            Reveal.objects.filter(person=user).delete()
            Draft.objects.filter(person=user).delete()
            SavedView.objects.filter(owner=user, name="").delete()
    else:
        user = _with_role(Group.objects.filter(pk=number).first())
    if user is not None:
        user.__dict__["is_viewed"] = True
    return user


def _with_role(group: Group | None) -> User | None:
    if group is None:
        return None
    user = User(pk=-group.pk, username=f"role:{group.name}"[:150], first_name=group.name[:150])
    user.save(force_insert=True)
    user.groups.add(group)
    return user


def why_not(viewer: User, user: User) -> str:
    """Why the one may not view as the other, in a sentence; "" where they may."""
    if not may_view_as(viewer):
        return "You may not view the product as others do."
    if user.pk == viewer.pk:
        return "As yourself you see it already."
    if user.is_superuser and not viewer.is_superuser:
        return "They may do everything, and you may not."
    if more := _everywhere(user) - _everywhere(viewer):
        return f"They may more than you do: {', '.join(sorted(more))}."
    if LEVELS.index(clearance(user)) > LEVELS.index(clearance(viewer)):
        return f"They see what is {clearance(user)}, and you do not."
    if looks := purposes(user) - purposes(viewer):
        return f"They look for {', '.join(sorted(looks))}, and you do not."
    return _sees_more(viewer, user)


def _everywhere(user: User) -> set[str]:
    found = Permission.objects.filter(Q(user=user) | Q(group__user=user))
    return {f"{app}.{name}" for app, name in found.values_list("content_type__app_label", "codename")}


def _sees_more(viewer: User, user: User) -> str:
    """By groups and names, through which cases are seen; who sees all cases sees no less than anybody."""
    if has_everywhere(viewer, "casework.view_case"):
        return ""
    theirs = user.groups.exclude(pk__in=viewer.groups.values("pk")).order_by("name")
    if others := list(theirs.values_list("name", flat=True)):
        return f"They see cases through {', '.join(others)}, and you do not."
    mine = CaseUserObjectPermission.objects.filter(user=viewer).values("content_object")
    if CaseUserObjectPermission.objects.filter(user=user).exclude(content_object__in=mine).exists():
        return "They see a case by name that you do not."
    return ""
