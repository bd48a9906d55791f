"""Did what is gone go by an order, and is all of it gone?

Of an erased case the links stay: they are checked like any chain, against where the control chain says that it ended.
No content may be there any more but that of the last link, which names the order; and no case.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

import orjson

from audit.chain import Head
from audit.checking import ChainCheck
from audit.db.sql import cursor
from audit.models import AuditEvent, AuditPayload, ErasedChain, StandingChain
from audit.reading import Row, links_of
from audit.sealed_values import read
from orchestration.models import Instance
from orchestration.shell.verification.every import snapshot
from orchestration.shell.verification.verdict import Fault, Verdict

ERASED: Final = "content.erased"
AT_ONCE: Final = 500


def verify_erased() -> tuple[int, Verdict]:
    """How many cases went by order, and whether each did so rightly."""
    faults: list[Fault] = []
    events = 0
    with snapshot():
        told = _told()
        rows = {row.chain: row for row in ErasedChain.objects.order_by("chain")}
        faults += [Fault(0, sentence) for sentence in _apart(rows, told)]
        chains = list(rows)
        for at in range(0, len(chains), AT_ONCE):
            for chain, links in groupby(links_of(chains[at : at + AT_ONCE]), key=lambda link: link[0]):
                read, found = _checked(rows[chain], list(links))
                events += read
                faults += found
    return len(rows), Verdict.of(faults, events, events)


def _told() -> dict[int, tuple[int, str, int]]:
    """What the control chain says of each: its last event, the digest of that, and the order."""
    said = AuditEvent.objects.filter(chain=StandingChain.CONTROL, action=ERASED).values_list("sequence", flat=True)
    bodies = AuditPayload.objects.filter(chain=StandingChain.CONTROL, sequence__in=list(said))
    details: list[dict[str, Any]] = [read(body) for body in bodies.values_list("body", flat=True)]
    return {one["chain"]: (one["sequence"], one["digest"], one["order"]) for one in details}


def _apart(rows: dict[int, ErasedChain], told: dict[int, tuple[int, str, int]]) -> Iterator[str]:
    there = set(Instance.objects.filter(pk__in=list(rows)).values_list("pk", flat=True))
    with cursor() as plain:
        statement = "select chain from unnest(%s::bigint[]) as e(chain) where not exists " \
                    "(select from audit_auditevent a where a.chain = e.chain)"  # fmt: skip
        empty = {chain for (chain,) in plain.execute(statement, [list(rows)]).fetchall()}
    for chain, row in rows.items():
        if told.pop(chain, None) != (row.sequence, bytes(row.digest).hex(), row.order):
            yield f"case {chain} is noted as erased, and the chain of rules does not say so"
        if chain in there:
            yield f"case {chain} was erased by order {row.order}, and is there again"
        if chain in empty:
            yield f"case {chain} was erased by order {row.order}, and its links are gone too"
    for chain, (_, _, order) in told.items():
        yield f"case {chain} was erased by order {order}, and nothing notes where its chain ended"


def _checked(row: ErasedChain, links: list[Row]) -> tuple[int, list[Fault]]:
    check = ChainCheck(row.chain, Head())
    for link in links:
        check.feed(link)
    check.end(Head(row.sequence, bytes(row.digest)))
    reasons = [(broken.sequence, broken.reason) for broken in check.breaks]
    kept = set(range(1, row.sequence)) - set(check.unread)
    if kept and not reasons:
        reasons.append((min(kept), f"the content of event {min(kept)} is there, though order {row.order} erased it"))
    last = links[-1]
    if not reasons and (last[2] != ERASED or last[13] is None or orjson.loads(last[13])["order"] != row.order):
        reasons.append((last[1], f"its last event does not name order {row.order}"))
    return len(links), [Fault(number, f"erased case {row.chain}: {reason}") for number, reason in reasons]
