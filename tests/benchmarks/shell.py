"""What does a case cost in the whole shell? Against the bare writes, late in its life, and beside many closed cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from django.contrib.auth.models import Group, User
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.sql import SQL, Identifier

from audit.db.sql import asked
from audit.services import Origin
from casework.access.roles import ensure_roles
from casework.intake.services import Opened, case_open
from casework.models import Case
from casework.tasks.services import task_complete
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.engine.commands import CompleteJob, CompleteTask, StartCase
from orchestration.models import Definition, HumanTask, Instance, Job
from orchestration.shell import nudges, services
from orchestration.shell.services import Done
from tests.benchmarks import floor
from tests.benchmarks.ratios import in_turns, middle, ratio
from tests.sql import statements

DATA = {"message": "I asked for a refund two weeks ago and nothing has happened.",
        "customer": {"name": "Maria Sandoval", "email": "maria@example.org"}}  # fmt: skip
ANSWERS = {
    "intent": {"label": "refund_request", "confidence": 0.93, "alternatives": []},
    "sentiment": {"label": "neutral", "confidence": 0.9, "score": 0.0},
}
BENCH = Origin("system:bench")
JOBS: LiteralString = "select job, capability from orchestration_job where instance_id = %(instance)s order by job"
COPIES = -1_000_000  # copies of closed cases stand below this number
EVENTS = 5  # of its history that a copy keeps: what a step reads and writes is found by an index either way
COPY_RIGHTS = """
insert into casework_casegroupobjectpermission (content_object_id, group_id, permission_id)
select c.id, g.id, p.id from casework_case c, auth_group g, auth_permission p
where c.instance_id < -1000000 and g.name = 'Senior analysts' and p.codename = 'view_case'
"""
NUMBERS = count(floor.FIRST_REFERENCE)


def analyst() -> User:
    """Somebody who works complaints."""
    person, _ = User.objects.get_or_create(username="bench")
    person.groups.set(Group.objects.filter(name="Analysts"))
    return person


def complaint(by: User) -> Callable[[], int]:
    """A call brings one complaint from intake to its approved answer through the product's own services; its number."""
    nudges._send = lambda *message: None  # no broker in this measurement: a nudge is not a durable write

    def run() -> int:
        case = complaint_to_check(f"bench {next(NUMBERS)}")
        task = HumanTask.objects.select_related("instance__case").get(instance=case.instance_id, state="open")
        done = task_complete(by=by, task=task, answers={"verdict": "accept"})
        assert isinstance(done, Done)
        return case.instance_id

    return run


def complaint_to_check(reference: str) -> Case:
    """A new complaint as far as a person has to check its draft; what the models say is said for them."""
    opened = case_open(by=None, case_type="complaint", reference=reference, source="bench", data=DATA)
    assert isinstance(opened, Opened)
    instance = opened.case.instance_id
    for number, capability in asked(JOBS, {"instance": instance}).fetchall():
        assert isinstance(services.send(instance, CompleteJob(number, ANSWERS[capability]), BENCH), Done)
    return opened.case


def against_the_floor(dsn: str) -> Iterator[str]:
    work = complaint(analyst())
    bare_writes = floor.writes(dsn, work, next(NUMBERS) + 1)
    shell, bare = in_turns(7, 30, work, bare_writes)
    for name, way in (("whole shell", shell), ("bare writes", bare)):
        rate, client = 1000 / middle(way), middle(way, "cpu")
        yield f"{name}   {middle(way):7.2f} ms a case ({rate:5.0f} cases/s), client CPU {client:.2f} ms"
    yield f"ratio         {ratio(shell, bare):7.2f} (wall), {ratio(shell, bare, 'cpu'):.2f} (client CPU)"


def statements_and_bytes() -> Iterator[str]:
    """Each step of one complaint: SQL statements beside BEGIN and COMMIT, and bytes of the state document."""
    definition = Definition.objects.filter(key="complaint").latest("version")
    with statements() as sent:
        started = services.start(definition, StartCase("complaint", DATA), BENCH)
    assert isinstance(started, Done)
    yield _line("start", sent, started)
    for number, capability in Job.objects.filter(instance=started.instance).values_list("job", "capability"):
        with statements() as sent:
            done = services.send(started.instance, CompleteJob(number, ANSWERS[capability]), BENCH)
        yield _line(capability, sent, done)
    item = HumanTask.objects.get(instance=started.instance, state="open").item
    with statements() as sent:
        done = services.send(started.instance, CompleteTask(item, {"verdict": "accept"}), BENCH)
    yield _line("human task", sent, done)


