"""Which moment does a text name?

A date, or a date and time, of ISO 8601, also with a time zone by its name: `2026-01-02T10:00:00@Europe/Paris` as FEEL
writes it (DMN 1.5, 10.3.2.3.5), `2026-01-02T10:00:00+01:00[Europe/Paris]` as Java does. Without offset and zone it is
UTC. A time that the clock skips when summer begins is read with the offset before; of a time that comes twice when
summer ends the first is meant.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_IN_REGION: Final = re.compile(r"(?P<local>[^@\[\]]+)(?:@(?P<feel>[^@\[\]]+)|\[(?P<java>[^@\[\]]+)\])")
_MIDNIGHT: Final = re.compile(r"T24:00(?::00(?:[.,]0+)?)?")


class BadTimer(ValueError):
    """The text is no date, duration or repeating interval; the message says so."""


def moment(text: str) -> datetime:
    """The aware date and time, in the zone that the text gives. Raises BadTimer."""
    in_region = _IN_REGION.fullmatch(text)
    try:
        if in_region is None:
            found = _local(text)
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        zone, found = region(in_region["feel"] or in_region["java"]), _local(in_region["local"])
        return found.astimezone(zone) if found.tzinfo else found.replace(tzinfo=zone)
    except BadTimer:
        raise
    except (ValueError, OverflowError):
        raise BadTimer(
            f"{short(text)} is no date, duration or repeating interval of ISO 8601, and no cron expression."
        ) from None


def in_utc(found: datetime) -> datetime:
    """Raises BadTimer where UTC leads outside the calendar."""
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise BadTimer(f"{found.isoformat()} is outside the calendar.") from None


def region(name: str) -> ZoneInfo:
    """A time zone of the IANA database by its name. Raises BadTimer."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadTimer(f"There is no time zone {short(name)}.") from None


def written(found: datetime) -> str:
    """A text from which `moment` reads the same, with the name of its zone."""
    return f"{found.isoformat()}[{found.tzinfo.key}]" if isinstance(found.tzinfo, ZoneInfo) else found.isoformat()


def _local(text: str) -> datetime:
    """ISO 8601 without a region; 24:00 is the midnight that ends the day."""
    found = datetime.fromisoformat(_MIDNIGHT.sub("T00:00", text, count=1))
    return found + timedelta(days=1) if _MIDNIGHT.search(text) else found


def short(text: str) -> str:
    """A text in quotes, as much of it as a sentence can hold."""
    return repr(text if len(text) <= 80 else f"{text[:80]}...")
