"""Is the process up, and can it do its work?

`/healthz` says that the process answers; `/readyz` says, part by part, whether what it needs is there.
Neither tells anything about cases or people, so both are open to everyone. Every part is asked at the same time, in a
thread of its own, and has a few seconds to answer: what keeps silent holds up nobody.
"""

import json
import os
import shutil
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from threading import Lock, Thread
from typing import Any, Final

import structlog
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from audit import data_keys
from audit.data_keys import KeyFault
from casework.celery import app

log = structlog.get_logger()


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 `{"status": "ok"}` from any process that can answer at all."""
    return JsonResponse({"status": "ok"})


ANSWER_WITHIN: Final = 3.0
"""Seconds that a part has to say how it is."""
LEAST_ROOM: Final = 500 * 1024 * 1024
"""Bytes. With less left, the disk of the embedded database is nearly full: said before anything fails."""


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every part is "ok", else 503: `{"status": ..., "parts": {"database": "ok", ...}}`.

    `warnings` stands there only when something will need somebody: a disk that fills up, a program that does not stay
    up. Pages go on meanwhile, so it is still 200.
    """
    parts = states()
    ready = all(state == "ok" for state in parts.values())
    body: dict[str, Any] = {"status": "ok" if ready else "unready", "parts": parts}
    if found := warnings():
        body["warnings"] = found
    return JsonResponse(body, status=200 if ready else 503)


def warnings() -> dict[str, str]:
    """What will need somebody soon, by part, in words."""
    return _little_room() | _ailing_programs()


def _little_room() -> dict[str, str]:
    """Of the embedded database only: the disk of a server of one's own is not ours to see."""
    if os.environ.get("DATABASE_URL") or not settings.EMBEDDED.state.exists():
        return {}
    left = shutil.disk_usage(settings.EMBEDDED.state).free
    return {"disk": f"nearly full: {left // 1024**2} MB left"} if left < LEAST_ROOM else {}


def _ailing_programs() -> dict[str, str]:
    """Which programs the supervisor of this state folder cannot keep up, as it wrote them down."""
    with suppress(OSError, ValueError):
        return {str(name): str(said) for name, said in json.loads(settings.EMBEDDED.ailing.read_text()).items()}
    return {}


def states() -> dict[str, str]:
    """How each part is, within ANSWER_WITHIN seconds."""
    asked = {name: _asked(name, check) for name, check in CHECKS.items()}
    wait(asked.values(), ANSWER_WITHIN)
    return {
        name: answer.result() if answer.done() else f"failed: no answer within {ANSWER_WITHIN:.0f} seconds"
        for name, answer in asked.items()
    }


_under_way: dict[str, Future[str]] = {}
_one_at_a_time = Lock()


def _asked(name: str, check: Callable[[], str]) -> Future[str]:
    """The answer to come. A part that has not yet answered the last question is not asked another one."""
    with _one_at_a_time:
        answer = _under_way.get(name)
        if answer is None or answer.done():
            answer = _under_way[name] = Future()
            Thread(target=_answer, args=(answer, check), name=f"health {name}", daemon=True).start()
        return answer


def _answer(answer: Future[str], check: Callable[[], str]) -> None:
    state = _state_of(check)
    connection.close()
    answer.set_result(state)


def _state_of(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:  # whatever a driver raises, the part is not ready; its text may name hosts or people
        return f"failed: {type(error).__name__}"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(missing)} not applied" if missing else "ok"


def _broker() -> str:
    with app.connection_for_write(connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
    return "ok"


def _keys() -> str:
    try:
        data_keys.prove()
    except KeyFault as fault:
        log.error("the master key does not fit", fault=str(fault))  # with its path, which is for nobody else
        return "failed: the master key is missing, or opens none of the data keys; what is sealed cannot be opened"
    return "ok"


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database, "migrations": _migrations, "broker": _broker, "keys": _keys,
}  # fmt: skip
