"""How are the histories of many cases read at once, whatever their length?

A server-side cursor over links with their payloads, as plain tuples in the order of chain and sequence: no object a
row, no chain in memory. The caller has opened the transaction, whose snapshot is what is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import psycopg

from audit.db.sql import connected, cursor

Row = tuple[
    int, int, str, str, str, str, datetime, str, str, bytes, bytes, bytes, bytes | None, bytes | None
]  # fmt: skip
"""chain, sequence, action, actor, on behalf of, cause, at, definition, rule hits, payload digest, previous, digest;
salt and body, None where the payload is not there (any more)."""

AT_ONCE = 4000
"""Rows a round trip: enough that it costs little, few enough that memory stays flat."""

COLUMNS = """
select e.chain, e.sequence, e.action, e.actor, e.on_behalf_of, e.cause, e.at, e.definition, e.rule_hits,
       e.payload_digest, e.previous, e.digest, p.salt, p.body
from audit_auditevent e left join audit_auditpayload p on p.chain = e.chain and p.sequence = e.sequence
"""
OF_CHAINS = COLUMNS + "where e.chain = any(%s) order by e.chain, e.sequence"
OF_ALL = COLUMNS + "order by e.chain, e.sequence"
UPTO = COLUMNS + "where e.chain = %s and e.sequence <= %s order by e.sequence"
AFTER = COLUMNS + "where e.chain = %s and e.sequence > %s order by e.sequence"


def links_of(chains: Sequence[int]) -> Iterator[Row]:
    """All links of these chains, chain by chain, each in order."""
    return _streamed(OF_CHAINS, [list(chains)])


def links_of_all() -> Iterator[Row]:
    """All links of all chains, chain by chain, each in order."""
    return _streamed(OF_ALL, [])


def links_after(chain: int, sequence: int) -> Iterator[Row]:
    """The links of one chain that follow a sequence number, in order."""
    return _streamed(AFTER, [chain, sequence])


def links_upto(chain: int, sequence: int) -> list[Row]:
    """The links of one chain from its first to this one, in order, held at once: one statement."""
    with cursor() as plain:
        return plain.execute(UPTO, [chain, sequence], binary=True).fetchall()


def _streamed(statement: str, values: list[object]) -> Iterator[Row]:
    with psycopg.ServerCursor(connected(), "links_read") as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(statement, values, binary=True)
        yield from cursor
