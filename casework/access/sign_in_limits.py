"""How often may somebody try to sign in?

Failures are counted for each name and each address, in the database, so that all web processes count together. From a
number of failures on, each further one makes the next attempt wait longer, up to a quarter of an hour; meanwhile the
right password is not looked at either. An attempt counts as failed before its password is looked at, and is taken back
when that was right: of many at one moment no more get through than one after the other. A name is counted whether
anybody has it or not, so no answer says who is there; kept are keyed digests, which name nobody.
"""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from django.db import connection
from django.utils.crypto import salted_hmac

from casework.models import SignInLimit
from orchestration.ground.clock import utc_now

FREE: Final = {"name": 5, "address": 20}
"""Failures that make nobody wait."""
FIRST_WAIT: Final = 15
LONGEST_WAIT: Final = 900
"""Seconds; each failure doubles the wait."""
FORGOTTEN: Final = 3600
"""Seconds after the last failure from which on none of them counts."""

COUNT: Final = """
insert into casework_signinlimit as l (key, failures, last, until) values (%(key)s, 1, %(now)s, null)
on conflict (key) do update set last = %(now)s,
    failures = case when l.last < %(now)s - %(forgotten)s * interval '1 second' then 1 else l.failures + 1 end,
    until = case when l.last >= %(now)s - %(forgotten)s * interval '1 second' and l.failures + 1 >= %(free)s
                 then %(now)s + least(%(first)s * power(2, least(l.failures + 1 - %(free)s, 20)), %(longest)s)
                      * interval '1 second' end
where l.until is null or l.until <= %(now)s
"""
TAKE_BACK: Final = (
    "update casework_signinlimit set failures = greatest(failures - 1, 0), until = null where key = any(%s)"
)


def attempt(name: str, address: str) -> int:
    """Try this name from this address ("": is not counted): the seconds to wait before; 0: it counts, as failed."""
    counted: list[str] = []
    with connection.cursor() as cursor:
        for key, free in _keys(name, address).items():
            values: dict[str, Any] = {"key": key, "now": utc_now(), "free": free, "forgotten": FORGOTTEN}
            cursor.execute(COUNT, values | {"first": FIRST_WAIT, "longest": LONGEST_WAIT})
            if not cursor.rowcount:
                cursor.execute(TAKE_BACK, [counted])
                return seconds_to_wait(name, address) or 1
            counted.append(key)
    return 0


def came_in(name: str, address: str) -> None:
    """The attempt was right: no failure of the name counts any more, and this one not of the address."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_BACK, [list(_keys("", address))])
    SignInLimit.objects.filter(key__in=_keys(name, "")).delete()


def not_looked_at(name: str, address: str) -> None:
    """Nobody could say whether the attempt was right: it counts for nothing."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_BACK, [list(_keys(name, address))])


def seconds_to_wait(name: str, address: str) -> int:
    """How long until this name may be tried from this address; 0: now."""
    now = utc_now()
    found = SignInLimit.objects.filter(key__in=_keys(name, address), until__gt=now)
    waits = (int((until - now).total_seconds()) + 1 for until in found.values_list("until", flat=True) if until)
    return max(waits, default=0)


def _keys(name: str, address: str) -> dict[str, int]:
    """Keyed digests of a name, however it is written, and of an address; each with its free failures."""
    folded = unicodedata.normalize("NFKC", name).strip().casefold()[:150]
    given = {"name": folded, "address": address}
    return {
        salted_hmac("casework.sign_in_limits", f"{kind}:{value}", algorithm="sha256").hexdigest(): FREE[kind]
        for kind, value in given.items()
        if value
    }
