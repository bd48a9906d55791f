"""How is an agent outside told of its task at an address of its own? (push notifications, A2A 1.0, 4.3)

What is told is what whoever asked may see at that moment, and only for as long as they may and their token is good. A
case is looked at again when something happened in it; what is not taken is tried again, ten times with longer and
longer pauses. Only listed hosts are called, and of these only such as are named for agents: who may follow a case does
not have us write to any system of the house. What the agent wants to be shown is kept encrypted.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import orjson
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.crypto import salted_hmac

from casework.access import permissions
from casework.access.factors import must_have_second
from casework.access.models import ApiToken
from casework.access.within import limit
from casework.agents.a2a.task import is_over, news, stands, task_of
from casework.agents.models import TaskPush
from casework.cases.services import case_viewed
from casework.models import Case
from orchestration.actors.hosts.addresses import HostRefused, permitted
from orchestration.actors.hosts.client import Bounds, Sent, WireFault, exchange
from orchestration.actors.hosts.register import listed_hosts
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs.retry import RetryPolicy
from orchestration.shell.nudges import nudge_pushes

Json = dict[str, Any]
MOST: Final = 10
"""Addresses that one person has for one task."""
AT_ONCE: Final = 100
PAUSES: Final = RetryPolicy(timedelta(seconds=5), 3, timedelta(hours=1), jitter=0.2)
TRIES: Final = 10
BOUNDS: Final = Bounds(seconds=10, most_bytes=64 * 1024)
NOT_FOR_AGENTS: Final = "No agent is told there. Whoever runs the product names such hosts: CASEWRIGHT_AGENT_HOSTS."
TYPE: Final = "application/a2a+json"
PORTS: Final = {"http": 80, "https": 443}


def wrong_address(url: str) -> str:
    """Why nothing will be sent there; empty: it will."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in PORTS or parts.username is not None:
            return "Name an address that begins with https:// and holds no name or password."
        port = parts.port or PORTS[parts.scheme]
        name = permitted(parts.hostname or "", port, listed_hosts()).host
    except (HostRefused, ValueError) as refused:
        return str(refused)
    return "" if {name, f"{name}:{port}"} & {*settings.AGENT_HOSTS} else NOT_FOR_AGENTS


@transaction.atomic
def push_keep(*, person: User, token: Any, case: Case, asked: Mapping[str, Any]) -> TaskPush | Refused:
    """Tell this person's agent of this case there from now on; the same name again replaces what it named."""
    if why := wrong_address(asked["url"]):
        return Refused("invalid", "Correct what `errors` names and send it again.", {"url": why})
    mine = TaskPush.objects.select_for_update().filter(case=case, person=person)
    name = asked.get("id") or uuid4().hex
    if mine.exclude(name=name).count() >= MOST:
        return Refused("many", f"{MOST} addresses are the most for one task. Take one back first.")
    row, _ = TaskPush.objects.update_or_create(case=case, person=person, name=name, defaults={
        "token": token if isinstance(token, ApiToken) and not token.client else None, "url": asked["url"],
        "sealed": _sealed(asked), "stood": stands(task_of(person, case)), "seen": _head(case), "error": "",
        "run_at": clock.utc_now(), "attempts": 0, "ended": None, "created": clock.utc_now(),
    })  # fmt: skip
    return row


def shown(row: TaskPush) -> Json:
    """As its agent reads it: what it wants to be shown is not shown again."""
    return {"id": row.name, "taskId": str(row.case_id), "url": row.url}


def look_after() -> None:
    """Have a worker bring what is to be told."""
    if due().exists():
        nudge_pushes()


def due() -> QuerySet[TaskPush]:
    """Those in whose case something has happened since, or that wait for another try."""
    under_way = TaskPush.objects.filter(ended=None, run_at__lte=clock.utc_now())
    return under_way.filter(Q(case__instance__head_sequence__gt=F("seen")) | Q(attempts__gt=0))


