"""Which tasks of a person fit a filter? Read once for all tabs, as parts (`with`) of a statement.

Where few cases fit (`source`), all that is offered in these, and all that the person has of them. Where many fit, the
first offers of the list, the first that nobody has taken, and the first that the person has: so many of each as are
counted. Either way each tab is made of the same three: `offers`, of these `free`, and `own`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, LiteralString

from psycopg.sql import SQL, Composable, Composed, Identifier

from casework.tasks import inbox_statements as statements
from casework.tasks.inbox_statements import (
    APART,
    COMPLETED,
    OFFER_TROUBLED,
    SIGHT,
    TASK_TROUBLED,
    THEIRS,
    Columns,
    Ordered,
    task_of,
)

_OF_FEW: Final[LiteralString] = """
{offers} as materialized (
    select c.task_id as id, min(c.due) as due, bool_or(not c.assigned and not c.suspended) as free,
           bool_or(not c.suspended) as open, bool_or({troubled}) as troubled
    from ({source}) s cross join lateral (
        select c.task_id, c.instance_id, c.due, c.assigned, c.suspended from orchestration_taskcandidate c
        where c.instance_id = s.instance_id and {theirs}
              and c.task_id not in (select unnest(%(hidden)s::bigint[])) offset 0) c {task}
    where true {fits} group by c.task_id),
{free} as (select id, due from {offers} where free),
{own} as materialized (
    select c.id, c.due, c.state = 'open' as open, {troubled} as troubled from (
        select t.id, t.due, t.state, t.instance_id from orchestration_humantask t
        where t.assignee_id = %(person)s and t.state in ('open', 'suspended') and {sight}
              and t.id not in (select unnest(%(hidden)s::bigint[])) offset 0) c {own_task}
    where (c.instance_id in (select s.instance_id from ({source}) s)) is true {fits})"""
_OF_MANY: Final[LiteralString] = """
{looked_offers} as materialized ({walk_offers}),
{offers} as materialized (
    select c.id, c.due, c.free, c.open, c.troubled from {looked_offers} c {task} where true {fits}),
{looked_free} as materialized (
    select due, id, instance_id from {looked_offers} where free and not {more_offers}
    union all select due, id, instance_id from ({walk_free}) c where {more_offers}),
{free} as materialized (
    select id, due from {offers} where free
    union all select c.id, c.due from {looked_free} c {task}
    where (c.due, c.id) > (select due, id from {looked_offers} order by due desc, id desc limit 1) {fits}),
{looked_own} as materialized ({walk_own}),
{own} as materialized (select c.id, c.due, c.open, c.troubled from {looked_own} c {task} where true {fits})"""
"""What is free among the first offers is asked with them whether it fits, and not again."""
_MORE: Final[LiteralString] = "((select count(*) from {looked}) > %(counted)s)"
_SOON: Final[LiteralString] = "((select max(due) from {looked}) <= %(soon)s)"
_IN_TAB: Final[dict[str, LiteralString]] = {
    "mine": "select due, id from {own}",
    "groups": "select due, id from {offers}",
    "unassigned": "select due, id from {free}",
    "soon": "select due, id from {free} where due <= %(soon)s "
            "union all select due, id from {own} where open and due <= %(soon)s",
    "all": "select due, id from {offers} union select due, id from {own}",
    "pending": "select due, id from {offers} where open union select due, id from {own} where open",
    "blocked": "select due, id from {offers} where not open or troubled "
               "union select due, id from {own} where not open or troubled",
    "approaching": "select due, id from {offers} where open and due <= %(soon)s "
                   "union select due, id from {own} where open and due <= %(soon)s",
}  # fmt: skip
_FIRST: Final[LiteralString] = """
select distinct due, id from ({found}) p(due, id) order by due {order}, id {order} limit %(cap)s"""
"""Of each part of a tab as many are read: whoever is in several groups has so many in all."""
_AMONG: Final = " and (t.instance_id in (select s.instance_id from ({source}) s)) is true"
_OFFERS: Final = Columns(
    "",
    f", c.instance_id, not c.assigned and not c.suspended, not c.suspended, {OFFER_TROUBLED}",
    ", instance_id, free, open, troubled",
)
_OWN: Final = Columns(f", t.instance_id, t.state = 'open', {TASK_TROUBLED}", "", ", instance_id, open, troubled")
_LOOKED: Final = SQL("%(counted)s + 1")
PAGE: Final = SQL("%(limit)s")


@dataclass(frozen=True, slots=True)
class Fitting:
    """What fits one filter, under names of its own (`name`). `source`: of which cases, where these are few."""

    name: str
    fits: Composed
    source: Composable | None

    @property
    def parts(self) -> Composed:
        """The parts of a statement that its tabs are read from."""
        if self.source is None:
            return self._of_many()
        return SQL(_OF_FEW).format(
            source=self.source, theirs=SQL(THEIRS), sight=SQL(SIGHT), fits=self.fits,
            troubled=SQL(OFFER_TROUBLED), task=task_of(self.fits, "task_id"),
            own_task=task_of(self.fits, "id"), **self._names(),
        )  # fmt: skip

    def _of_many(self) -> Composed:
        first = Ordered(False)
        return SQL(_OF_MANY).format(
            walk_offers=statements.walk("groups", first, _LOOKED, _OFFERS),
            walk_free=statements.walk("unassigned", first, _LOOKED),
            walk_own=statements.walk("mine", first, _LOOKED, _OWN),
            more_offers=self._more("offers"), fits=self.fits, task=task_of(self.fits, "id"), **self._names(),
        )  # fmt: skip

    def rows(self, tab: str) -> Composed:
        """Due time and number of each task of a tab that fits."""
        return SQL(_IN_TAB[tab]).format(**self._names())

    def size(self, tab: str) -> Composed:
        """How many there are, up to the limit: an expression."""
        return SQL("(select count(*) from (select from ({}) p limit %(limit)s) n)").format(self.rows(tab))

    def more(self, tab: str) -> Composable:
        """Whether there may be more beyond those that were looked at: an expression."""
        if self.source is not None:
            return SQL("false")
        if tab in ("soon", "approaching"):
            offers = "free" if tab == "soon" else "offers"
            return SQL("({} and {} or {} and {})").format(
                self._more(offers), self._soon(offers), self._more("own"), self._soon("own")
            )
        looked = {"mine": ("own",), "groups": ("offers",), "unassigned": ("free",)}.get(tab, ("offers", "own"))
        return SQL("({})").format(SQL(" or ").join(map(self._more, looked)))

    def first(self, tab: str, going: Ordered, most: Composable) -> Composed:
        """The first tasks of a tab beyond a place, as due time and number."""
        return SQL(
            "select due, id from ({rows}) p(due, id) where (due, id) {beyond} (%(due)s, %(task)s) "
            "order by due {order}, id {order} limit {most}"
        ).format(rows=self.rows(tab), beyond=going.beyond, order=going.order, most=most)

    def _more(self, part: str) -> Composed:
        return SQL(_MORE).format(looked=self._named(f"looked_{part}"))

    def _soon(self, part: str) -> Composed:
        return SQL(_SOON).format(looked=self._named(f"looked_{part}"))

    def _names(self) -> dict[str, Composable]:
        names = ("offers", "free", "own", "looked_offers", "looked_free", "looked_own")
        return {name: self._named(name) for name in names}

    def _named(self, part: str) -> Composable:
        return Identifier(f"{part}_{self.name}")


def by_due(tab: str, going: Ordered, fits: Composed, source: Composable | None, most: Composable = PAGE) -> Composed:
    """The tasks of a tab that fit, beyond a place, in order of what is due: of the cases of `source`, where given."""
    if source is None:
        return statements.by_due(tab, going, fits, most)
    if tab in APART:
        return statements.by_due(tab, going, fits + SQL(_AMONG).format(source=source), most)
    found = Fitting("here", fits, source)
    return SQL("with {} {}").format(found.parts, found.first(tab, going, most))


def pool(tab: str, fits: Composed, source: Composable | None = None) -> Composed:
    """The first tasks of a tab that fit (`cap`), to be ordered anew; of `source`, where one is given, all."""
    going = Ordered(tab == COMPLETED)
    if source is not None:
        return by_due(tab, going, fits, source, SQL("all"))
    return SQL(_FIRST).format(found=by_due(tab, going, fits, None, SQL("%(cap)s")), order=going.order)


def size_apart(tab: str, fits: Composed, source: Composable | None) -> Composed:
    """How many fit of a list that is not read from what is offered: an expression."""
    return statements.count(tab, fits if source is None else fits + SQL(_AMONG).format(source=source))
