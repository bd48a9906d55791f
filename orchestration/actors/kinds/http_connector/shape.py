"""What may stand in the file of an HTTP connector? (JSON Schema draft 2020-12)"""

from __future__ import annotations

from typing import Any, Final

from jsonschema import Draft202012Validator

from orchestration.ground import secrets, servers

Json = Any

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
FORMS: Final = ("json", "form", "text", "xml")
HEADER: Final = {"type": "string", "pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$"}
CODE: Final = {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,100}$"}
SENTENCE: Final = {"type": "string", "minLength": 1, "maxLength": 300}
EXPRESSION: Final = {"type": "string", "minLength": 1, "maxLength": 2_000}
SECRET: Final = {"type": "string", "pattern": secrets.NAME}


def _one(required: tuple[str, ...], **properties: Json) -> dict[str, Json]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
    }


AUTH: Final[dict[str, Json]] = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
    "$comment": "exactly one of bearer, basic, header and hmac is expected",
    "properties": {
        "bearer": _one(("secret",), secret=SECRET),
        "basic": _one(("user", "secret"), user={"type": "string", "pattern": "^[^:]{1,200}$"}, secret=SECRET),
        "header": _one(("name", "secret"), name=HEADER, secret=SECRET),
        "hmac": _one(
            ("secret", "header", "over"),
            secret=SECRET,
            header=HEADER,
            algorithm={"enum": ["sha256", "sha512"]},
            over={
                "type": "array",
                "minItems": 1,
                "maxItems": 6,
                "items": {"enum": ["method", "path", "timestamp", "body", "body-digest", "idempotency-key"]},
            },
            timestamp=HEADER,
            encoding={"enum": ["hex", "base64"]},
            prefix={"type": "string", "maxLength": 50},
        ),
    },
}
TOKEN: Final = {
    **AUTH,
    "$comment": "exactly one of bearer, basic, header, hmac and oauth2 is expected",
    "properties": {
        **AUTH["properties"],
        "oauth2": _one(
            ("token", "client", "secret"),
            token={"type": "string", "pattern": "^(/|https?://[^/?#{}@\\\\\\s]+/)[^{}?#\\\\\\s]*$", "maxLength": 2_000},
            client=SECRET,
            secret=SECRET,
            scope={"type": "string", "pattern": "^[\\x21-\\x7e ]{1,500}$"},
        ),
    },
}
"""Beside that, what a token is asked for with (OAuth 2.0, client credentials)."""
RULE: Final = {
    "type": "object",
    "required": ["when"],
    "minProperties": 2,
    "additionalProperties": False,
    "properties": {
        "when": EXPRESSION,
        "output": {"type": "object"},
        "confidence": {"type": ["string", "number"]},
        "error": _one(("code",), code=CODE, message=SENTENCE),
        "again": {"anyOf": [{"const": True}, {"type": "number", "minimum": 0, "maximum": 86_400}],
                  "$comment": "true, or the seconds to wait, are expected"},
        "fails": SENTENCE,
    },
}  # fmt: skip
COMMON: Final[dict[str, Json]] = {
    "capability": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_.-]{0,99}$"},
    "title": {"type": "string", "minLength": 1, "maxLength": 200},
    "server": {"type": "string", "pattern": servers.NAME},
    "url": {"type": "string", "minLength": 1, "maxLength": 2_000},
    "auth": AUTH,
    "timeout": {"type": "number", "minimum": 0.1, "maximum": 290},
    "most-bytes": {"type": "integer", "minimum": 1, "maximum": 10_000_000},
    "rate": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
    "input": {"type": "object"},
    "output": {"type": "object"},
    "answers": {"type": "array", "minItems": 1, "maxItems": 50, "items": RULE},
}
"""What all kinds that speak HTTP have in common."""
SHAPE: Final[dict[str, Json]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "required": ["capability", "method", "url", "answers"],
    "properties": {
        **COMMON,
        "auth": TOKEN,
        "method": {"enum": list(METHODS)},
        "query": {"type": "object"},
        "headers": {"type": "object", "propertyNames": HEADER},
        "body": {},
        "as": {"enum": list(FORMS)},
        "idempotency": HEADER,
        "repeatable": {"type": "boolean"},
        "redirects": {"type": "integer", "minimum": 0, "maximum": 5},
        "pages": {
            "type": "object",
            "additionalProperties": False,
            "required": ["items"],
            "minProperties": 2,
            "$comment": "items, and one of next, query and link are expected",
            "properties": {
                "items": EXPRESSION,
                "next": EXPRESSION,
                "query": {"type": "object", "minProperties": 1},
                "link": {"const": True},
                "most": {"type": "integer", "minimum": 1, "maximum": 100},
            },
        },
    },
}
VALIDATOR: Final = Draft202012Validator(SHAPE)
