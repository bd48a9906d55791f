"""How many tasks does each list of the inbox hold?

As many as it would show, counted up to a limit: the tabs, with the filters that are set, and saved views, all in one
statement. With a filter that many cases fit, those of the first tasks are counted, and told as "at least" (`walked`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, LiteralString

from psycopg.sql import SQL, Composable, Composed

from casework.lists.asked import NOTHING, Asked
from casework.lists.counts import AtLeast
from casework.lists.fitting import Fitting, fitting, sources
from casework.lists.reading import rows
from casework.tasks import inbox_statements as statements
from casework.tasks.filtered import Fitting as Filtered
from casework.tasks.filtered import size_apart
from casework.tasks.inbox_statements import APART, LISTS, Ordered
from casework.tasks.walked import COUNTED
from orchestration.privacy.principal import Principal

_INSTANCE: Final[LiteralString] = "t.instance_id"
STANDING: Final = frozenset(LISTS) - APART


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list that is to be counted."""

    tab: str
    asked: Asked = NOTHING


@dataclass(frozen=True, slots=True)
class First:
    """What stands at the top of a list, in the order of what is due: `page` of the values."""

    tab: str
    asked: Asked


@dataclass(frozen=True, slots=True)
class Fits:
    """What several lists are filtered by, as parts of one statement. `sources`: of which cases, where these are few."""

    fittings: Mapping[Asked, Fitting]
    sources: Mapping[Asked, Composed | None]

    def __getitem__(self, asked: Asked) -> Fitting:
        return self.fittings[unordered(asked)]

    def parts(self, asked: Asked) -> tuple[Composed, Composable | None]:
        """A condition on a task, and of which cases it is, where these are few."""
        return self[asked].probe(_INSTANCE), self.sources[unordered(asked)]

    def filters(self, asked: Asked) -> bool:
        probe, source = self.parts(asked)
        return source is not None or bool(probe.as_string(None))

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


def counted(
    wanted: Sequence[Wanted], fits: Fits, values: Mapping[str, Any], first: First | None = None
) -> tuple[list[int], list[int] | None]:
    """How many tasks each of these lists has, up to `limit` of the values; and the tasks that a page begins with, where
    few cases fit its filter: these are looked through anyway."""
    filtered = {one: Filtered(f"_{place}", *fits.parts(one)) for place, one in enumerate(_filtered(wanted, fits))}
    counts = [each for one in wanted for each in _count(one, fits, filtered.get(unordered(one.asked)))]
    page = None if first is None else filtered.get(unordered(first.asked))
    if first is not None and page is not None and page.source is not None and first.tab in STANDING:
        rows_of = page.first(first.tab, Ordered(False), SQL("%(page)s"))
        counts.append(SQL("array(select p.id from ({}) p)").format(rows_of))
    parts = SQL(", ").join(one.parts for one in filtered.values())
    statement = SQL("{}select {}").format(
        SQL("with ").join([SQL(""), parts]) if filtered else SQL(""), SQL(", ").join(counts)
    )
    found = list(rows(statement, {**values, "counted": COUNTED})[0])
    begun = found.pop() if len(found) % 2 else None
    sizes = zip(found[::2], found[1::2], strict=True)
    return [AtLeast(size) if more else int(size) for size, more in sizes], begun


def _filtered(wanted: Sequence[Wanted], fits: Fits) -> Iterator[Asked]:
    """The filters by which standing lists are counted, each once."""
    asked = dict.fromkeys(unordered(one.asked) for one in wanted if one.tab in STANDING)
    return (one for one in asked if fits.filters(one))


def _count(wanted: Wanted, fits: Fits, filtered: Filtered | None) -> tuple[Composable, Composable]:
    """How many there are, and whether there may be more beyond those that were looked at."""
    if filtered is not None and wanted.tab in STANDING:
        return filtered.size(wanted.tab), filtered.more(wanted.tab)
    probe, source = fits.parts(wanted.asked)
    if wanted.tab in APART:
        return size_apart(wanted.tab, probe, source), SQL("false")
    return statements.count(wanted.tab, probe), SQL("false")
