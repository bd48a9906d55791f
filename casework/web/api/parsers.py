"""Is a request's body JSON that we can work with?

An object, not nested without end, and of characters that can be kept: refused here once, so that nothing behind needs
to think of it. Its size is limited by DATA_UPLOAD_MAX_MEMORY_SIZE.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class JSONObjectParser(JSONParser):
    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The body. Raises ParseError, without repeating any of it."""
        try:
            found = super().parse(stream, media_type, parser_context)
            json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
        except (ParseError, ValueError, RecursionError):
            raise ParseError("The body is not JSON in UTF-8 (RFC 8259). Correct it and send it again.") from None
        if not isinstance(found, dict):
            raise ParseError("The body has to be a JSON object, as `{...}`.")
        return found
