"""A bot's pictures are kept with the case, and only those see them from whom nothing of it is hidden."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.actors.pictures import PNG, picture_keep
from casework.models import Case
from orchestration.actors.contract import Answer
from orchestration.actors.tokens import token_make
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs.actor_ledger import enter
from orchestration.jobs.attempt import Attempt
from orchestration.models import Job
from tests.orchestration.case_types import TEST
from tests.orchestration.jobs.outside import Outside, outside

__all__ = ["outside"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.PICTURES = str(tmp_path / "pictures")


def test_a_worker_keeps_a_picture_with_what_it_fetched(outside: Outside) -> None:
    secret = token_make(outside.actor, "bot", None, TEST)[1]
    handed = outside.fetched()

    def send(lease: str, content: bytes, kind: str = "image/png") -> int:
        headers = {"Authorization": f"Bearer {secret}"}
        path = f"/api/workers/leases/{lease}/pictures/"
        return Client().post(path, content, content_type=kind, headers=headers).status_code

    assert send(handed.lease.key, PNG + b"picture") == send(handed.lease.key, PNG + b"picture") == 200
    assert send(handed.lease.key, b"<svg>") == 400 and send("no-such-lease", PNG) == 404
    assert send(handed.lease.key, PNG + b"x" * 2**21) == 400


@pytest.mark.parametrize("sealed", [False, True])
def test_it_is_shown_to_those_from_whom_nothing_is_hidden(
    open_case: Callable[..., Case], people: dict[str, User], client: Client, settings: Any, tmp_path: Path, sealed: bool
) -> None:
    if sealed:
        settings.DATA_KEY, settings.DATA_KEYS = str(tmp_path / "data.key"), str(tmp_path / "keys")
    case = open_case(customer={"name": "Mia"})
    name = picture_keep(case.instance_id, PNG + b"picture")
    assert isinstance(name, str)
    assert isinstance(picture_keep(case.instance_id, b"GIF89a"), Refused)
    job = Job.objects.filter(instance=case.instance_id).earliest("pk")
    steps = [{"step": "fill #account", "at": "10:00", "picture": name}, {"step": "save", "picture": "../../secret"}]
    attempt = Attempt("clerk", "1", 5.0, answer=Answer({}, None, {"steps": steps, "with": "a real browser"}))
    enter(job, attempt, clock.utc_now(), "done")
    client.force_login(people["ben"])
    page = client.get(f"/cases/{case.pk}/jobs/{job.job}/steps/")
    hidden = client.get(f"/cases/{case.pk}/pictures/{name}/")
    assert page.status_code == 200 and "fill #account" in page.content.decode() and hidden.status_code == 403
    assert "Keyed in with a real browser." in page.content.decode()
    assert name not in page.content.decode() and "secret" not in page.content.decode()
    client.force_login(people["olga"])
    assert client.get(f"/cases/{case.pk}/pictures/{name}/").status_code == 404
