"""What value does a script read from a text in JSON?

`new JsonSlurper().parseText(t)`, `JSON.parse(t)` (RFC 8259). A text that is written out is read when the model is
deployed; any other by FEEL's `from json`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

from orchestration.engine.feel.problems import quote
from orchestration.engine.juel import syntax
from orchestration.engine.juel.functions import literal
from orchestration.engine.juel.syntax import JuelRefused, Node


def json_value(node: Node, write: Callable[[Node], str]) -> str:
    """The value of a text in JSON: one that is written out is read now."""
    if isinstance(node, syntax.Literal) and isinstance(node.value, str):
        try:
            return _as_feel(json.loads(node.value))
        except ValueError:
            raise JuelRefused(f"{quote(node.value)} is no JSON") from None
    return f"from json({write(node)})"


def _as_feel(value: object) -> str:
    match value:
        case dict():
            return f"{{{', '.join(f'{literal(key)}: {_as_feel(each)}' for key, each in value.items())}}}"
        case list():
            return f"[{', '.join(map(_as_feel, value))}]"
        case int() | float() if not isinstance(value, bool):
            return literal(Decimal(str(value)))
    return literal(value if isinstance(value, bool | str) else None)
