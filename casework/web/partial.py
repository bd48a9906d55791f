"""How does a player get the part of a file that it plays? By one range of bytes (RFC 9110, section 14)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from django.http import HttpResponse

RANGE: Final = re.compile(r"bytes=([0-9]{0,12})-([0-9]{0,12})")


def part_of(content: bytes, media_type: str, asked: str, headers: Mapping[str, str]) -> HttpResponse:
    """The whole, where no range is asked for or one that is not understood; 416 for one that lies outside."""
    found = RANGE.fullmatch(asked.strip())
    more = {**headers, "Accept-Ranges": "bytes"}
    if found is None or not (found[1] or found[2]):
        return HttpResponse(content, content_type=media_type, headers=more)
    size = len(content)
    first, last = _bounds(found[1], found[2], size)
    if first > last or first >= size:
        told, more["Content-Range"] = f"This file has {size} bytes; the range lies outside of them.", f"bytes */{size}"
        return HttpResponse(told, status=416, content_type="text/plain; charset=utf-8", headers=more)
    more["Content-Range"] = f"bytes {first}-{last}/{size}"
    return HttpResponse(content[first : last + 1], status=206, content_type=media_type, headers=more)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """The first byte and the last; without a first one: so many from the end."""
    if not first:
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1
