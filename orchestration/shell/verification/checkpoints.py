"""Do the histories in the database stand as they were signed, and when are they signed again?

Whoever owns the database can cut off a tail, take away a case or forge a chain whole. Signed checkpoints have left it:
each chain is held against every one that names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

import orjson
import psycopg
from django.db import transaction
from django.db.models import Max

from audit.checkpoints import Last, Statement, all_kept, keep, keys, last, sealed, set_aside, signing_key
from audit.db.columns import Blobs, Integers
from audit.db.sql import connected, cursor
from audit.models import AuditEvent, AuditPayload, StandingChain
from audit.services import Fact, Origin, record_control
from audit.verifier import APART, Pins, Report, leaf, merkle_root, name_of, read_checkpoints

TAKEN: Final = "checkpoint.taken"
ANEW: Final = "checkpoint.begun_anew"
ORIGIN: Final = Origin("system:checkpoint")
LOCK: Final = 0x5E4A1ED
"""Of PostgreSQL's advisory locks: one checkpoint at a time, whatever the number of machines."""
QUIET: Final = timedelta(days=1)
"""Where nothing happens, it is signed once in so long that nothing did."""

HEADS: Final = """
with head as (
    select id as chain, head_sequence as sequence, head_digest as digest from orchestration_instance
    where head_sequence > 0
    union all
    select id, head_sequence, head_digest from audit_standingchain where head_sequence > 0
    union all
    select chain, sequence, digest from audit_erasedchain)
select coalesce(h.chain, c.chain), h.sequence, h.digest, c.sequence, c.digest
from head h full join audit_checkpointedhead c on c.chain = h.chain order by 1
"""
REMEMBER: Final = """
insert into audit_checkpointedhead (chain, sequence, digest) select * from unnest(%s::bigint[], %s, %s)
on conflict (chain) do update set sequence = excluded.sequence, digest = excluded.digest
"""
FORGET: Final = "delete from audit_checkpointedhead where chain = any(%s)"

APART_FROM_SIGNED: Final = """
select p.chain, p.sequence, p.number, e.digest is null
from unnest(%s::bigint[], %s, %s, %s) as p(chain, sequence, digest, number)
left join audit_auditevent e on e.chain = p.chain and e.sequence = p.sequence
where e.digest is distinct from p.digest order by 1, 2, 3
"""
OLDER_THAN_SIGNED: Final = """
with head as (
    select id as chain, head_sequence as sequence from orchestration_instance
    union all
    select id, head_sequence from audit_standingchain
    union all
    select chain, sequence from audit_erasedchain)
select h.chain, old.sequence
from head h left join unnest(%s::bigint[], %s) as p(chain, sequence) on p.chain = h.chain
cross join lateral (
    select e.sequence from audit_auditevent e
    where e.chain = h.chain and e.sequence > coalesce(p.sequence, 0) and e.at < %s
    order by e.sequence limit 1) as old
where h.sequence > coalesce(p.sequence, 0) order by 1
"""


@dataclass(slots=True)
class Heads:
    """Where all chains stand at one moment, and what of it the last checkpoint does not say."""

    count: int = 0
    root: str = ""
    changed: list[tuple[int, int, str]] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    first_of_control: int = 0
    """The first event of the chain of rules that the last checkpoint does not cover."""

    @property
    def only_by_the_last_one(self) -> bool:
        """Whether nothing has happened since, but that the last checkpoint was noted."""
        noted = [(chain, sequence) for chain, sequence, _ in self.changed]
        return not self.gone and noted in ([], [(StandingChain.CONTROL, self.first_of_control)])


def take(now: datetime, *, though_quiet: bool = False) -> Statement | None:
    """Sign where every history stands, and put it away.

    None: somebody else is about it, or nothing has happened (unless `though_quiet`). Raises CheckpointFault.
    """
    key = signing_key()
    with transaction.atomic():
        if not _is_alone():
            return None
        before = last()
        heads = _heads(all_anew=before.number == 0)
        if heads.only_by_the_last_one and not though_quiet and not _is_old(before, now):
            return None
        statement = Statement(
            before.number + 1, now, before.digest, heads.count, heads.root, tuple(heads.changed), tuple(heads.gone)
        )
        content = sealed(statement, key)
        keep(statement, content)
        _remember(heads)
        detail = {"number": statement.number, "digest": sha256(statement.body()).hexdigest(), "chains": heads.count}
        record_control([Fact(TAKEN, detail)], ORIGIN, now)
    return statement


def begin_anew(by: Origin, why: str, now: datetime) -> int:
    """Sign from the beginning, as after an older backup was restored: what was signed is set aside, not lost, and the
    chain of rules says who did so and why. How many were set aside. Raises CheckpointFault."""
    with transaction.atomic():
        before, count = last(), set_aside(now)
        detail = {"last": before.number, "digest": before.digest, "note": why}
        record_control([Fact(ANEW, detail)], by, now)
    return count