def deliver(number: int) -> None:
    """Look at the task and tell its agent where it stands otherwise than before.

    It is put off before that, so that of two workers one tells, and so that one that dies loses nothing.
    """
    now = clock.utc_now()
    if not due().filter(pk=number).update(run_at=now + timedelta(seconds=4 * BOUNDS.seconds)):
        return
    row = TaskPush.objects.select_related("case__instance", "person", "token").get(pk=number)
    seen = _head(row.case)
    task = _as_they_see_it(row, now)
    if task is None:
        _keep(row, ended=now, error="Whoever asked may not see the case any more, or their token has ended.")
    elif stands(task) == row.stood:
        _keep(row, seen=seen, run_at=now, attempts=0)
    elif error := _brought(row, task):
        again = row.attempts + 1 < TRIES
        later = now + PAUSES.pause(row.attempts + 1)
        _keep(row, attempts=row.attempts + 1, error=error[:500], run_at=later, ended=None if again else now)
    else:
        over = is_over(task)
        _keep(row, stood=stands(task), seen=seen, run_at=now, attempts=0, error="", ended=now if over else None)


def _as_they_see_it(row: TaskPush, now: datetime) -> Json | None:
    """The task as whoever asked may see it now; None where they may not."""
    person, token = row.person, row.token
    if not person.is_active or (token is not None and not _is_good(token, now)):
        return None
    if token is not None:
        limit(person, token.case_types, token.purposes)
    try:
        case = permissions.case_for_user(person, row.case_id, "view")
    except (permissions.Unseen, permissions.Denied):
        return None
    task = task_of(person, case)
    if is_over(task):
        case_viewed(by=person, case=case)
    return task


def _is_good(token: ApiToken, now: datetime) -> bool:
    shown = token.second or not must_have_second(token.person)
    return shown and token.revoked is None and (token.expires is None or token.expires > now)


def _brought(row: TaskPush, task: Json) -> str:
    """What went wrong; "" where all was taken."""
    if wrong := wrong_address(row.url):
        return wrong
    wanted = _opened(row.sealed)
    headers = {"Content-Type": TYPE, "A2A-Version": "1.0"}
    credentials: dict[str, str] = {}
    if token := wanted.get("token"):
        credentials["X-A2A-Notification-Token"] = token
    if wanted.get("scheme") and wanted.get("credentials"):
        credentials["Authorization"] = f"{wanted['scheme']} {wanted['credentials']}"
    for one in [{"task": task}] if is_over(task) else news(task):
        try:
            body = orjson.dumps(one, default=str)
            got = exchange(Sent("POST", row.url, headers, body, credentials), listed_hosts(), BOUNDS)
        except (WireFault, ValueError) as fault:
            return str(fault)
        if not 200 <= got.status < 300:
            return f"It answered {got.status}."
    return ""


def _keep(row: TaskPush, **changed: Any) -> None:
    TaskPush.objects.filter(pk=row.pk).update(**changed)


def _head(case: Case) -> int:
    return int(case.instance.head_sequence)


def _sealed(asked: Mapping[str, Any]) -> str:
    shown = asked.get("authentication") or {}
    wanted = {"token": asked.get("token", ""), **{name: shown.get(name, "") for name in ("scheme", "credentials")}}
    return _cipher().encrypt(orjson.dumps(wanted)).decode() if any(wanted.values()) else ""


def _opened(sealed: str) -> Mapping[str, str]:
    """Nothing after the product's secret key was changed: then the agent is told without, and may refuse it."""
    try:
        found: Mapping[str, str] = orjson.loads(_cipher().decrypt(sealed.encode())) if sealed else {}
    except InvalidToken:
        return {}
    return found


def _cipher() -> Fernet:
    key = salted_hmac("casework.agents.a2a.pushes", "what agents want to be shown", algorithm="sha256").digest()
    return Fernet(urlsafe_b64encode(key))
