"""How long does a search take, among ten thousand cases, a hundred thousand, and on request a million?

The whole selector, by the clock and by CPU, by kind of question and by who asks. Words are as frequent as words
are (`searched_cases`). `SEARCH_CASES=1000000 python -m tests.benchmarks search` loads a million (four minutes).
"""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from django.contrib.auth.models import Group, Permission, User
from django.db import connection

from casework.intake.services import Opened, case_open
from casework.models import GroupClearance
from casework.search.find import search
from orchestration.ground import clock
from tests.benchmarks import searched_cases
from tests.benchmarks.case_list import GRANTS
from tests.benchmarks.ratios import Timed
from tests.benchmarks.searched_cases import NAMES, WORDS, name, word
from tests.benchmarks.shell import DATA
from tests.benchmarks.statement_time import cost_of, share_told

SIZES: Final = (10_000,)
MORE: Final = "SEARCH_CASES"
"""An environment variable with further sizes, e.g. 100000,1000000; without it 100,000."""
ASKED: Final = 12
"""Different questions of a kind; each is asked twice."""
MOST: Final = 60.0
"""Milliseconds that are aimed at for 95 of 100."""
EVERYWHERE: Final = {"cleared": "confidential", "all": "internal"}
"""Who may see all cases, by clearance: the names in them as well, or not."""
RIGHTS: Final = {"some": "n %% 20 = 0", "few": "n <= 20", "none": "false"}


def searches() -> Iterator[str]:
    """By number of cases: milliseconds by question, over all people, and by person, over all questions."""
    opened = case_open(by=None, case_type="complaint", reference="search", source="bench", data=DATA)
    assert isinstance(opened, Opened)
    before = 0
    for size in (*SIZES, *map(int, os.environ.get(MORE, "100000").split(","))):
        searched_cases.load(opened.case.instance_id, before, size)
        _let_in(before, size)
        before = size
        yield f"{size:,} cases"
        yield from _told(size)
    yield "; ".join(f"{name}: {which}" for name, which in RIGHTS.items()).replace("%%", "%")


def _let_in(before: int, size: int) -> None:
    right = Permission.objects.get(codename="view_case", content_type__app_label="casework")
    for who, level in EVERYWHERE.items():
        group = _group(who)
        group.permissions.set([right])
        GroupClearance.objects.get_or_create(group=group, level=level)
    values = {"from": before + 1, "permission": right.pk}
    with connection.cursor() as cursor:
        for who, which in RIGHTS.items():
            cursor.execute(GRANTS.format(which=which), values | {"group": _group(who).pk})
        cursor.execute("vacuum analyze")


def _group(who: str) -> Group:
    group, _ = Group.objects.get_or_create(name=f"search {who}")
    User.objects.get_or_create(username=f"search {who}")[0].groups.set([group])
    return group


def questions(size: int) -> dict[str, list[str]]:
    """What is asked, by kind."""
    drawn = random.Random(7)

    def some(first: int, last: int) -> str:
        return word(drawn.randrange(first, last))

    kinds = {
        "a reference": lambda n: f"R-{2020 + n % 6}-{n}",
        "its number": str,
        "three letters": lambda n: some(100, 3000)[:3],
        "a beginning": lambda n: some(3000, WORDS)[:5],
        "a name": lambda n: f"{name(n % 97)} {name(n * 7919 % NAMES)}",
        "a frequent word": lambda n: some(1, 40),
        "a middling word": lambda n: some(100, 1000),
        "a rare word": lambda n: some(20_000, WORDS),
        "two words": lambda n: f"{some(1, 300)} {some(1000, WORDS)}",
        "three words": lambda n: f"{some(1, 40)} {some(10, 300)} {some(100, 3000)}",
        "a slip": lambda n: slip(some(1000, WORDS), drawn),
        "a slip of two": lambda n: f"{some(1, 300)} {slip(some(1000, WORDS), drawn)}",
        "a slip of a name": lambda n: slip(name(n * 7919 % NAMES), drawn),
        "nothing": lambda n: f"zz{some(1000, WORDS)}zz",
    }
    return {kind: [ask(drawn.randrange(1, size)) for _ in range(ASKED)] for kind, ask in kinds.items()}


def slip(right: str, drawn: random.Random) -> str:
    at = drawn.randrange(1, len(right))
    return right[:at] + "z" + right[at + 1 :]


def _told(size: int) -> Iterator[str]:
    took: dict[str, list[Timed]] = defaultdict(list)
    for kind, asked in questions(size).items():
        for who in (*EVERYWHERE, *RIGHTS):
            times = [_time(who, each) for each in (*asked, *asked)]
            took[kind] += times
            took[f"by {who}"] += times
            took["of all"] += times
    for what, times in took.items():
        yield f"  {what:17} p50 {share_told(times, 0.5)}, p95 {share_told(times, 0.95)}"
    yield f"  aim: p95 at most {MOST:.0f} ms"


def _time(who: str, asked: str) -> Timed:
    user = User.objects.get(username=f"search {who}")
    return cost_of(lambda: search(user=user, now=clock.utc_now(), asked=asked))
