"""How is the database asked which pieces of the knowledge base fit, and gives none that this reader may not read?

One statement for a question: it looks up which documents the reader may read at this moment, finds in those what is
nearest in meaning and what has the words, and reads the texts. The rights are asked where the pieces are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, LiteralString

from orchestration.knowledge.embeddings import ENGLISH, MANY

READABLE: LiteralString = """
d.state = 'ready' and d.withdrawn is null and d.level = any(%(levels)s)
and (d.groups = '[]'::jsonb or d.groups ?| %(groups)s)
and (%(base)s = '' or d.base in ('', %(base)s))"""
with_every_search: Final[list[LiteralString]] = []
"""Expressions of SQL by which a document `d` that belongs to a `unit` is for this reader (`person`, `instance`) at this
moment: of whoever keeps units. One that belongs to none is for all units."""

ALLOWED: LiteralString = """
with allowed as materialized (
    select d.id, d.name, d.level, d.pieces, d.embedded ->> 'english' = %(english_is)s as english,
        d.embedded ->> 'many' = %(many_is)s as many
    from orchestration_knowledgedocument d where """
BY_WORDS: LiteralString = """
), by_words as materialized (
    select p.id, row_number() over (order by ts_rank_cd(p.words, %(words)s::tsquery, 1) desc, p.id) - 1 as place
    from orchestration_knowledgepiece p
    where p.words @@ %(words)s::tsquery and p.document_id in (select id from allowed)
    order by place limit %(most)s"""
NEAREST: LiteralString = """
), few_{key} as materialized (
    select coalesce(sum(pieces), 0) <= %(few)s as so from allowed where {key}
), by_{key} as materialized (
    (select p.id, p.{column} <#> %({key})s::halfvec(384) as apart
    from allowed a join orchestration_knowledgepiece p on p.document_id = a.id
    where (select so from few_{key}) and a.{key} and p.{column} is not null
        and (%({key}_reads)s::text[] is null or p.language = any(%({key}_reads)s::text[]))
    order by apart limit %(most)s)
    union all
    (select p.id, p.{column} <#> %({key})s::halfvec(384)
    from orchestration_knowledgepiece p
    where not (select so from few_{key}) and coalesce(p.document_id in (select id from allowed where {key}), false)
        and (%({key}_reads)s::text[] is null or p.language = any(%({key}_reads)s::text[]))
    order by p.{column} <#> %({key})s::halfvec(384) limit %(most)s)"""
"""What is nearest, exactly where the reader may read few pieces. Of many, along the index: the `coalesce` keeps the
planner from beginning with the documents, and the index goes on until enough of them may be read."""
NOT_COMPARED: LiteralString = """
), by_{key} as (select null::bigint as id, null::float8 as apart where false"""
COLUMNS: Final[tuple[tuple[LiteralString, LiteralString], ...]] = ((ENGLISH, "vector"), (MANY, "wide"))
FOUND: LiteralString = """
)
select p.id, a.id, a.name, p.heading, p.text, a.level, -e.apart, -m.apart, w.place,
    a.english and (%(english_reads)s::text[] is null or p.language = any(%(english_reads)s::text[]))
from (select id from by_english union select id from by_many union select id from by_words) as one
join orchestration_knowledgepiece p on p.id = one.id join allowed a on a.id = p.document_id
left join by_english e on e.id = p.id left join by_many m on m.id = p.id left join by_words w on w.id = p.id"""
SETTINGS: LiteralString = """
select set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.ef_search', '400', true)"""
"""How the index is walked: on and on, until enough is found that may be read. With so many in sight at a time 99.9 % of
the nearest by the English embedding are found among 100,000, and 97.9 % by that of many languages
(`python -m tests.benchmarks passages`)."""

_PIECES: LiteralString = """
select p.id, d.id, d.name, p.heading, p.text, d.level
from orchestration_knowledgepiece p join orchestration_knowledgedocument d on d.id = p.document_id where """


def readable() -> LiteralString:
    """The condition that a document `d` may be read."""
    return READABLE + " and (d.unit = ''" + "".join(" or " + one for one in with_every_search) + ")"


def found(meanings: Iterable[str]) -> LiteralString:
    """The pieces that fit best: by their words, and by each of these embeddings that the database can compare."""
    there = set(meanings)
    nearest = "".join(
        (NEAREST if key in there else NOT_COMPARED).format(key=key, column=column) for key, column in COLUMNS
    )
    return ALLOWED + readable() + BY_WORDS + nearest + FOUND


def read_pieces() -> LiteralString:
    return _PIECES + "p.id = any(%(ids)s) and " + readable()


def of_document() -> LiteralString:
    """The pieces of the newest document of a name that this reader may read."""
    return (
        _PIECES  # noqa: S608 - constants
        + "d.id = (select max(d.id) from orchestration_knowledgedocument d where d.name = %(name)s and "
        + readable() + ") and " + readable() + " order by p.number"
    )  # fmt: skip
