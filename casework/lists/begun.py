"""Which filter has somebody begun to set above a list, and not shown yet?

It is kept while they choose and type, one for each list, as a saved view that has no name: so it is read with their
views, and no page costs a statement more. Nobody else has it, and it is shown to them as far as they may see its
fields. It ends when it is shown or thrown away, and two weeks after they last touched it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from django.contrib.auth.models import User
from django.http import QueryDict

from casework.lists.asked import Asked
from casework.lists.models import SavedView
from casework.lists.saved import View
from casework.lists.state import Kind, kept
from orchestration.ground import clock
from orchestration.ground.refusals import Refused

KEPT_FOR: Final = timedelta(days=14)
SOUGHT: Final = frozenset(("q",))
"""What it keeps beside what a view does: the reference that is being typed."""


class Set(Protocol):
    """How a list is set, as its address says it."""

    @property
    def state(self) -> str: ...
    @property
    def reference(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Begun:
    """`words`: its filters as people read them; empty where it only orders, groups or shows columns otherwise."""

    kind: str
    words: tuple[str, ...]
    at: datetime


def begun_keep(*, by: User, kind: Kind, query: str) -> datetime | Refused:
    """Keep what stands in the filter's form; when that was."""
    try:
        written = kept(query, kind, SOUGHT)
    except ValueError:
        return Refused("invalid", "That is too much to be kept. Leave out a filter.")
    now = clock.utc_now()
    SavedView.objects.update_or_create(
        owner=by, kind=kind.key, name="", defaults={"query": written, "kept": now, "group": None}
    )
    return now


def begun_end(*, by: User, kind: Kind) -> str:
    """It is shown now, or its owner wants it no more. The query of the address that shows it; "" where none was."""
    row = SavedView.objects.filter(owner=by, kind=kind.key, name="").first()
    if row is None:
        return ""
    row.delete()
    return row.query


def split(views: Sequence[View]) -> tuple[tuple[View, ...], View | None]:
    """Those with a name, and what was begun."""
    named = tuple(view for view in views if view.name)
    return named, next((view for view in views if not view.name), None)


def begun(view: View | None, there: Set | None, asked: Asked | None, here: Set) -> Begun | None:
    """What was begun, for its list that is set as it is `here`; None where nothing was, it is too old, or it is what is
    shown. `there`, `asked`: how it sets the list, and what of that its reader may have."""
    if view is None or there is None or asked is None or view.kept is None or clock.utc_now() - view.kept > KEPT_FOR:
        return None
    if (there.state, there.reference) == (here.state, here.reference):
        return None
    words = [one.words for one in asked.filters]
    if there.reference:
        words.append(f"Reference begins with “{there.reference}”")
    return Begun(view.kind, tuple(words), view.kept)


def asked_of(view: View) -> QueryDict:
    """As its list's address would say it."""
    return QueryDict(view.query)
