"""Is a tool of another server still the one that an administrator chose?

Tools are pinned: by a hash of all that a model or a person reads of it and that is checked of its arguments, its name,
title, description, schemas and annotations. In canonical JSON, so that the order of keys and the way that a number is
written change nothing, and any other change does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

Json = Any

READ: Final = ("name", "title", "description", "inputSchema", "outputSchema", "annotations")
"""What of a tool is pinned; icons and metadata of the transport are not."""
LETTERS: Final = 64


def pin(tool: Mapping[str, Json]) -> str:
    """The hash of a tool as its server lists it, as 64 hexadecimal digits."""
    told = {name: _plain(tool[name]) for name in READ if tool.get(name) is not None}
    canonical = json.dumps(told, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(value: Json) -> Json:
    """A whole number is one number, however it is written."""
    if isinstance(value, Mapping):
        return {str(name): _plain(below) for name, below in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
