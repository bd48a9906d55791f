"""When is what failed tried again? Python and SQL say the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from orchestration.jobs.retry import JOBS, LETTERS, TIMERS, RetryPolicy


def test_each_pause_is_longer_up_to_the_longest():
    assert [JOBS.pause(failures).total_seconds() for failures in range(1, 8)] == [4, 16, 64, 256, 1024, 3600, 3600]
    assert [LETTERS.pause(failures).total_seconds() for failures in (1, 2, 3, 6, 7)] == [15, 30, 60, 480, 600]
    assert TIMERS.pause(1) == TIMERS.pause(9) == timedelta(minutes=5)


@pytest.mark.django_db
@pytest.mark.parametrize("policy", [JOBS, LETTERS, TIMERS])
def test_the_database_computes_the_same_pauses(policy: RetryPolicy):
    for failures in (0, 1, 2, 3, 5, 12, 100, 30_000):
        with connection.cursor() as cursor:
            cursor.execute(f"select {policy.sql('%s::smallint')}", [failures])
            assert cursor.fetchone() == (policy.pause(failures),)
