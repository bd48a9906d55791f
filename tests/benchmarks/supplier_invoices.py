"""Do forty photographed receipts and a hundred invoices go through the case type for suppliers' invoices, each once?

The invoices are those of `papers`, the receipts those that `receipts` reads; the ERP is the stand-in, which knows the
suppliers and orders of the invoices and none of the receipts'. What a person is asked is answered: who checks posts
what the ERP has an order for and refuses the rest, who approves approves. `THROUGH=10` takes so many of each.
"""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time
from typing import Any, Final

from django.contrib.auth.models import Group, User

from casework.access.roles import SETUP
from casework.documents.services import File, file_of
from casework.intake.services import Opened, case_open
from casework.models import Case
from casework.runtime.stand_ins.place import STAND_IN, STAND_IN_HOST
from casework.runtime.stand_ins.server import server
from casework.runtime.stand_ins.store import Store
from casework.tasks.services import task_complete
from casework.tasks.task_page import form_of
from orchestration.actors.hosts.register import host_allow
from orchestration.casetypes.form_answers import at_path
from orchestration.jobs import runner
from orchestration.models import HumanTask, Incident, Job
from orchestration.shell.selectors import data_of
from orchestration.shell.services import Done
from tests.benchmarks.papers import Paper, invoices
from tests.benchmarks.receipts import RECEIPTS
from tests.casework.actions import as_seen

MOST: Final = int(os.environ.get("THROUGH", "100"))
ROUNDS: Final = 30
"""More steps than any invoice takes."""
KEYED_IN: Final[dict[str, Any]] = {
    "invoice.supplier": "Not read", "invoice.number": "not-read", "invoice.date": "2026-01-01", "invoice.net": "1",
    "invoice.tax": "0", "invoice.total": "1",
}  # fmt: skip
NOT_OURS: Final = {"verdict": "refuse", "reason": "No order of ours."}


def figures() -> Iterator[str]:
    """A line for the invoices, one for the receipts, and what stands in the ERP at the end."""
    papers = list(invoices(MOST))
    with _erp(papers) as store:
        clerk, approver = _person("through-clerk"), _person("through-approver")
        files = [(f"I-{at}", f"{at}.pdf", paper.pdf) for at, paper in enumerate(papers)]
        yield from _gone_through("invoices", files, clerk, approver)
        pictures = sorted(RECEIPTS.glob("*.jpg"))[:MOST] if RECEIPTS.is_dir() else []
        files = [(f"B-{path.stem}", path.name, path.read_bytes()) for path in pictures]
        yield from _gone_through("receipts", files, clerk, approver)
        yield from _booked(store, papers)


@contextmanager
def _erp(papers: list[Paper]) -> Iterator[Store]:
    """The stand-in, with the suppliers and orders of these papers; of two of one name it knows the first's account."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "erp.sqlite")
        known: dict[str, str] = {}
        for at, paper in enumerate(papers):
            told = {name: str(value) for name, value in paper.truth.items()}
            if told["company"] not in known:
                known[told["company"]] = f"S-{at:04}"
                store.added("insert into erp_suppliers values (?, ?, ?)", f"S-{at:04}", told["company"], told["iban"])
            order = (told["order"], known[told["company"]], paper.truth["total"])
            store.added("insert or ignore into erp_orders values (?, ?, ?)", *order)
        asked = server(store, socket.create_server(("127.0.0.1", 0)))
        threading.Thread(target=asked.serve_forever, daemon=True).start()
        os.environ[STAND_IN] = f"http://{STAND_IN_HOST}:{asked.socket.getsockname()[1]}"
        host_allow(STAND_IN_HOST, None, private=True, note="figures", origin=SETUP)
        try:
            yield store
        finally:
            asked.shutdown()


def _person(name: str) -> User:
    user = User.objects.create(username=name)
    user.groups.add(*Group.objects.filter(name__in=("Analysts", "Senior analysts")))
    return user


def _gone_through(what: str, files: list[tuple[str, str, bytes]], clerk: User, approver: User) -> Iterator[str]:
    """How many went through by themselves, how many by a person, and how many are left."""
    if not files:
        yield f"{what}: none are here"
        return
    begun, ways = process_time(), Counter[str]()
    for reference, name, content in files:
        case = _opened(reference, name, content)
        ways[_finished(case, clerk, approver)] += 1
    told = ", ".join(f"{many} {way}" for way, many in ways.most_common())
    yield f"{len(files)} {what}: {told}; {(process_time() - begun) / len(files):.2f} s of CPU each beside the reader's"


def _opened(reference: str, name: str, content: bytes) -> Case:
    file = file_of(name, content)
    assert isinstance(file, File), file
    found = case_open(by=None, case_type="supplier-invoice", reference=reference, source="figures", data={}, file=file)
    assert isinstance(found, Opened), found
    return found.case


def _finished(case: Case, clerk: User, approver: User) -> str:
    """Machines and people do what there is to do; which way it went."""
    way = "posted and paid by themselves"
    for _ in range(ROUNDS):
        for number in Job.objects.filter(instance=case.instance_id, state=Job.State.WAITING).values_list("job"):
            runner.run(case.instance_id, number[0])
        task = HumanTask.objects.filter(instance=case.instance_id, state=HumanTask.State.OPEN).first()
        if Case.objects.get(pk=case.pk).closed:
            return way
        if task is not None and way.startswith("held up"):
            return way
        if task is not None:
            way = _answered(case, task, clerk, approver, way)
    stuck = Incident.objects.filter(instance=case.instance_id, resolved=None).values_list("message", flat=True)
    return f"left: {', '.join(stuck) or task}"


def _answered(case: Case, task: HumanTask, clerk: User, approver: User, way: str) -> str:
    """A person's answer, and which way that makes it."""
    if task.name.startswith("Approve"):
        answers, by, now = {"approval.verdict": "approve"}, approver, way.replace("by themselves", "with an approval")
    else:
        data = data_of(case.instance)
        posts = bool((data.get("match") or {}).get("order"))
        answers, by = _checked(task, data, posts), clerk
        now = "posted and paid by people" if posts else "refused by a clerk, as the ERP knows no such order"
    outcome = task_complete(by=by, task=task, answers=answers, seen_as=as_seen(by, task))
    return now if isinstance(outcome, Done) else f"held up: {outcome}"


def _checked(task: HumanTask, data: Any, posts: bool) -> dict[str, Any]:
    """What was read, what is keyed in where nothing was, and what is to become of it."""
    fields = [field.path for field in form_of(task).fields]
    read = {path: value for path in fields if (value := at_path(data, path)) is not None}
    said = {"verdict": "post", "reason": "As the ERP has it."} if posts else NOT_OURS
    return {path: value for path, value in (KEYED_IN | read | said).items() if path in fields}


def _booked(store: Store, papers: list[Paper]) -> Iterator[str]:
    """What the ERP has of the invoices, counted by supplier, number and sum."""
    rows = store.rows(
        "select i.number, i.total, p.amount from erp_invoices i left join erp_payments p on p.invoice = i.id"
    )
    booked = Counter((row["number"], row["total"], row["amount"]) for row in rows)
    wanted = [(str(one.truth["number"]), one.truth["total"], one.truth["total"]) for one in papers]
    right = sum(booked[one] == 1 for one in wanted)
    others = sum(booked.values()) - right - 1  # one it has from before
    yield f"in the ERP: {right} of {len(papers)} invoices posted and paid once with their own sum, {others} others"
