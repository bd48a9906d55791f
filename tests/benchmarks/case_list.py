"""How long does the database take for a page of `/cases/`, among ten thousand cases and a million?

For people who may see all cases, most, some, few, none, and old ones alone; with each filter, further down the list,
and searching: all statements of the selector together, by the client's clock and by the CPU of the database's process.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth.models import Group, Permission, User
from django.db import connection

from casework.cases.read.case_list import case_list
from casework.intake.services import Opened, case_open
from casework.models import Case
from orchestration.ground import clock
from tests.benchmarks.inbox import CASES
from tests.benchmarks.ratios import Timed
from tests.benchmarks.shell import DATA
from tests.benchmarks.statement_time import statement_time

SIZES = (10_000, 1_000_000)
ROUNDS = 5
RIGHTS = {"most": "n > 1", "some": "n %% 20 = 0", "few": "n <= 20", "old": "n <= {size} / 20", "none": "false"}
"""Whose group may view which cases, of which the first are the oldest; `all` has the right everywhere."""
FACES = """
insert into casework_case (instance_id, case_type, source, reference, reference_key, title, state, closed, created,
                           updated)
select -n, case when n %% 9999 = 0 then 'rare' when n %% 3 = 0 then 'refund' else 'complaint' end, 'bench',
       'R-' || year || '-' || n, 'r-' || year || '-' || n, 'Case ' || n,
       case when closed then 'Completed' when n %% 500 = 0 then 'Needs attention' else 'In review' end, closed,
       %(last)s - (%(size)s - n) * interval '1 minute', now()
from generate_series(%(from)s::bigint, %(size)s) n, lateral (
    select 2020 + n * 6 / %(size)s as year, n < %(size)s * 0.97 and n %% 1000 <> 0 as closed) x
"""
GRANTS = """
insert into casework_casegroupobjectpermission (content_object_id, group_id, permission_id)
select c.id, %(group)s, %(permission)s from casework_case c, lateral (select -c.instance_id as n) x
where c.instance_id < 0 and n >= %(from)s and {which}
"""
QUERIES: dict[str, dict[str, str]] = {
    "open": {"which": "open"}, "closed": {"which": "closed"}, "all": {"which": "all"},
    "a kind": {"kind": "refund", "which": "open"}, "a rare kind": {"kind": "rare", "which": "all"},
    "a state": {"state": "Needs attention", "which": "open"}, "a state of most": {"state": "Completed", "which": "all"},
    "kind and state": {"kind": "rare", "state": "In review", "which": "open"},
    "a reference": {"reference": "R-2021-{one}", "which": "all"},
    "a reference, open": {"reference": "R-2025-{new}", "which": "open"},
    "hundreds of references": {"reference": "R-2021-{some}", "which": "all"},
    "nearly all references": {"reference": "R-", "which": "all"},
    "a year of references": {"reference": "R-2020", "which": "all"},
}  # fmt: skip


def pages() -> Iterator[str]:
    """By number of cases and person: milliseconds of SQL over all queries, and the dearest query."""
    opened = case_open(by=None, case_type="complaint", reference="list", source="bench", data=DATA)
    assert isinstance(opened, Opened)
    before = 0
    for size in SIZES:
        _fill(opened.case.instance_id, before, size)
        before = size
        for name in ("all", *RIGHTS):
            yield f"{size:>9,} cases, {name:4}: {_told(name, size)}"
    yield "; ".join(f"{name}: {which.format(size='size')}" for name, which in RIGHTS.items()).replace("%%", "%")


def _fill(instance: int, before: int, size: int) -> None:
    everybody, _ = User.objects.get_or_create(username="list all")
    right = Permission.objects.get(codename="view_case", content_type__app_label="casework")
    everybody.user_permissions.set([right])
    values = {"from": before + 1, "to": size, "size": size, "instance": instance, "permission": right.pk,
              "last": clock.utc_now() - timedelta(days=1)}  # fmt: skip
    with connection.cursor() as cursor:
        Case.objects.filter(instance__lt=0).delete() if before else None
        cursor.execute(CASES, values)
        cursor.execute(FACES, values | {"from": 1})
        for name, which in RIGHTS.items():
            group, _ = Group.objects.get_or_create(name=f"list {name}")
            User.objects.get_or_create(username=f"list {name}")[0].groups.set([group])
            cursor.execute(GRANTS.format(which=which.format(size=size)), values | {"from": 1, "group": group.pk})
        cursor.execute("vacuum analyze")


def _told(name: str, size: int) -> str:
    took = {query: _pages(name, _sought(given, size)) for query, given in QUERIES.items()}
    every = [page for pages in took.values() for page in pages]
    worst = max(took, key=lambda query: statistics.median(page.cpu for page in took[query]))
    told = [f"{what} p50 {_share(every, what, 0.50):5.2f} ms, p95 {_share(every, what, 0.95):5.2f} ms"
            for what in ("cpu", "wall")]  # fmt: skip
    return f"{'; '.join(told)}; dearest: {worst}"


def _share(pages: list[Timed], what: str, share: float) -> float:
    return 1000 * sorted(getattr(page, what) for page in pages)[int(len(pages) * share)]


def _sought(given: dict[str, str], size: int) -> dict[str, str]:
    """References that are there at this size: the year is by the sixth."""
    numbers = {"one": size // 6 + size // 12, "new": size - 1000, "some": (size // 6 + size // 12) // 1000}
    return {name: value.format(**numbers) for name, value in given.items()}


def _pages(name: str, given: dict[str, str]) -> list[Timed]:
    """The first page and the one that comes after it; the first round is for the caches."""
    found: list[Timed] = []
    for turn in range(ROUNDS + 1):
        after = ""
        for _ in range(2):
            user = User.objects.get(username=f"list {name}")
            with statement_time() as spent:
                after = case_list(user=user, now=clock.utc_now(), after=after, **given).following  # type: ignore[arg-type]
            found += [Timed(spent.wall, spent.cpu)] if turn else []
            if not after:
                break
    return found
