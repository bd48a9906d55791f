"""What does an answer of another system stand for?

The first rule of the file whose condition holds says it: an output, a business error for the model's error event,
another try, a lasting failure. Where none holds, the status says whether trying again may help (RFC 9110, RFC 6585).
A sentence about it holds the status and the file's own words, never what the other system wrote.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any, Final

from orchestration.actors.contract import ActorError, Answer
from orchestration.actors.hosts.client import Got
from orchestration.actors.kinds.http_connector.file import Rule
from orchestration.actors.kinds.xml_value import value_of_xml
from orchestration.ground import clock
from orchestration.ground.secrets import Secret, found_in

Json = Any

UNDONE: Final = frozenset({429, 503})
"""The request was not carried out, whatever it asked for."""
TEMPORARY: Final = frozenset({408, 425, 500, 502, 504}) | UNDONE
LONGEST: Final = 86_400.0


class Declined(ActorError):
    """It answered, and the answer is no success; `status` is the answer's."""

    def __init__(self, message: str, got: Got, *, temporary: bool = False, **more: Any) -> None:
        super().__init__(message, temporary=temporary, **more)
        self.status = got.status


def scope_of(got: Got, input: Json, secrets: Sequence[Secret], *, repeatable: bool) -> dict[str, Json]:
    """What the expressions of a file may read of an answer.

    Raises ActorError where it holds a secret, and for a success that is not what its type says.
    """
    everything = b"\n".join([got.content, *(value.encode() for value in got.headers.values())])
    if name := found_in(everything, secrets):
        raise ActorError(f"The answer holds the secret {name!r}: it is not taken over.", temporary=False)
    headers = {name.replace("-", "_"): value for name, value in got.headers.items()}
    return {"input": input, "status": got.status, "headers": headers, "body": _readable(got, repeatable=repeatable)}


def _readable(got: Got, *, repeatable: bool) -> Json:
    """The body; null where it cannot be read and the status says enough."""
    try:
        return body_of(got)
    except (ValueError, RecursionError):
        if got.status < 300:
            raise ActorError("Its answer is not what its type says.", temporary=repeatable) from None
        return None


def body_of(got: Got) -> Json:
    """The body as its type says: JSON, XML as names with values, else a text. Raises ValueError, RecursionError."""
    kind = got.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not got.content:
        return None
    if kind == "application/json" or kind.endswith("+json"):
        return _json(got.content)
    if kind in ("application/xml", "text/xml") or kind.endswith("+xml"):
        return value_of_xml(got.content)
    return got.content.decode("utf-8", "replace")


def answer_of(rules: Sequence[Rule], got: Got, scope: Mapping[str, Json], *, repeatable: bool) -> Answer:
    """The answer that the first fitting rule makes of it. Raises ActorError for all that is no success."""
    for rule in rules:
        if rule.when.filled(scope) is True:
            return _by_rule(rule, got, scope)
    raise by_status(got, repeatable=repeatable)


def _by_rule(rule: Rule, got: Got, scope: Mapping[str, Json]) -> Answer:
    if rule.output is not None:
        confidence = None if rule.confidence is None else rule.confidence.filled(scope)
        return Answer(rule.output.filled(scope), confidence, {"status": got.status}, {"calls": 1})
    if rule.code is not None:
        said = rule.message or f"It answered {got.status}."
        raise Declined(said, got, code=rule.code)
    if rule.again is not None:
        raise Declined(
            f"It answered {got.status}; trying again may help.", got, temporary=True,
            after=rule.again or retry_after(got),
        )  # fmt: skip
    raise Declined(rule.message, got)


def by_status(got: Got, *, repeatable: bool) -> Declined:
    """What a status stands for that no rule speaks of."""
    if 300 <= got.status < 400:
        return Declined(f"It answered {got.status} and leads elsewhere, which is not followed.", got)
    if got.status in UNDONE or (got.status in TEMPORARY and repeatable):
        return Declined(f"It answered {got.status}.", got, temporary=True, after=retry_after(got))
    more = " Whether it was carried out is not known." if got.status >= 500 else ""
    return Declined(f"It answered {got.status}, for which the connector has no rule.{more}", got)


def retry_after(got: Got) -> float | None:
    """The seconds that the header Retry-After asks to wait, or that are left until its date (RFC 9110, 10.2.3)."""
    text = got.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:10]), LONGEST)
    try:
        return min(max((parsedate_to_datetime(text) - clock.utc_now()).total_seconds(), 0.0), LONGEST)
    except (ValueError, TypeError):
        return None


def _json(content: bytes) -> Json:
    return json.loads(content, parse_constant=_no_number)


def _no_number(text: str) -> Json:
    raise ValueError(text)
