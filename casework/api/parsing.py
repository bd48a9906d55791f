"""Is a request's body JSON that we can work with?

Within a size, not nested without end, and of characters that can be kept: refused here once, so that nothing behind
needs to think of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser


class TooLarge(APIException):
    status_code = 413
    default_code = "too-large"


class BoundedJSONParser(JSONParser):
    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The body, which has to be an object. Raises TooLarge or ParseError, without repeating any of it."""
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        length = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > most:
            raise TooLarge(f"The body has more than {most:,} bytes. Send less at once.")
        try:
            found = super().parse(stream, media_type, parser_context)
            json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
        except (ParseError, ValueError, RecursionError):
            raise ParseError("The body is not JSON in UTF-8 (RFC 8259). Correct it and send it again.") from None
        if not isinstance(found, dict):
            raise ParseError("The body has to be a JSON object, as `{...}`.")
        return found
