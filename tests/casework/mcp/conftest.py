"""What does a test need that has Django answer in the process of the test, and not by its own client?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """A request leaves the test's connection open, with the transaction that is rolled back after the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
