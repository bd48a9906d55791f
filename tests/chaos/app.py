"""What do worker and beat run here? The product's Celery application, with the other system's actor, and with a clock
that may go ahead (CLOCK_AHEAD, in seconds) by the product's own port for the time."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from celery.signals import worker_process_init

from casework.celery import app
from orchestration.actors.kinds import KINDS
from orchestration.ground import clock as ground_clock

__all__ = ["app"]

KINDS["machine"] = "tests.chaos.actor:HttpMachine"


@worker_process_init.connect
def _set_the_clock(**_: Any) -> None:
    now, ahead = ground_clock.utc_now, timedelta(seconds=float(os.environ.get("CLOCK_AHEAD", "0")))
    ground_clock.utc_now = lambda: now() + ahead
