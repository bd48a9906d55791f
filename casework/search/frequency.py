"""How frequent are these words among all cases, roughly and at once?

From the statistics that PostgreSQL keeps of the words that stand in most cases (`most_common_elems`, made by ANALYZE).
Each word of the dictionary that begins as is asked for, and is not among those, is taken for as rare as rare words are.
What comes of it is only which way is shorter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

from casework.search.query import Term

RARE: Final = 0.0001
"""The share of cases that have a rare word."""

_SHARES: Final = """
with common as materialized (
    select e.word, e.share
    from pg_stats s, unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) e(word, share)
    where s.schemaname = current_schema() and s.tablename = 'casework_searchedcase' and s.attname = 'words'
      and e.word is not null and left(e.word, 1)::int <= %(level)s)
select coalesce(c.most, 0), coalesce(c.together, 0), k.words
from unnest(%(texts)s::text[], %(whole)s::bool[], %(near)s::text[]) with ordinality t(word, whole, near, number)
left join lateral (
    select max(c.share) as most, sum(c.share) as together from common c
    where substr(c.word, 2) = t.word or (not t.whole and starts_with(substr(c.word, 2), t.word))
       or substr(c.word, 2) = any(string_to_array(t.near, ' '))) c on true
cross join lateral (
    select count(*) as words from generate_series(0, %(level)s) l(level), lateral (
        select from casework_searchedword w
        where not t.whole and w.word >= l.level || t.word and w.word < l.level || t.word || chr(1114111)
        limit %(most)s) w) k
order by t.number"""
MOST: Final = 3000
"""Words with the same beginning that are counted, for each level."""


def shares(asked: Sequence[Term], level: int) -> tuple[float, ...]:
    """The share of all cases that each of these is in, 0 to 1, for who has this clearance (0 to 3)."""
    values: dict[str, Any] = {
        "level": level, "texts": [term.text for term in asked], "whole": [term.whole for term in asked],
        "near": [" ".join(sorted(term.near)) for term in asked], "most": MOST,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SHARES, values)
        return tuple(_share(*row) for row in cursor.fetchall())


def _share(most: float, together: float, words: int) -> float:
    """Of common words the greatest share, or half of all where they are many; and something for each rare word."""
    return min(max(most, min(together, 1.0) / 2) + RARE * max(words, 1), 1.0)
