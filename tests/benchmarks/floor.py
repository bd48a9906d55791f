"""What is the least that the same steps could cost? The durable writes alone, in psycopg's pipeline mode.

Four transactions, as many as the product makes: (1) case, instance, two jobs, an audit row; (2) the first job's end and
its audit row; (3) the second job's end, the decision's audit row, the task with its candidate; (4) the task's end, the
case's end, an audit row. No lock is taken, no state read, no rule evaluated, nothing hashed, no model called.
"""

from __future__ import annotations

from collections.abc import Callable

import psycopg

TABLES = """
create table floor_case (id bigserial primary key, reference text, state text, closed bool, data bytea);
create table floor_job (id bigserial primary key, case_id bigint, capability text, state text, input bytea);
create table floor_task (id bigserial primary key, case_id bigint, name text, state text, grp text, due timestamptz);
create table floor_audit (case_id bigint, sequence int, action text, actor text, at timestamptz, body bytea,
                          digest bytea, primary key (case_id, sequence));
create index on floor_job (case_id); create index on floor_task (case_id);
"""
JOB = "insert into floor_job (case_id, capability, state, input) values (%s, %s, 'waiting', %s)"
AUDIT = "insert into floor_audit values (%s, %s, %s, 'somebody', now(), %s, %s)"
BODY, DIGEST, DATA = b"x" * 120, b"d" * 32, b"d" * 600


def complaint(dsn: str) -> Callable[[], None]:
    """A call does the least durable writes of one complaint, from intake to its reviewed answer."""
    connection = psycopg.connect(dsn, autocommit=True)
    connection.prepare_threshold = 1
    if connection.execute("select to_regclass('floor_case')").fetchone() == (None,):
        connection.execute(TABLES)
    cursor = connection.cursor()

    def run() -> None:
        case = cursor.execute("select nextval('floor_case_id_seq')").fetchone()[0]  # type: ignore[index]
        with connection.pipeline(), connection.transaction():
            cursor.execute("insert into floor_case values (%s, 'r', 'new', false, %s)", [case, DATA])
            for capability in ("intent", "sentiment"):
                cursor.execute(JOB, [case, capability, BODY])
            cursor.execute(AUDIT, [case, 1, "opened", BODY, DIGEST])
        for sequence, capability in ((2, "intent"), (3, "sentiment")):
            with connection.pipeline(), connection.transaction():
                cursor.execute("update floor_job set state = 'done' where case_id = %s and capability = %s",
                               [case, capability])  # fmt: skip
                cursor.execute(AUDIT, [case, sequence, "answered", BODY, DIGEST])
                if sequence == 3:
                    cursor.execute(AUDIT, [case, 4, "decided", BODY, DIGEST])
                    cursor.execute("insert into floor_task (case_id, name, state, grp, due) "
                                   "values (%s, 'check', 'open', 'analysts', now())", [case])  # fmt: skip
        with connection.pipeline(), connection.transaction():
            cursor.execute("update floor_task set state = 'completed' where case_id = %s", [case])
            cursor.execute("update floor_case set state = 'completed', closed = true where id = %s", [case])
            cursor.execute(AUDIT, [case, 5, "answered", BODY, DIGEST])

    return run
