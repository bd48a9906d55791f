"""Is a request's body JSON that we can work with?

An object, not nested without end, of characters that can be kept, and with each name once in an object (of two, one
would be lost without a word; RFC 8259, 4): refused here once, so that nothing behind needs to think of it. Its size is
limited by DATA_UPLOAD_MAX_MEMORY_SIZE.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import IO, Any, Final

from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import JSONParser

MOST_NAMED: Final = 20
"""Of the names that an error speaks of."""


class JSONObjectParser(JSONParser):
    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The body. Raises ParseError, without repeating any of it; ValidationError names what stands twice."""
        try:
            found = json.loads(stream.read().decode("utf-8-sig"), object_pairs_hook=_each_once)
            json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, RecursionError):
            raise ParseError("The body is not JSON in UTF-8 (RFC 8259). Correct it and send it again.") from None
        if not isinstance(found, dict):
            raise ParseError("The body has to be a JSON object, as `{...}`.")
        return found


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        doubled = [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]
        raise ValidationError(dict.fromkeys(doubled[:MOST_NAMED], "This name stands more than once in one object."))
    return found