def last_taken() -> datetime | None:
    """When it was signed last, as the chain of rules says."""
    found = AuditEvent.objects.filter(chain=StandingChain.CONTROL, action=TAKEN).order_by("-sequence")
    return found.values_list("at", flat=True).first()


def _is_alone() -> bool:
    with cursor() as plain:
        row = plain.execute("select pg_try_advisory_xact_lock(%s)", [LOCK]).fetchone()
        return row is not None and bool(row[0])


def _is_old(before: Last, now: datetime) -> bool:
    return not before.number or datetime.fromisoformat(before.at) < now - QUIET


def _heads(*, all_anew: bool) -> Heads:
    heads = Heads()
    heads.root = merkle_root(_leaves(heads, all_anew=all_anew)).hex()
    return heads


def _leaves(heads: Heads, *, all_anew: bool) -> Iterator[bytes]:
    """One statement, and so one moment; read as it comes, so that memory stays flat."""
    with psycopg.ServerCursor(connected(), "heads_to_sign") as rows:
        rows.itersize = 4000
        for chain, sequence, digest, signed_sequence, signed_digest in rows.execute(HEADS):
            if sequence is None:
                heads.gone.append(chain)
                continue
            heads.count += 1
            if chain == StandingChain.CONTROL:
                heads.first_of_control = (signed_sequence or 0) + 1
            if all_anew or (sequence, digest) != (signed_sequence, signed_digest):
                heads.changed.append((chain, sequence, bytes(digest).hex()))
            yield leaf(chain, sequence, bytes(digest).hex())


def _remember(heads: Heads) -> None:
    with cursor() as plain:
        if heads.gone:
            plain.execute(FORGET, [heads.gone])
        if heads.changed:
            chains, sequences, digests = zip(*heads.changed, strict=True)
            plain.execute(REMEMBER, [list(chains), Integers(sequences), Blobs(bytes.fromhex(one) for one in digests)])


# --- are they as they were signed?


@dataclass(frozen=True, slots=True)
class Signed:
    """`faults`: sentences. `number` 0: nothing was ever signed, so that nothing is proven by it."""

    number: int
    at: str
    digest: str
    faults: tuple[str, ...]


def verify_checkpoints() -> Signed:
    """Hold all chains against all that was signed. Raises CheckpointFault where that cannot be read."""
    report, digests = Report(), dict[int, str]()
    pins = read_checkpoints(_noted(digests), keys(), report)
    with cursor() as plain:
        faults = [*report.faults, *_apart(plain, pins), *_older(plain, pins), *_files_apart(digests)]
    return Signed(pins.number, pins.at, pins.digest, tuple(faults))


def _noted(digests: dict[int, str]) -> Iterator[tuple[str, bytes]]:
    for name, content in all_kept():
        digests[int(name.partition(".")[0])] = sha256(content.partition(b"\n")[0]).hexdigest()
        yield name, content


def _apart(plain: psycopg.Cursor[tuple[int, int, int, bool]], pins: Pins) -> Iterator[str]:
    said = [(chain, *one) for chain, told in pins.said.items() for one in told]
    if not said:
        return
    chains, sequences, wanted, numbers = zip(*said, strict=True)
    values = [list(chains), Integers(sequences), Blobs(bytes.fromhex(one) for one in wanted), Integers(numbers)]
    for chain, sequence, number, is_gone in plain.execute(APART_FROM_SIGNED, values):
        how = "is gone, though" if is_gone else "is not the one that"
        yield f"{name_of(chain)}, event {sequence} {how} checkpoint {number} signed{' it' if is_gone else ''}"


def _older(plain: psycopg.Cursor[tuple[int, int]], pins: Pins) -> Iterator[str]:
    if not pins.number:
        return
    signed_up_to = Integers(sequence for sequence, _ in pins.heads.values())
    until = datetime.fromisoformat(pins.at) - APART
    for chain, sequence in plain.execute(OLDER_THAN_SIGNED, [list(pins.heads), signed_up_to, until]):
        yield f"{name_of(chain)}, event {sequence} is older than checkpoint {pins.number}, which does not have it"


def _files_apart(digests: dict[int, str]) -> Iterator[str]:
    """Files that went, or were exchanged, after the chain of rules noted them."""
    of_control = AuditEvent.objects.filter(chain=StandingChain.CONTROL)
    since = of_control.filter(action=ANEW).aggregate(at=Max("sequence"))["at"] or 0
    noted = of_control.filter(action=TAKEN, sequence__gt=since).values("sequence")
    bodies = AuditPayload.objects.filter(chain=StandingChain.CONTROL, sequence__in=noted).order_by("sequence")
    for body in bodies.values_list("body", flat=True).iterator(chunk_size=2000):
        said = orjson.loads(bytes(body))
        found = digests.get(said["number"])
        if found is None:
            yield f"checkpoint {said['number']} was taken, and its file is gone"
        elif found != said["digest"]:
            yield f"checkpoint {said['number']} is not the one that was taken"
