"""How many open tasks does each list of the inbox hold?

As many as it would show, counted up to a limit: the tabs, with the filters that are set, and saved views, all in one
statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, LiteralString

from django.db import connection
from psycopg.sql import SQL, Composed

from casework.lists.asked import NOTHING, Asked
from casework.lists.fitting import Fitting, fitting, sources
from casework.tasks import inbox_statements as statements
from orchestration.privacy.masking import Principal

_INSTANCE: Final[LiteralString] = "t.instance_id"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list that is to be counted."""

    tab: str
    asked: Asked = NOTHING


@dataclass(frozen=True, slots=True)
class Fits:
    """What several lists are filtered by, as parts of one statement. `sources`: of which cases, where these are few."""

    fittings: Mapping[Asked, Fitting]
    sources: Mapping[Asked, Composed | None]

    def __getitem__(self, asked: Asked) -> Fitting:
        return self.fittings[unordered(asked)]

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for each in self.fittings.values() for name, value in each.values.items()}


def unordered(asked: Asked) -> Asked:
    """Its filters alone: what is counted has no order."""
    return replace(asked, order=None, faults=())


def fits_of(asked: Iterable[Asked], person: Principal) -> Fits:
    """What these lists are filtered by for this person; the same filters stand there once."""
    different = dict.fromkeys(unordered(each) for each in asked)
    found = {each: fitting(each, person, f"list{place}_") for place, each in enumerate(different)}
    return Fits(found, dict(zip(found, sources(list(found.values())), strict=True)))


def counted(wanted: Sequence[Wanted], fits: Fits, values: Mapping[str, Any]) -> list[int]:
    """How many tasks each of these lists has, up to `limit` of the values."""
    counts = [statements.count(each.tab, *_filters(fits, each.asked)) for each in wanted]
    with connection.cursor() as cursor:
        # Django's cursor hands it on to psycopg
        cursor.execute(SQL("select {}").format(SQL(", ").join(counts)), values)
        return [int(each) for each in cursor.fetchone() or ()]


def _filters(fits: Fits, asked: Asked) -> tuple[Composed, Composed | None]:
    return fits[asked].probe(_INSTANCE), fits.sources[unordered(asked)]
