"""How long does a search take, among ten thousand cases, a hundred thousand, and on request a million?

For people who may see all cases, some, few and none, with words of all cases, of a single one, of none (whose slips are
then tried), and with what the index knows and the case does not show: the whole selector, by the client's clock.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.contrib.auth.models import Group, Permission, User
from django.db import connection

from casework.intake.services import Opened, case_open
from casework.search.find import search
from orchestration.ground import clock
from tests.benchmarks.case_list import FACES, GRANTS
from tests.benchmarks.inbox import CASES
from tests.benchmarks.shell import DATA

SIZES: Final = (10_000, 100_000)
LARGEST: Final = "SEARCH_CASES"
"""An environment variable with one more size, e.g. 1000000."""
ROUNDS: Final = 5
RIGHTS: Final = {"some": "n %% 20 = 0", "few": "n <= 20", "none": "false"}
QUERIES: Final = {
    "of all": "refund", "of one": "{one}", "two": "refund {one}", "of none": "nowhere", "a slip": "refudn",
    "hidden": "kind77", "two letters": "re",
}  # fmt: skip
WORDS: Final = """
insert into casework_searchedcase (case_id, face, words)
select c.id, '{{0case}}', casework_searched_words(
    array_cat(t.words, array['0case', '0r', '0' || split_part(c.reference, '-', 2), '0' || n, '0only' || n,
                             '0kind' || n %% 100, '2name' || n %% 5000]), '{{}}')
from casework_case c, lateral (select -c.instance_id as n) x,
     (select array_agg('0' || w) as words from unnest(string_to_array(%(text)s, ' ')) w) t
where c.instance_id < 0
on conflict (case_id) do nothing
"""


def searches() -> Iterator[str]:
    """By number of cases and person: milliseconds of a page of results, and the dearest query."""
    opened = case_open(by=None, case_type="complaint", reference="search", source="bench", data=DATA)
    assert isinstance(opened, Opened)
    before = 0
    for size in (*SIZES, *([int(os.environ[LARGEST])] if LARGEST in os.environ else [])):
        _fill(opened.case.instance_id, before, size)
        before = size
        for name in ("all", *RIGHTS):
            yield f"{size:>9,} cases, {name:4}: {_told(name, size)}"
    yield "; ".join(f"{name}: {which}" for name, which in RIGHTS.items()).replace("%%", "%")


def _fill(instance: int, before: int, size: int) -> None:
    everybody, _ = User.objects.get_or_create(username="search all")
    right = Permission.objects.get(codename="view_case", content_type__app_label="casework")
    everybody.user_permissions.set([right])
    text = "refund nothing happened " + " ".join(f"word{n}" for n in range(120))
    values = {"from": before + 1, "to": size, "size": size, "instance": instance, "permission": right.pk,
              "last": clock.utc_now() - timedelta(days=1), "text": text}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(CASES, values)
        cursor.execute(FACES, values)
        cursor.execute(WORDS.format(), values)
        for name, which in RIGHTS.items():
            group, _ = Group.objects.get_or_create(name=f"search {name}")
            User.objects.get_or_create(username=f"search {name}")[0].groups.set([group])
            cursor.execute(GRANTS.format(which=which), values | {"group": group.pk})
        cursor.execute("vacuum analyze")


def _told(name: str, size: int) -> str:
    took = {what: _times(name, asked.format(one=size // 6 + size // 12)) for what, asked in QUERIES.items()}
    every = sorted(each for times in took.values() for each in times)
    worst = max(took, key=lambda what: sorted(took[what])[ROUNDS // 2])
    return (
        f"p50 {every[len(every) // 2]:5.1f} ms, p95 {every[int(len(every) * 0.95)]:5.1f} ms; dearest: words {worst} "
        f"({sorted(took[worst])[ROUNDS // 2]:.1f} ms)"
    )


def _times(name: str, asked: str) -> list[float]:
    """The first round is for the caches."""
    found = []
    for _ in range(ROUNDS + 1):
        user = User.objects.get(username=f"search {name}")
        begun = time.perf_counter()
        search(user=user, now=clock.utc_now(), asked=asked)
        found.append(1000 * (time.perf_counter() - begun))
    return found[1:]
