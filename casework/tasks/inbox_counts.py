"""How many open tasks does each list of the inbox hold?

As many as it would show, counted up to a limit: the tabs, with the filters that are set, and saved views, all in one
statement. With a filter that many cases fit, those of the first tasks are counted, and told as "at least" (`walked`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, LiteralString

from psycopg.sql import SQL, Composable, Composed

from casework.lists.asked import NOTHING, Asked
from casework.lists.counts import AtLeast
from casework.lists.fitting import Fitting, fitting, sources
from casework.lists.reading import rows
from casework.tasks import inbox_statements as statements
from casework.tasks.walked import COUNTED, fitting_count, is_walked
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
    counts = [each for one in wanted for each in _count(one, fits)]
    found = rows(SQL("select {}").format(SQL(", ").join(counts)), {**values, "counted": COUNTED})[0]
    return [AtLeast(size) if more else int(size) for size, more in zip(found[::2], found[1::2], strict=True)]


def _count(wanted: Wanted, fits: Fits) -> tuple[Composable, Composable]:
    """How many there are, and whether there may be more beyond those that were looked at."""
    probe, source = fits[wanted.asked].probe(_INSTANCE), fits.sources[unordered(wanted.asked)]
    if is_walked(wanted.tab, probe, source):
        return fitting_count(wanted.tab, probe)
    return statements.count(wanted.tab, probe, source), SQL("false")
