"""Which words of a question are worth looking for?

Of a word that stands in very many passages, PostgreSQL would rank each of them for nothing: it says little, and the
passages are found by their meaning anyway. How common words are is what the database keeps of the column, anew with
each of its own `analyze`; before the first one every word counts.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, LiteralString

from django.db import connection

from audit.db.sql import cursor

MOST: Final = 2_000
"""Passages in which the words that are looked for may stand, taken together."""
FRESH: Final = 300.0
"""Seconds for which what the database said counts."""
IN_QUESTION: LiteralString = """
select lexeme from unnest(to_tsvector('english', %(question)s))
where ts_lexize('german_stem', lexeme) is distinct from '{}'"""
"""Without the words that every English or German text is full of."""
COMMON: LiteralString = """
select word, frequency * greatest(c.reltuples, 0) from pg_stats s
join pg_class c on c.oid = 'orchestration_knowledgepiece'::regclass,
unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) as u(word, frequency)
where s.schemaname = current_schema() and s.tablename = 'orchestration_knowledgepiece' and s.attname = 'words'
and word is not null"""


@dataclass(frozen=True, slots=True)
class Common:
    """In how many passages, about, each of the common words stands. `read`: when the database said so."""

    words: Mapping[str, float]
    read: float


_common: dict[str, Common] = {}


def telling(question: str) -> str:
    """The words of a question that tell passages apart, as a query of full text; empty where none does."""
    with cursor() as plain:
        words = [row[0] for row in plain.execute(IN_QUESTION, {"question": question}).fetchall()]
    return query(rare(words, _known().words))


def rare(words: Sequence[str], common: Mapping[str, float]) -> list[str]:
    """The rarest, as many as stand in few enough passages together."""
    ordered = sorted(words, key=lambda one: common.get(one, 0.0))
    reached = accumulate(common.get(one, 0.0) for one in ordered)
    return [one for one, passages in zip(ordered, reached, strict=True) if passages <= MOST]


def query(words: Sequence[str]) -> str:
    """Any of these words, as PostgreSQL reads a query; each in quotation marks, so that it is but a word."""
    quoted = (one.replace("\\", "\\\\").replace("'", "''") for one in words)
    return " | ".join(f"'{one}'" for one in quoted)


def _known() -> Common:
    name, now = str(connection.settings_dict["NAME"]), time.monotonic()
    held = _common.get(name)
    if held is None or now - held.read > FRESH:
        with cursor() as plain:
            held = _common[name] = Common(dict(plain.execute(COMMON).fetchall()), now)
    return held
