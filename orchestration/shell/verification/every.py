"""Do all histories hold? Many cases at once, in two processes, going on where the last run ended.

A portion of cases is read in one snapshot, so that nobody has to wait while it is checked, and what was found is kept
before the next one: a run that is killed goes on from there.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

import psycopg
from django.db import connection, connections, transaction

from audit.db.sql import connected, cursor
from audit.models import VerificationRun
from audit.sealed_values import kept_as
from orchestration.engine.state import INSTANCE_ENDED
from orchestration.shell.verification.cases import Case, check
from orchestration.shell.verification.kept import LONG, NOT_OURS, Verified, frozen, keep, thawed
from orchestration.shell.verification.plan import Plan, Portion, planned
from orchestration.shell.verification.verdict import Fault

WORTH_A_PROCESS: Final = 20_000
"""So many events: with fewer, a second process costs more than it saves."""
SNAPSHOT: Final = "set transaction isolation level repeatable read read only"

GONE: Final = """
with recursive chain(id) as (
    select min(chain) from audit_auditevent where chain > 0
    union all
    select (select min(e.chain) from audit_auditevent e where e.chain > chain.id) from chain where chain.id is not null)
select id, 'the case is gone, but for its history' from chain
where id is not null and not exists (select from orchestration_instance i where i.id = chain.id)
  and not exists (select from audit_erasedchain x where x.chain = chain.id)
union all
select v.chain, 'the case was verified before, and is gone with its history' from audit_verifiedhead v
where v.chain > 0 and not exists (select from orchestration_instance i where i.id = v.chain)
  and not exists (select from audit_erasedchain x where x.chain = v.chain)
  and not exists (select from audit_auditevent e where e.chain = v.chain)
order by 1
"""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a portion: events read, and (case, fault) for all that does not hold."""

    events: int
    faults: tuple[tuple[int, Fault], ...]


@dataclass(slots=True)
class Report:
    """What a run has checked now, what stood as it was verified before, and what does not hold."""

    run: VerificationRun
    went_on: bool
    cases: int = 0
    read: int = 0
    before: int = 0
    events_before: int = 0
    broken: int = 0


Progress = Callable[[int, int], None]
"""Told after each portion: events read by it, and events to be read in all."""
Named = Callable[[int, Fault], None]
"""Told each fault as it is found, with its case."""


def verify_all(
    *,
    whole: bool,
    processes: int,
    named: Named,
    progress: Progress,
    cases: list[int] | None = None,
    new_key: bool = False,
) -> Report:
    """Check all cases, or these. A run over all that was interrupted is gone on with, unless a whole one is asked for.

    `new_key`: the product's key was changed on purpose, so what was kept with another is written anew.
    """
    run, went_on = _run(whole=whole) if cases is None else (_run_of_some(), False)
    plan = _plan(run.pk, whole=run.whole, cases=cases, new_key=new_key)
    report = Report(run, went_on, plan.cases, before=plan.before, events_before=plan.events_before)
    broken: set[int] = set()
    for result in _results(plan, run.pk, processes):
        report.read += result.events
        _heard(run, result.events)
        for case, fault in result.faults:
            broken.add(case)
            named(case, fault)
        progress(result.events, plan.events)
    if cases is None:
        for case, reason in _gone():
            broken.add(case)
            named(case, Fault(0, reason))
    report.broken = len(broken)
    return report


def ended(report: Report, faults: int, standing: int | None, said: Sequence[str] = ()) -> None:
    """The run is over: the next one begins anew. `standing`: events of the chains that no case owns; None: only some
    cases were asked for, so nothing is said of all. `said`: what does not hold, a line each."""
    run = report.run
    run.ended, run.faults, run.said = datetime.now(UTC), faults, "\n".join(said)
    if standing is not None:
        run.cases, run.events = report.cases, report.read + report.events_before + standing
    run.save()


def _heard(run: VerificationRun, events: int) -> None:
    """The run is at work, and has read so many events more: of those who look, and of the one who goes on with it."""
    run.read, run.heard = run.read + events, datetime.now(UTC)
    run.save(update_fields=["read", "heard"])


def _run(*, whole: bool) -> tuple[VerificationRun, bool]:
    """The run to go on with, else a new one, in whose place none that is open stays; whether it goes on."""
    interrupted = VerificationRun.objects.filter(ended=None).order_by("-pk")
    last = interrupted.first()
    if last is not None and not (whole and not last.whole):
        _heard(last, 0)
        return last, True
    now = datetime.now(UTC)
    interrupted.update(ended=now)
    return VerificationRun.objects.create(whole=whole, begun=now, heard=now), False


def _run_of_some() -> VerificationRun:
    """Over from its beginning: nobody goes on with it, and it ends no other."""
    now = datetime.now(UTC)
    return VerificationRun.objects.create(whole=False, begun=now, ended=now)


def _plan(run: int, *, whole: bool, cases: list[int] | None, new_key: bool) -> Plan:
    with snapshot(), psycopg.ServerCursor(connected(), "heads") as heads:
        return planned(heads, run, whole=whole, cases=cases, new_key=new_key)


def _gone() -> list[tuple[int, str]]:
    with cursor() as plain:
        return list(plain.execute(GONE).fetchall())


def _results(plan: Plan, run: int, processes: int) -> Iterator[Result]:
    if processes < 2 or plan.events < WORTH_A_PROCESS:
        for portion in plan.portions:
            yield checked(portion, run)
        return
    connections.close_all()  # a session is nothing to be shared with a process of one's own
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        yield from pool.imap_unordered(_checked, [(portion, run) for portion in plan.portions])


def _checked(given: tuple[Portion, int]) -> Result:
    return checked(*given)


def checked(portion: Portion, run: int) -> Result:
    """Check a portion in one snapshot, then keep what holds."""
    since = {case: thawed(kept) for case, kept in portion.since}
    with snapshot(), cursor() as plain:
        found = check(plain, portion.cases, since, {case: (at, digest) for case, at, digest in portion.pins})
    for case in found:
        if case.stored.id in portion.strange:
            case.wrong(NOT_OURS)
    with cursor() as plain:
        holds = [_head(case) for case in found if not case.faults]
        keep(plain, run, holds, [case.stored.id for case in found if case.faults])
    faults = tuple((case.stored.id, fault) for case in found for fault in case.faults)
    return Result(sum(case.read for case in found), faults)


def _head(case: Case) -> Verified:
    stored, told = case.stored, case.told
    state = sha256(f"{stored.definition} {stored.status} ".encode() + stored.items + stored.data).digest()
    goes_on = stored.status not in INSTANCE_ENDED and told.events > LONG and case.comparable
    return Verified(stored.id, told.sequence, told.digest, state, frozen(told, kept_as(stored.id)) if goes_on else b"")


@contextmanager
def snapshot() -> Iterator[None]:
    """All statements inside see one moment, and keep nobody waiting. Inside a transaction they see what it sees."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as first:
            first.execute(SNAPSHOT)
        yield
