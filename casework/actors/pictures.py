"""Where are the pictures that a bot takes of what it types, and who may see them?

Files below the state folder (`PICTURES`), named by the digest of what is in them, those of a case in a folder of its
own; ledger and history name them. A picture shows what was typed in clear, so it is for those from whom nothing of the
case is hidden.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from casework.access import permissions
from casework.cases.read.case_view import look
from casework.models import Case
from casework.web.decorators import person, reads
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import ActorCall

Json = Any

PNG: Final = b"\x89PNG\r\n\x1a\n"
LARGEST: Final = 2 * 2**20
MOST: Final = 500
"""Pictures of one case."""
NAME: Final = re.compile(r"[0-9a-f]{64}\.png")


@dataclass(frozen=True, slots=True)
class Step:
    what: str
    at: str
    picture: str


def picture_keep(instance: int, content: bytes) -> str | Refused:
    """Keep a picture with a case; its name. The same twice is one."""
    if not content.startswith(PNG):
        return Refused("invalid", "This is no picture in PNG.")
    folder = _folder(instance)
    folder.mkdir(parents=True, exist_ok=True)
    name = sha256(content).hexdigest() + ".png"
    if (folder / name).exists():
        return name
    if sum(1 for _ in folder.iterdir()) >= MOST:
        return Refused("full", f"There are {MOST} pictures of this case; no more are kept.")
    beside = folder / f"{name}.{os.getpid()}"
    beside.write_bytes(content)
    beside.rename(folder / name)
    return name


@reads
def picture(request: HttpRequest, case_id: int, name: str) -> HttpResponse:
    """A picture of a case, for who sees all of it."""
    user = person(request)
    case = permissions.case_for_user(user, case_id, "view")
    if not sees_all(user, case):
        permissions.deny(user, case, "view", f"picture of case {case.pk}")
    path = _folder(case.instance_id) / name
    if not NAME.fullmatch(name) or not path.is_file():
        raise Http404("There is no such picture.")
    return HttpResponse(path.read_bytes(), content_type="image/png")


@reads
def bot_steps(request: HttpRequest, case_id: int, job: int) -> HttpResponse:
    """What a bot did for one job, step by step, with its pictures for who may see them."""
    user = person(request)
    case = permissions.case_for_user(user, case_id, "view")
    calls = ActorCall.objects.filter(instance=case.instance_id, job__job=job).order_by("pk")
    tries = [(call, str(call.detail.get("with", "")), _steps(call.detail)) for call in calls if has_steps(call)]
    if not tries:
        raise Http404("No bot kept what it did for this.")
    context = {"case": case, "job": job, "tries": tries, "sees_all": sees_all(user, case)}
    return render(request, "cases/bot_steps.html", context)


def has_steps(call: ActorCall) -> bool:
    """Whether a bot kept what it did for this call, step by step."""
    return isinstance(call.detail, dict) and isinstance(call.detail.get("steps"), list)


def sees_all(user: User, case: Case) -> bool:
    """Whether nothing of the case is hidden from this person."""
    return not look(user=user, case=case, now=clock.utc_now(), most=1).view.masked


def _steps(detail: Json) -> list[Step]:
    """The lines that a bot sent, as far as they are such lines."""
    found = detail.get("steps")
    lines = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return [Step(str(one.get("step", "")), str(one.get("at", "")), _named(one.get("picture"))) for one in lines]


def _named(picture: Json) -> str:
    return picture if isinstance(picture, str) and NAME.fullmatch(picture) else ""


def _folder(instance: int) -> Path:
    return Path(settings.PICTURES) / str(instance)
