"""How much may a model ask of this installation?

The limits that the engine is handed with each command (`engine.limits`), as the settings have them.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from orchestration.engine.limits import Limits
from orchestration.ground.offices import office


def engine_limits() -> Limits:
    return Limits(
        least_period=timedelta(seconds=settings.TIMER_LEAST_PERIOD),
        most_made_up=settings.TIMER_MOST_MADE_UP,
        most_hops=settings.MESSAGE_MOST_HOPS,
        most_letters=settings.MESSAGE_MOST_LETTERS,
        office=office,
    )
