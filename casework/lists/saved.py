"""Which views of a list has somebody saved, for themselves or for a group of theirs?

A view is a name and what the address of a list says. Whoever is in a group may share one with it; its owner alone
changes and removes it. It is there for the group as long as its owner is in it, and shows each reader what they may
see.
Nothing of it concerns a case, so it stands in no history; that one is shared, and with whom, on the control chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final
from urllib.parse import urlencode

from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.http import QueryDict

from audit.services import Fact, record_control
from casework.access.permissions import Unseen, origin_of
from casework.lists.asked import Given
from casework.lists.columns import Column
from casework.lists.models import DefaultView, SavedView
from casework.lists.state import KINDS, Kind, kept, readable
from orchestration.ground.clock import utc_now
from orchestration.ground.refusals import Refused
from orchestration.privacy.folding import visible

MOST: Final = 20
"""Views of one list that somebody may have."""
SHOWN: Final = 30
"""Views of one list, with those of others, that a page offers."""
NAME_MOST: Final = 60


@dataclass(frozen=True, slots=True)
class View:
    """A saved view as its reader may use it. `group`: with which it is shared, 0 with none; `left_out`: parts that use
    a field which they may not see."""

    id: int
    kind: str
    name: str
    owner: str
    own: bool
    group: int
    shared_with: str
    is_default: bool
    pairs: tuple[Given, ...]
    left_out: int
    kept: datetime | None = None

    @property
    def query(self) -> str:
        """What the address of its list says, as far as its reader may use it."""
        return urlencode(self.pairs)

    @property
    def asked(self) -> QueryDict:
        return QueryDict(urlencode([*self.pairs, ("view", str(self.id))]))


def views_of(user: User, kind: Kind, columns: Sequence[Column]) -> tuple[View, ...]:
    """The views of a list that this person may open, their own first."""
    return tuple(view for view in views_and_begun(user, kind, columns) if view.name)


def views_and_begun(user: User, kind: Kind, columns: Sequence[Column]) -> tuple[View, ...]:
    """The same, and the one without a name that they have begun (`lists.begun`); one statement."""
    paths = frozenset(column.path for column in columns)
    rows = _readable(user).filter(kind=kind.key).order_by(_others_last(user), "name", "pk")[:SHOWN]
    return tuple(_view(row, user, paths) for row in rows)


def view_of(user: User, row: SavedView, columns: Sequence[Column]) -> View:
    """One that was fetched just now."""
    found = _readable(user).get(pk=row.pk)
    return _view(found, user, frozenset(column.path for column in columns))


def view_for_user(user: User, number: int) -> SavedView:
    """The view, for whoever may open it. Raises Http404."""
    found = _readable(user).exclude(name="").filter(pk=number).first()
    if found is None:
        raise Unseen("There is no such view, or it is not shared with you.", "")
    return found


def _readable(user: User) -> QuerySet[SavedView]:
    still_in = User.groups.through.objects.filter(group=OuterRef("group"), user=OuterRef("owner"))
    shared = Q(group__in=user.groups.all()) & Q(owner__is_active=True) & Exists(still_in)
    is_default = Exists(DefaultView.objects.filter(view=OuterRef("pk"), person=user))
    found = SavedView.objects.filter(Q(owner=user) | shared).select_related("owner", "group")
    return found.annotate(is_default=is_default)


def _others_last(user: User) -> Case:
    return Case(When(owner=user, then=Value(0)), default=Value(1))


def _view(row: SavedView, user: User, paths: frozenset[str]) -> View:
    state = readable(row.query, KINDS[row.kind], paths)
    return View(
        id=row.pk, kind=row.kind, name=row.name, owner=row.owner.get_full_name() or row.owner.get_username(),
        own=row.owner_id == user.pk, group=row.group_id or 0, shared_with=row.group.name if row.group else "",
        is_default=bool(getattr(row, "is_default", False)), pairs=state.pairs, left_out=state.left_out,
        kept=row.kept,
    )  # fmt: skip


def view_save(*, by: User, kind: Kind, name: str, query: str, group: int = 0) -> SavedView | Refused:
    """Keep a list as it is set, under a name; `group`: the number of the group that has it too, 0: nobody has."""
    if SavedView.objects.filter(owner=by, kind=kind.key).exclude(name="").count() >= MOST:
        return Refused("many", f"You have {MOST} views of this list. Remove one before you save another.")
    return _written(by, SavedView(owner=by, kind=kind.key), name, query, group)


def view_change(
    *, by: User, view: SavedView, name: str | None = None, query: str | None = None, group: int | None = None
) -> SavedView | Refused:
    """Rename it, share it otherwise, or have it keep something else; what is None stays."""
    if view.owner_id != by.pk:
        return _not_theirs(view)
    shared = (view.group_id or 0) if group is None else group
    return _written(by, view, view.name if name is None else name, view.query if query is None else query, shared)


def view_remove(*, by: User, view: SavedView) -> Refused | None:
    """It is gone for everybody who had it."""
    if view.owner_id != by.pk:
        return _not_theirs(view)
    with transaction.atomic():
        _tell(by, view, view.group, removed=True)
        view.delete()
    return None


def default_set(*, by: User, view: SavedView, on: bool) -> None:
    """Whether this person's page of the list opens with this view."""
    if on:
        DefaultView.objects.update_or_create(person=by, kind=view.kind, defaults={"view": view})
    else:
        DefaultView.objects.filter(person=by, view=view).delete()


def _not_theirs(view: SavedView) -> Refused:
    owner = view.owner.get_full_name() or view.owner.get_username()
    return Refused("not-yours", f"{owner} saved this view, and alone can change it. Save it as one of your own.")


def _written(by: User, view: SavedView, name: str, query: str, group: int) -> SavedView | Refused:
    named = " ".join(name.split())
    if not visible(named) or len(named) > NAME_MOST or "\0" in named:
        return Refused("invalid", f"Give the view a name of 1 to {NAME_MOST} characters.", {"name": "Not a name."})
    if group and group != view.group_id and not by.groups.filter(pk=group).exists():
        return Refused("invalid", "You can share a view with a group that you are in.", {"group": "Not yours."})
    try:
        view.query = kept(query, KINDS[view.kind])
    except ValueError:
        return Refused("invalid", "That is too much for one view. Leave out a filter.", {"query": "Too long."})
    before = view.group
    view.name, view.group_id = named, group or None
    return _stored(by, view, before)


def _stored(by: User, view: SavedView, before: Group | None) -> SavedView | Refused:
    try:
        with transaction.atomic():
            view.save()
            if before != view.group:
                _tell(by, view, before, removed=True)
            _tell(by, view, view.group)
    except IntegrityError:
        return Refused("exists", f"You have a view called “{view.name}” already. Choose another name.")
    return view


def _tell(by: User, view: SavedView, group: Group | None, *, removed: bool = False) -> None:
    """What others have is told on the control chain; a view that nobody else has is its owner's alone. What it asks for
    may name a customer, so that its digest stands there."""
    if group is not None:
        digest = sha256(view.query.encode()).hexdigest()
        detail = {"list": view.kind, "name": view.name, "group": group.name, "asks": digest}
        record_control([Fact("list.view", detail | ({"removed": True} if removed else {}))], origin_of(by), utc_now())