def _line(step: str, sent: list[str], done: Any) -> str:
    assert isinstance(done, Done), done
    row = Instance.objects.get(pk=done.instance)
    return f"{step:12}  {len(sent)} statements, {len(done.events):2} events, {len(row.items):5} bytes of state"


def late_in_life(rounds: int = 1000) -> Iterator[str]:
    """The step time of a case that goes round and round, in turns with one that has only begun to."""
    old, old_step = going_round()
    size = len(Instance.objects.get(pk=old).items)
    for _ in range(rounds):
        old_step()
    _, young_step = going_round()
    young, late = in_turns(9, 10, young_step, old_step)
    yield (f"10th to 100th step {middle(young):.2f} ms, from the {rounds:,}th on {middle(late):.2f} ms, "
           f"ratio {ratio(late, young):.2f} wall, {ratio(late, young, 'cpu'):.2f} CPU")  # fmt: skip
    yield f"state document: {size} bytes then, {len(Instance.objects.get(pk=old).items)} bytes now"


def going_round() -> tuple[int, Callable[[], None]]:
    """An endless case, and a call that completes its open task once more."""
    published = deploy(folder_files(Path(__file__).parent / "loop"), BENCH)
    assert isinstance(published, Published)
    ensure_roles(published.case_type)
    started = services.start(published.definition, StartCase("loop"), BENCH)
    assert isinstance(started, Done)
    open_task = [next(iter(started.effects.tasks))]

    def step() -> None:
        done = services.send(started.instance, CompleteTask(open_task[0]), BENCH)
        assert isinstance(done, Done), done
        open_task[0] = next(iter(done.effects.tasks))

    return started.instance, step


def beside_closed_cases(dsn: str, many: int = 1_000_000) -> Iterator[str]:
    """The same case in turns in two databases of one PostgreSQL: one with few cases, one with many closed ones."""
    work = complaint(analyst())
    closed = work()
    few, lot = connections["default"], _beside(dsn)
    connections["default"] = lot
    copy_closed(closed, many)
    in_few, in_lot = in_turns(15, 20, _in(few, work), _in(lot, work))
    yield (f"few cases {middle(in_few):.2f} ms a case, beside {many:,} closed ones {middle(in_lot):.2f} ms, "
           f"ratio {ratio(in_lot, in_few):.2f} wall, {ratio(in_lot, in_few, 'cpu'):.2f} CPU")  # fmt: skip
    yield f"each closed case has all its rows, and the first {EVENTS} events of its history"
    lot.close()
    connections["default"] = few


def _beside(dsn: str) -> BaseDatabaseWrapper:
    """A copy of the database, on the same server, and Django's connection to it."""
    here = connections["default"]
    here.close()
    name = here.settings_dict["NAME"]
    with psycopg.connect(dsn, dbname="postgres", autocommit=True) as admin:
        admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])
        admin.execute(SQL("create database beside template {}").format(Identifier(name)))
    there = here.copy()
    there.settings_dict["NAME"] = "beside"
    return there


def _in(database: BaseDatabaseWrapper, work: Callable[[], object]) -> Callable[[], object]:
    def run() -> object:
        connections["default"] = database
        return work()

    return run


def copy_closed(instance: int, many: int) -> None:
    """Copies of a closed case with its rows, under numbers of their own."""
    tables = {
        "orchestration_instance": "id", "casework_case": "instance_id", "orchestration_job": "instance_id",
        "orchestration_humantask": "instance_id", "audit_auditevent": "chain", "audit_auditpayload": "chain",
    }  # fmt: skip
    with connection.cursor() as cursor:
        for table, owner in tables.items():
            _copy(cursor, table, owner, instance, many)
        cursor.execute(COPY_RIGHTS)
        cursor.execute("vacuum analyze")
        cursor.execute("checkpoint")


def _copy(cursor: Any, table: str, owner: str, instance: int, many: int) -> None:
    cursor.execute(
        "select column_name from information_schema.columns where table_name = %s order by ordinal_position", [table]
    )
    columns = [name for (name,) in cursor.fetchall()]
    values = {owner: f"{COPIES} - n", "reference": "'copy ' || n", "reference_key": "'copy ' || n"}
    kept = [name for name in columns if name != "id" or owner == "id"]
    chosen = ", ".join(values.get(name, f"t.{name}") for name in kept)
    early = f"and t.sequence <= {EVENTS}" if owner == "chain" else ""
    cursor.execute(
        f"insert into {table} ({', '.join(kept)}) select {chosen} from {table} t, generate_series(1, %s) n "
        f"where t.{owner} = %s {early}", [many, instance],
    )  # fmt: skip
