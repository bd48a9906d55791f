"""What is the least that the same steps could cost? The durable writes alone, one statement a step.

A step's rows as data-modifying parts of one statement, prepared, in a session that is kept, which is a transaction by
itself: the least that we know. No lock is taken, no state read, no rule evaluated, nothing hashed, no model called.
"""

from __future__ import annotations

from collections.abc import Callable

import psycopg

TABLES = """
create table if not exists floor_case (id bigserial primary key, reference text, state text, closed bool, data bytea);
create table if not exists floor_job (id bigserial primary key, case_id bigint, capability text, state text,
                                      input bytea);
create table if not exists floor_task (id bigserial primary key, case_id bigint, name text, state text, grp text,
                                       due timestamptz);
create table if not exists floor_audit (case_id bigint, sequence int, action text, actor text, at timestamptz,
                                        body bytea, digest bytea, primary key (case_id, sequence));
create index if not exists floor_jobs on floor_job (case_id);
create index if not exists floor_tasks on floor_task (case_id);
"""
NUMBER = "select nextval('floor_case_id_seq')"
AUDIT = """audit as (
    insert into floor_audit select %(case)s, s, 'node', 'somebody', now(), %(body)b, %(digest)b
    from generate_series(%(first)s::int, %(last)s::int) s)"""
OPENED = f"""with opened as (insert into floor_case values (%(case)s, 'r', 'new', false, %(data)b)),
jobs as (insert into floor_job (case_id, capability, state, input)
         select %(case)s, c, 'waiting', %(body)b from unnest(array['intent', 'sentiment']) c), {AUDIT} select 1"""
ANSWERED = f"""with done as (update floor_job set state = 'done' where case_id = %(case)s and capability = %(what)s),
{AUDIT} select 1"""
ROUTED = f"""with done as (update floor_job set state = 'done' where case_id = %(case)s and capability = %(what)s),
task as (insert into floor_task (case_id, name, state, grp, due)
         values (%(case)s, 'check', 'open', 'analysts', now())), {AUDIT} select 1"""
REVIEWED = f"""with task as (update floor_task set state = 'completed' where case_id = %(case)s),
ended as (update floor_case set state = 'completed', closed = true where id = %(case)s), {AUDIT} select 1"""
STRAIGHT = f"""with opened as (insert into floor_case values (%(case)s, 'r', 'completed', true, %(body)b)),
task as (insert into floor_task (case_id, name, state) values (%(case)s, 'check', 'open')), {AUDIT} select 1"""
ENDED = f"""with task as (update floor_task set state = 'completed' where case_id = %(case)s),
ended as (update floor_case set state = 'completed', data = %(body)b where id = %(case)s), {AUDIT} select 1"""
BODY, DIGEST, DATA = b"x" * 120, b"d" * 32, b"d" * 600

Step = Callable[[str, int, int, int, str], None]
"""Runs a statement for a case with the audit rows from `first` to `last`, about some capability."""


def routed(dsn: str) -> Callable[[], int]:
    """A call does the least durable writes of a complaint from intake to its task, and gives its number."""
    step, number = _session(dsn)

    def run() -> int:
        case = number()
        step(OPENED, case, 1, 1, "")
        step(ANSWERED, case, 2, 2, "intent")
        step(ROUTED, case, 3, 4, "sentiment")
        return case

    return run


def complaint(dsn: str) -> Callable[[], None]:
    """The same to its reviewed answer."""
    to_the_task = routed(dsn)
    step, _ = _session(dsn)
    return lambda: step(REVIEWED, to_the_task(), 5, 5, "")


def process(dsn: str, *, person: bool) -> Callable[[], None]:
    """Case, task and one audit row a node; where a person has a part in it, in two steps."""
    step, number = _session(dsn)

    def run() -> None:
        case = number()
        step(STRAIGHT, case, 1, 5 if person else 6, "")
        if person:
            step(ENDED, case, 6, 7, "")

    return run


def _session(dsn: str) -> tuple[Step, Callable[[], int]]:
    connection = psycopg.connect(dsn, autocommit=True)
    connection.prepare_threshold = 1
    connection.execute(TABLES)
    cursor = connection.cursor()

    def step(statement: str, case: int, first: int, last: int, what: str) -> None:
        given = {"case": case, "first": first, "last": last, "what": what, "body": BODY, "digest": DIGEST, "data": DATA}
        cursor.execute(statement, given)  # type: ignore[call-overload]

    return step, lambda: cursor.execute(NUMBER).fetchone()[0]  # type: ignore[index]
