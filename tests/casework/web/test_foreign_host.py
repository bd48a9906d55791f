"""A request for another host is refused plainly: 400 on every page, and no traceback in the log."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

HOST = {"host": "evil.example"}


@pytest.mark.parametrize("address", ["/healthz", "/login/", "/api/cases/", "/nothing/", "/static/none.css", "/"])
@pytest.mark.parametrize("secure", [False, True])
def test_a_request_for_another_host_is_refused_and_no_failure(
    address: str, secure: bool, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    settings.SECURE_SSL_REDIRECT = secure  # which asks for the host, too
    answer = Client(raise_request_exception=False, headers=HOST).get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert b"evil" not in answer.content and answer.headers["X-Request-ID"]
    assert not [one for one in caplog.records if one.exc_info or one.levelname == "ERROR"]


def test_the_server_that_waits_for_nobody_refuses_it_too() -> None:
    asked = async_to_sync(AsyncClient(raise_request_exception=False).get)
    assert asked("/healthz", headers=HOST).status_code == 400
