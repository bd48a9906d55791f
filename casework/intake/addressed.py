"""Which business unit gets an e-mail that comes in? The one whose address it was sent to.

Of what is written over it those lines are read that say where it went. To addresses of several units, or of none, it
comes in for the whole organisation: nobody sees it through a guess.
"""

from __future__ import annotations

import re
from email.parser import BytesHeaderParser
from email.policy import compat32
from itertools import islice
from typing import Final

from casework.access.unit_models import UnitAddress
from casework.documents.services import File

WHERE_TO: Final = ("delivered-to", "x-original-to", "to", "cc")
HEAD: Final = 100_000
"""Bytes of an e-mail in which its head is looked for."""
ADDRESS: Final = re.compile(r"[^\s<>(),;:\"@]{1,64}@[^\s<>(),;:\"@]{1,190}")
"""Wherever it stands in a line, also in the name before it or in a comment: of two units it is then neither's."""
MOST: Final = 200
"""Addresses that are looked at."""


def unit_of_mail(file: File) -> str:
    """The key of the unit; "": of none, or it is no e-mail."""
    if file.known.key != "email":
        return ""
    found = UnitAddress.objects.filter(address__in=addresses(file.content)).values_list("unit__key", flat=True)
    keys = set(found)
    return keys.pop() if len(keys) == 1 else ""


def addresses(content: bytes) -> list[str]:
    """Where an e-mail went, in small letters and as `in_ascii`."""
    head = BytesHeaderParser(policy=compat32).parsebytes(content[:HEAD])
    raw = [(name.lower(), str(line)) for name, line in head.raw_items()]
    lines = [_in_utf8(line) for wanted in WHERE_TO for name, line in raw if name == wanted]
    found = (one.lower() for line in lines for one in ADDRESS.findall(line))
    return [in_ascii(one) for one in islice(found, MOST) if "\0" not in one]


def _in_utf8(line: str) -> str:
    return line.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def in_ascii(address: str) -> str:
    """An address with its domain as the mail system writes it (`xn--mnchen-3ya.de`), so that one place has one name."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode()}".lower()
    except UnicodeError:
        return address
