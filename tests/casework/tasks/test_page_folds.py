"""A panel that somebody left open is open again when they come back, for them alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.access.desk import folds_cookie
from casework.models import Case
from tests.casework.actions import open_task
from tests.casework.reading import told

pytestmark = pytest.mark.django_db


def test_what_was_left_open_is_open_for_its_reader_alone(
    people: dict[str, User], analysed: Callable[..., Case], client: Client
) -> None:
    address = f"/tasks/{open_task(analysed()).pk}/"
    client.force_login(people["anna"])
    assert 'id="fold-data" data-fold="data">' in told(client.get(address))
    client.cookies[folds_cookie(people["anna"])] = "data.other"
    page = told(client.get(address))
    assert 'id="fold-data" data-fold="data" open>' in page and 'data-fold="decisions">' in page
    assert f'data-folds="{folds_cookie(people["anna"])}"' in page
    client.force_login(people["ben"])
    assert 'id="fold-data" data-fold="data">' in told(client.get(address))


def test_nobody_has_panels_who_has_not_signed_in(client: Client) -> None:
    assert 'data-folds=""' in told(client.get("/login/"))
