"""How much may one person take away by the browser, so that a stolen session does not carry the house out?

So many files in an hour, counted by person in the shared cache; what the API gives has rates of its own
(`REST_FRAMEWORK`). What is refused here was not made, and stands among the denials.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from casework.access import trail
from orchestration.ground import clock
from orchestration.ground.counts import counted

HOUR: Final = 3600


class TooMuch(Exception):
    """More than a person may take away in an hour. `minutes`: after which they may go on."""

    def __init__(self, most: int, minutes: int) -> None:
        super().__init__(
            f"You have taken away {most} files within an hour, which is the most that one person may. "
            f"Go on in {counted(minutes, 'minute')}."
        )
        self.minutes = minutes


def takes_away(request: HttpRequest) -> None:
    """Count one file more that this person takes away, before it is made. Raises TooMuch."""
    if request.method == "HEAD":
        return
    now = int(clock.utc_now().timestamp())
    key, most = f"taken-away:{request.user.pk}:{now // HOUR}", settings.TAKEN_AWAY_AN_HOUR
    cache.add(key, 0, 2 * HOUR)  # it outlives its hour, so that no request finds it gone between the two
    if cache.incr(key) > most:
        refused = TooMuch(most, (HOUR - now % HOUR) // 60 + 1)
        trail.denied(request, f"take away more than {most} files within an hour")
        raise refused
