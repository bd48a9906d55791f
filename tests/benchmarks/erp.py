"""Are invoices posted and paid exactly once in a real ERP that is killed in the middle, and do copies and owners agree?

Tryton runs as `make demo-systems` sets it up (it has to be set up before), with a database of its own. Every invoice is
a PDF that is read, checked against its order in the ERP, posted and paid. A thread kills Tryton at random moments and
starts it again. One in twenty names sums that do not add up: while these wait for a clerk their supplier is renamed in
Tryton, their copies are healed, and the clerk has them posted. `ERP_INVOICES` (300) and `ERP_KILLS` (10) set how many.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from django.contrib.auth.models import Group, User

from casework.access.roles import SETUP
from casework.actors.real_erp import HOST, real_erp
from casework.documents.services import File, file_of
from casework.intake.services import Opened, case_open
from casework.models import Case, Comparison
from casework.runtime.demo_systems import books
from casework.runtime.demo_systems.__main__ import begun
from casework.runtime.demo_systems.environment import Environment, Tryton
from casework.runtime.demo_systems.gateway import server
from casework.runtime.demo_systems.ledger import DEAD, Ledger
from casework.runtime.demo_systems.rpc import Unreachable
from casework.systems import comparing
from casework.systems.copies import copies_of
from casework.tasks.services import task_complete
from casework.tasks.task_page import form_of
from orchestration.casetypes.case_type import by_definition
from orchestration.casetypes.form_answers import at_path
from orchestration.documents.printing import printed
from orchestration.engine.commands import ResolveIncident
from orchestration.ground import clock
from orchestration.jobs import runner
from orchestration.models import ActorCall, HumanTask, Incident, Job
from orchestration.shell import nudges, services
from orchestration.shell.selectors import data_of
from orchestration.shell.services import Done
from tests.benchmarks.server import SYSTEMS
from tests.chaos.product import free_port

INVOICES: Final = int(os.environ.get("ERP_INVOICES", "300"))
KILLS: Final = int(os.environ.get("ERP_KILLS", "10"))
WAITING: Final = 20
"""Of every so many invoices one names sums that do not add up: it waits for a clerk while its supplier changes."""
LONGEST: Final = float(os.environ.get("ERP_SECONDS", "1500"))
SUPPLIERS: Final = 10
RENAMED: Final = SUPPLIERS
"""The supplier of those that wait, and of no other: a case that has ended keeps the name that it was decided upon."""
JOBS: Final = 3
"""At which of its jobs a case asks the ERP: the kills are spread over so many for each invoice."""


def supplier(at: int) -> tuple[str, str, str]:
    """The number, name and account of the supplier of the invoice `at`: an IBAN that is valid, and no bank's.

    Without rows of zeros: what looks like a part of a hidden account is held back where it comes out elsewhere.
    """
    which = at % SUPPLIERS if at % WAITING else RENAMED
    account = f"76543219{8769543217 + which * 123457}"
    check = 98 - int(f"{account}131400") % 97
    return f"S-9{which:02}", f"Supplier {'ABCDEFGHIJK'[which]} GmbH", f"DE{check:02}{account}"


def order(at: int) -> tuple[str, str, float]:
    return f"PO-9{at:04}", supplier(at)[0], round(119.0 + at, 2)


def paper(at: int) -> bytes:
    number, name, iban = supplier(at)
    total = order(at)[2]
    net = round(total / 1.19, 2)
    tax = round(total - net + (1 if at % WAITING == 0 else 0), 2)
    return printed(
        f"{name}\nWerftstrasse {at + 1}, Kiel\n\nINVOICE\nInvoice number: N-{at:05}\nInvoice date: 13.11.2026\n"
        f"Your order: {order(at)[0]}\n\nNet amount   {net:,.2f}\nVAT          {tax:,.2f}\nTotal EUR    {total:,.2f}\n\n"
        f"Due date: 13.12.2026\nPlease pay to IBAN {iban}\n"
    )


class Killing(threading.Thread):
    """Kills Tryton at random moments, spread over the work; `mended` starts it again.

    Who starts it is the main thread: the kernel ends a program with the thread that started it.
    """

    def __init__(self, tryton: Tryton) -> None:
        super().__init__(daemon=True)
        self.tryton, self.jobs, self.killed, self.over = tryton, 0, 0, False

    def run(self) -> None:
        dice = random.Random(7)
        while self.killed < KILLS and not self.over:
            if self.is_dead or self.jobs < self.killed * INVOICES * JOBS / KILLS:
                time.sleep(0.05)
                continue
            time.sleep(dice.random() * 3)
            self.killed += 1
            self.tryton.kill()

    @property
    def is_dead(self) -> bool:
        return self.tryton.process is not None and self.tryton.process.poll() is not None

    def mended(self) -> None:
        """After a job: start it again, where it was killed in it."""
        self.jobs += 1
        if self.is_dead:
            self.tryton.start()


def figures() -> Iterator[str]:
    """Lines of what came of it."""
    here = Environment(Path(os.environ[SYSTEMS]))
    if not here.is_installed:
        yield "Tryton is not set up here: run `make demo-systems` once."
        return
    here.postgres.start()
    tryton = Tryton(here, free_port(), "erp_figures")
    ledger = begun(here, tryton, fresh=True)
    gateway = server(ledger, 0)
    threading.Thread(target=gateway.serve_forever, daemon=True).start()
    os.environ["CASEWRIGHT_SERVER_ERP"] = f"http://{HOST}:{gateway.server_address[1]}"
    try:
        with patch.object(nudges, "_after_commit", lambda *_, **__: None):
            yield from _measured(tryton, ledger)
    finally:
        gateway.shutdown()
        tryton.stop()
        here.postgres.stop()


def _measured(tryton: Tryton, ledger: Ledger) -> Iterator[str]:
    books.suppliers(ledger.erp, sorted({supplier(at) for at in range(INVOICES)}))
    books.orders(ledger.erp, [order(at) for at in range(INVOICES)])
    yield f"{INVOICES} orders stand in Tryton"
    real_erp(True, SETUP)
    cases = [_opened(at) for at in range(INVOICES)]
    yield f"{INVOICES} invoices came in"
    killing = Killing(tryton)
    killing.start()
    begun_at = time.monotonic()
    _work(cases, begun_at, killing)
    yield from _stuck(cases)
    killing.over = True
    killing.join()
    killing.mended()
    yield f"worked off in {time.monotonic() - begun_at:.0f} s; Tryton was killed {killing.killed} times"
    waiting = list(Case.objects.filter(instance__in=cases, closed=False))
    yield f"{len(waiting)} cases wait for a clerk, as {len(range(0, INVOICES, WAITING))} should"
    yield from _healed(ledger, waiting)
    yield from _posted_by_a_clerk(waiting)
    _work(cases, time.monotonic(), killing)
    yield from _counted(ledger, cases)
    yield _apart("all cases at the end", Case.objects.filter(instance__in=cases))


def _opened(at: int) -> int:
    file = file_of(f"{at}.pdf", paper(at))
    assert isinstance(file, File), file
    found = case_open(by=None, case_type="supplier-invoice", reference=f"N-{at}", source="figures", data={}, file=file)
    assert isinstance(found, Opened), found
    return found.case.instance_id


def _work(cases: list[int], begun_at: float, killing: Killing) -> None:
    """As workers do: what is due, until nothing is. What failed for good is tried again, as a person would."""
    busy = Case.objects.filter(instance__in=cases, closed=False, state__startswith="Being")
    while busy.exists() and time.monotonic() - begun_at < LONGEST:
        rows = Job.objects.filter(instance__in=cases, state=Job.State.WAITING)
        for row in rows.order_by("run_at", "pk").values("instance", "job")[:50]:
            Job.objects.filter(instance=row["instance"], job=row["job"]).update(run_at=clock.utc_now())
            runner.run(row["instance"], row["job"])
            killing.mended()
        for incident in Incident.objects.filter(instance__in=cases, resolved=None):
            _tried_again(incident)


def _tried_again(incident: Incident) -> None:
    services.send(incident.instance_id, ResolveIncident(incident.incident, "retry"), SETUP)


def _stuck(cases: list[int]) -> Iterator[str]:
    """What is not done, and why."""
    states = Counter(Case.objects.filter(instance__in=cases).values_list("state", flat=True))
    yield ", ".join(f"{state}: {many}" for state, many in states.items())
    for call in ActorCall.objects.filter(instance__in=cases).exclude(outcome="done")[:10]:
        yield f"{call.capability}, {call.outcome} after {call.latency_ms:.0f} ms: {call.error}"
    for job in Job.objects.filter(instance__in=cases, ended=None).exclude(state=Job.State.INCIDENT)[:5]:
        yield f"not done: {job.capability}, {job.state}, tried {job.attempts} times: {job.last_error}"
    for incident in Incident.objects.filter(instance__in=cases, resolved=None)[:5]:
        yield f"incident: {incident.message}"


def _counted(ledger: Ledger, cases: list[int]) -> Iterator[str]:
    """What stands in Tryton, which is asked itself."""
    erp = ledger.erp
    booked = Counter(
        row["reference"] for row in erp.find("account.invoice", [["reference", "like", "N-%"]], "reference")
    )
    rows = erp.find("account.payment", [["state", "not in", list(DEAD)]], "line.move", "state")
    paid = Counter(row["line."]["move"] for row in rows)
    once = sum(booked[f"N-{at:05}"] == 1 for at in range(len(cases)))
    yield f"{once} of {len(cases)} are posted exactly once; {max(booked.values(), default=0)} times at most"
    through = sum(row["state"] == "succeeded" for row in rows)
    yield f"{through} payments went through, {max(paid.values(), default=0)} at most for an invoice"
    closed = Case.objects.filter(instance__in=cases, closed=True).count()
    yield f"{closed} of {len(cases)} cases are completed"


def _healed(ledger: Ledger, waiting: list[Case]) -> Iterator[str]:
    """The supplier of invoices that wait is renamed in Tryton; these cases are compared, and take over what differs."""
    (party,) = ledger.erp.find("party.party", [["code", "=", supplier(0)[0]]], "name")
    ledger.erp.call("model.party.party.write", [party["id"]], {"name": f"{party['name']} & Co"})
    yield "their supplier was renamed in Tryton"
    yield _apart("before", waiting)
    owner = next(iter(by_definition(waiting[0].instance.definition_id).owners))
    for case in waiting:
        row = Comparison.objects.get(instance=case.instance_id)
        with patch.object(comparing, "owner_of", lambda *_: _healing(owner)), suppress(Unreachable):
            comparing.compare(_asked(row))
    yield _apart("after", waiting)


def _posted_by_a_clerk(waiting: list[Case]) -> Iterator[str]:
    """As a person does who finds an invoice right all the same; what is refused them."""
    clerk = User.objects.create(username="erp-clerk")
    clerk.groups.add(*Group.objects.filter(name__in=("Analysts", "Senior analysts")))
    for case in waiting:
        task = HumanTask.objects.get(instance=case.instance_id, state=HumanTask.State.OPEN)
        invoice = data_of(case.instance)["invoice"]
        kept = {field.path: at_path({"invoice": invoice}, field.path) for field in form_of(task).fields}
        answers = {path: value for path, value in kept.items() if value is not None}
        outcome = task_complete(
            by=clerk, task=task, answers=answers | {"verdict": "post", "reason": "Agreed by phone."}
        )
        if not isinstance(outcome, Done):
            yield f"{case.reference}: {outcome}"


def _asked(row: Comparison) -> int:
    Comparison.objects.filter(pk=row.pk).update(state="waiting")
    return row.pk


def _healing(owner: Any) -> Any:
    return replace(owner, heals=True)


def _apart(when: str, cases: Iterable[Case]) -> str:
    """How many fields of these cases differ from what Tryton has, asked here and now."""
    fields = differ = 0
    for case in cases:
        if not Comparison.objects.filter(instance=case.instance_id).exists():
            continue
        comparing.compare(_asked(Comparison.objects.get(instance=case.instance_id)))
        row = Comparison.objects.get(instance=case.instance_id)
        owner = next(iter(by_definition(case.instance.definition_id).owners))
        copies = list(copies_of(owner, data_of(Case.objects.get(pk=case.pk).instance), row.theirs))
        fields, differ = fields + len(copies), differ + sum(copy.differs for copy in copies)
    return f"{when}: {differ} of {fields} fields differ"
