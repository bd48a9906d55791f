"""Among which cases is a search measured? Among made-up ones whose words are as frequent as words are.

Word number r stands about 1/r as often as the first (Zipf), so a few are in nearly every case and most are in hardly
any. Each case has a message, a name that only the cleared may read, and a reference. Loaded with COPY, seeded.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import numpy as np
import orjson
from django.db import connection

from casework.cases.search_words import face_of, words_of
from orchestration.ground import clock

WORDS: Final = 60_000
NAMES: Final = 20_000
LENGTH: Final = 40
"""Words of a message, some of them the same."""
AT_ONCE: Final = 20_000
_SOUNDS: Final = ("ba", "cor", "di", "fe", "gan", "hu", "lim", "ma", "no", "per", "qui", "ro", "ses", "ta", "vu", "wel")

_LOADED: Final = """
create temporary table loaded (n bigint, data text, reference text, key text, title text, face text[], words text[])
"""
_COPY: Final = "copy loaded from stdin"
_KEPT: Final = (
    """
insert into orchestration_instance (id, definition_id, status, items, data, head_sequence, head_digest, created)
select -n, i.definition_id, i.status, i.items, convert_to(l.data, 'UTF8'), 0, i.head_digest, i.created
from loaded l, orchestration_instance i where i.id = %(instance)s""",
    """
insert into casework_case (instance_id, case_type, source, reference, reference_key, title, state, closed, created,
                           updated)
select -n, 'complaint', 'bench', reference, key, title, case when n %% 20 = 0 then 'In review' else 'Completed' end,
       n %% 20 <> 0, %(last)s - (%(size)s - n) * interval '1 minute', now() from loaded""",
    """
insert into casework_searchedcase (case_id, face, words)
select c.id, l.face, casework_searched_words(l.words, '{}') from loaded l
join casework_case c on c.instance_id = -l.n""",
    "truncate loaded",
)
_LEARNED: Final = """
insert into casework_searchedword (word) select word from ts_stat('select words from casework_searchedcase')"""


def word(number: int) -> str:
    """The word of this rank: two to five sounds that no other has in this order."""
    sounds = ""
    number += len(_SOUNDS)
    while number:
        number, sound = divmod(number, len(_SOUNDS))
        sounds += _SOUNDS[sound]
    return sounds


def name(number: int) -> str:
    return "x" + word(number)


def load(instance: int, before: int, size: int) -> None:
    """Cases `before` + 1 to `size`, made after this one, the newest last; the index of words is made at the end."""
    with connection.cursor() as cursor:
        cursor.execute("set maintenance_work_mem = '512MB'")
        cursor.execute("drop index searched_by_words")
        cursor.execute(_LOADED)
        values = {"instance": instance, "size": size, "last": clock.utc_now() - timedelta(days=1)}
        for begin in range(before + 1, size + 1, AT_ONCE):
            with cursor.copy(_COPY) as rows:
                for row in _rows(begin, min(begin + AT_ONCE, size + 1)):
                    rows.write_row(row)
            for statement in _KEPT:
                cursor.execute(statement, values)
        cursor.execute("drop table loaded")
        cursor.execute("create index searched_by_words on casework_searchedcase using gin (words)")
        cursor.execute("reset maintenance_work_mem")
        cursor.execute("truncate casework_searchedword")
        cursor.execute(_LEARNED)


def _rows(begin: int, end: int) -> Iterator[tuple[object, ...]]:
    drawn = np.random.default_rng(begin)
    ranks = np.floor(WORDS ** drawn.random((end - begin, LENGTH))).astype(int) - 1
    for n, row in zip(range(begin, end), ranks, strict=True):
        message, person = " ".join(map(word, row)), f"{name(n % 97)} {name(n * 7919 % NAMES)}"
        reference, title = f"R-{2020 + n % 6}-{n}", f"Complaint {n}"
        face = [f"0{each}" for each in dict.fromkeys(words_of(face_of(title, reference)))]
        shown = [f"0{each}" for each in dict.fromkeys(message.split())]
        data = orjson.dumps({"message": message, "customer": {"name": person}}).decode()
        yield n, data, reference, reference.lower(), title, face, [*face, *shown, *(f"2{p}" for p in person.split())]
