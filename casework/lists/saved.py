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
from typing import Final, NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.models import Group, User
from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction
from django.http import QueryDict

from audit.db.sql import cursor
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
_STORED: Final = ("id", "owner_id", "kind", "name", "group_id", "query", "kept")
_READABLE: Final = """
select v.id, v.owner_id, v.kind, v.name, v.group_id, v.query, v.kept,
       coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username), coalesce(g.name, ''),
       coalesce((select coalesce(d.view_id, 0) = v.id from casework_defaultview d
                 where d.person_id = %(person)s and d.kind = v.kind), v.opens and v.group_id is not null)
from casework_savedview v join auth_user u on u.id = v.owner_id left join auth_group g on g.id = v.group_id
where (v.kind = %(kind)s or v.id = %(number)s)
and (v.owner_id = %(person)s or u.is_active
     and v.group_id in (select m.group_id from auth_user_groups m where m.user_id = %(person)s)
     and exists (select from auth_user_groups m where m.group_id = v.group_id and m.user_id = v.owner_id))
order by v.owner_id <> %(person)s, v.name, v.id limit %(most)s"""
"""As every list asks for its views, in our own text: building Django's query took longer than running it."""


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
    return tuple(_view(found, user, paths) for found in _readable(user, kind=kind.key))


def view_of(user: User, row: SavedView, columns: Sequence[Column]) -> View:
    """One that was fetched just now."""
    (found,) = _readable(user, number=row.pk)
    return _view(found, user, frozenset(column.path for column in columns))


def view_for_user(user: User, number: int) -> SavedView:
    """The view, for whoever may open it. Raises Http404."""
    found = next((one.view for one in _readable(user, number=number) if one.view.name), None)
    if found is None:
        raise Unseen("There is no such view, or it is not shared with you.", "")
    return found


class Readable(NamedTuple):
    """A row as it is stored, and the names that its reader is told."""

    view: SavedView
    owner: str
    group: str
    is_default: bool


def _readable(user: User, *, kind: str = "", number: int = 0) -> list[Readable]:
    """Those of a list, or the one with this number, that somebody may open."""
    with cursor() as plain:
        rows = plain.execute(_READABLE, {"person": user.pk, "kind": kind, "number": number, "most": SHOWN}).fetchall()
    return [Readable(SavedView.from_db(DEFAULT_DB_ALIAS, _STORED, row[:-3]), *row[-3:]) for row in rows]


def _view(found: Readable, user: User, paths: frozenset[str]) -> View:
    row = found.view
    state = readable(row.query, KINDS[row.kind], paths)
    return View(
        id=row.pk, kind=row.kind, name=row.name, owner=found.owner, own=row.owner_id == user.pk,
        group=row.group_id or 0, shared_with=found.group, is_default=found.is_default, pairs=state.pairs,
        left_out=state.left_out, kept=row.kept,
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
    """Whether this person's page of the list opens with this view. Where their group's opens with it they say against
    that that theirs opens with none."""
    if on or view.opens:
        DefaultView.objects.update_or_create(person=by, kind=view.kind, defaults={"view": view if on else None})
    else:
        DefaultView.objects.filter(person=by, view=view).delete()


def _not_theirs(view: SavedView) -> Refused:
    owner = view.owner.get_full_name() or view.owner.get_username()
    return Refused("not-yours", f"{owner} saved this view, and alone can change it. Save it as one of your own.")


def _written(by: User, view: SavedView, name: str, query: str, group: int) -> SavedView | Refused:
    named = name_of(name)
    if not named:
        return Refused("invalid", f"Give the view a name of 1 to {NAME_MOST} characters.", {"name": "Not a name."})
    if group and group != view.group_id and not by.groups.filter(pk=group).exists():
        return Refused("invalid", "You can share a view with a group that you are in.", {"group": "Not yours."})
    try:
        view.query = kept(query, KINDS[view.kind])
    except ValueError:
        return Refused("invalid", "That is too much for one view. Leave out a filter.", {"query": "Too long."})
    before = view.group
    view.name, view.group_id, view.opens = named, group or None, view.opens and view.group_id == (group or None)
    return _stored(by, view, before)


def name_of(name: str) -> str:
    """A name as it is kept; "" where it is none."""
    named = " ".join(name.split())
    return named if visible(named) and len(named) <= NAME_MOST and "\0" not in named else ""


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
