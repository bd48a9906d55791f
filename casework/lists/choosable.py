"""By what may this person filter, order and group a list, and which columns may they choose?

The fields of the cases that they may read, and the business units that they see. Two statements: the newest case types,
which the groupings of a list go by too, and the units.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from django.contrib.auth.models import User

from casework.access import permissions
from casework.access.reach import EVERYWHERE
from casework.access.unit_models import BusinessUnit
from casework.access.units import ALL, parts_of
from casework.lists.asked import Grouping
from casework.lists.columns import COMMENTS, UNIT, Column, offered
from casework.lists.grouping import NONE, groupings
from casework.studio.rule_versions import newest_types
from orchestration.casetypes.case_type import CaseType
from orchestration.ground import clock

Own = Callable[[Sequence[CaseType]], Sequence[Grouping]]
ALONE: Final = f"{ALL}, no unit"


def choosable(user: User, own: Own, only: Collection[str] = ()) -> tuple[tuple[Column, ...], tuple[Grouping, ...]]:
    """The columns that somebody may choose, and by what they may group; `own`: the list's own groupings."""
    types = list(newest_types())
    columns = _columns(user, only, types)
    return columns, groupings(own([case_type for _, case_type in types]), columns)


def columns_for(user: User, only: Collection[str] = ()) -> tuple[Column, ...]:
    """The columns alone; `only`: of these case types; none: of all."""
    return _columns(user, only, list(newest_types()))


def _columns(user: User, only: Collection[str], types: Sequence[tuple[int, CaseType]]) -> tuple[Column, ...]:
    columns = offered(permissions.principal(user, None, clock.utc_now()), only, types)
    return (*columns, *_of_units(user), Column(COMMENTS, "Comments", "count"))


def _of_units(user: User) -> Sequence[Column]:
    """The business unit of a case, for who sees cases of any; nothing where nobody made a unit."""
    sight = permissions.reach_seen(user).sight
    units = [(unit.key, unit.name) for unit in BusinessUnit.objects.filter(parts_of(sight)).order_by("name", "key")]
    if not units:
        return ()
    whole = [(NONE, ALONE)] if EVERYWHERE in sight else []
    return (Column(UNIT, "Business unit", "choice", options=(*units, *whole)),)
