"""Is it found within a second what somebody did, of one kind, in one case, for one reason, among millions of events?

Made-up events of as many cases as there are hundreds of them: a few actions are frequent and most rare, and so are the
people who did them. `REGISTER_EVENTS=10000000 python -m tests.benchmarks registers` loads ten million. The links are
not chained: this measures reading, not verifying.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import connection

from audit.sealed_values import case_subject, sealed
from casework.governance.register import Wanted, found
from orchestration.ground import clock

EVENTS: Final = "REGISTER_EVENTS"
"""An environment variable with the number of events."""
ROUNDS: Final = 5
MOST: Final = 1000.0
"""Milliseconds that are aimed at for the slowest."""
_LINKS: Final = """
insert into audit_auditevent (chain, sequence, action, actor, on_behalf_of, cause, at, definition, rule_hits,
                              payload_digest, previous, digest)
select 1000000000 + n / 100, n %% 100 + 1,
       case when n %% 9973 = 0 then 'case.edited' when n %% 1009 = 0 then 'task.priority'
            when n %% 7 = 0 then 'engine.DecisionEvaluated'
            when n %% 10 = 0 then 'task.claimed' when n %% 3 = 0 then 'actor.called' else 'engine.ItemChanged' end,
       case when n %% 50021 = 0 then 'person:rare' when n %% 4 = 0 then 'person:often' else 'system' end, '', '',
       now() - (%(events)s - n) * interval '1 second',
       case when n %% 60013 = 0 then 'complaint v2' else 'complaint v1' end,
       case when n %% 9973 = 0 or n %% 1009 = 0 or n %% 7 <> 0 then ''
            when n %% 70021 = 0 then '["rare"]' else '["often"]' end, '', '', ''
from generate_series(1, %(events)s::bigint) n"""
_SPOKEN: Final = """
select chain, sequence, action from audit_auditevent
where chain >= 1000000000 and action in ('case.edited', 'task.priority')"""
_CONTENT: Final = b'{"path": "amount", "reason": "as the customer wrote"}'
_SOUGHT: Final[dict[str, dict[str, Any]]] = {
    "everything": {}, "one kind": {"register": "ai"}, "a rare kind": {"action": "case.edited"},
    "one who did much": {"actor": "person:often"}, "one who did little": {"actor": "person:rare"},
    "one who did nothing": {"actor": "person:none"},
    "somebody's of a rare kind": {"actor": "system", "action": "case.edited"},
    "a day long ago": {"before": 0.5}, "a field": {"field": "amount"}, "a reason": {"reason": "customer wrote"},
    "what nobody said": {"reason": "nobody said so"}, "a frequent version": {"version": "complaint v1"},
    "a rare version": {"version": "complaint v2"}, "a version that none is": {"version": "complaint v9"},
    "a frequent rule": {"rule": "often"}, "a rare rule": {"rule": "rare"}, "a rule that none is": {"rule": "none"},
}  # fmt: skip


def figures() -> Iterator[str]:
    events = int(os.environ.get(EVENTS, "1000000"))
    with connection.cursor() as cursor:
        cursor.execute(_LINKS, {"events": events})
        _say(cursor)
        cursor.execute("vacuum analyze audit_auditevent, audit_auditpayload")
    reader, _ = User.objects.get_or_create(username="registers", is_superuser=True)
    yield f"{events:,} events"
    slowest = 0.0
    for name, given in _SOUGHT.items():
        took, rows = _took(given, reader, events)
        slowest = max(slowest, took)
        yield f"  {name:26} {took:8.1f} ms, {rows} found"
    yield f"  slowest {slowest:.0f} ms; aim {MOST:.0f}: {'held' if slowest <= MOST else 'NOT held'}"


def _say(cursor: Any) -> None:
    """What was edited is sealed, each under the key of its case; why a task was hurried stands in clear."""
    cursor.execute(_SPOKEN)
    rows = cursor.fetchall()
    with cursor.copy("copy audit_auditpayload (chain, sequence, salt, body) from stdin") as kept:
        for chain, sequence, action in rows:
            own = sealed(case_subject(chain), _CONTENT) if action == "case.edited" else _CONTENT
            kept.write_row((chain, sequence, b"", own))


def _took(given: dict[str, Any], reader: User, events: int) -> tuple[float, int]:
    """Milliseconds of the middle one of a few searches, and how many events one shows."""
    now = clock.utc_now() + timedelta(minutes=1)
    before = now - given.get("before", 0) * events * timedelta(seconds=1)
    wanted = Wanted(**{"register": "all", "since": now - timedelta(days=36500), **given, "before": before})
    times, rows = list[float](), 0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        rows = len(found(wanted, reader))
        times.append(1000 * (time.perf_counter() - began))
    return sorted(times)[ROUNDS // 2], rows
