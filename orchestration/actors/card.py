"""What is declared of an actor, beside its key and what it can do?

The card of an actor: where it comes from, who looks after it and until when, what it may see, what it costs, how much
of it may be used at once, how it is used and what it is known to do wrong. One JSON document; each change of it is on
the control chain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import orjson
from jsonschema import Draft202012Validator

Json = Any

LEVELS: Final = ("public", "internal", "confidential", "restricted")
SOURCES: Final = ("internal", "vendor", "language-model")
UNITS: Final = ("call", "unit", "minute")
"""What a price is for: one call, what the answer counts as `usage.units`, or a minute of its time."""
NO_BILL: Final[Mapping[str, Json]] = {"amount": 0, "currency": "EUR", "per": "call"}
"""The price of what works on the machines of the house."""

_TEXT: Final = {"type": "string", "maxLength": 20_000}
_WHOLE: Final = {"type": "integer", "minimum": 1, "maximum": 1_000_000}
SHAPE: Final[dict[str, Json]] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "source": {"enum": list(SOURCES)},
        "review-by": {"type": "string", "format": "date"},
        "procedure": _TEXT,
        "purpose": _TEXT,
        "limits": _TEXT,
        "accuracy": _TEXT,
        "failures": _TEXT,
        "clearance": {"enum": list(LEVELS)},
        "personal-data": {"type": "boolean"},
        "leaves": {"type": "boolean"},
        "purposes": {"type": "array", "items": {"type": "string", "maxLength": 100}},
        "price": {
            "type": "object",
            "additionalProperties": False,
            "required": ["amount", "currency", "per"],
            "properties": {
                "amount": {"type": ["number", "string"]},
                "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
                "per": {"enum": list(UNITS)},
            },
        },
        "rate": _WHOLE,
        "concurrency": _WHOLE,
        "four-eyes": {"type": "boolean"},
        "breaker": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"failures": _WHOLE, "pause": {"type": "number", "minimum": 1, "maximum": 86_400}},
        },
        "when-open": {"enum": ["move", "wait"]},
    },
}
_VALIDATOR: Final = Draft202012Validator(SHAPE, format_checker=Draft202012Validator.FORMAT_CHECKER)


@dataclass(frozen=True, slots=True)
class Price:
    amount: Decimal
    currency: str
    per: str


@dataclass(frozen=True, slots=True)
class Card:
    """`clearance`: the highest level it reads unmasked. `personal_data`: it may read e-mail addresses, phone, card and
    account numbers. `leaves`: what it is given leaves the house, so that pseudonyms go in place of names. `rate`: calls
    a minute; `concurrency`: at once; None: no limit. `breaker_failures` in a row open its circuit for `breaker_pause`
    seconds; `waits_when_open`: work waits for it then, rather than move to another actor. `four_eyes`: whoever
    registered a version may not take it further.
    """

    source: str = "internal"
    review_by: date | None = None
    procedure: str = ""
    purpose: str = ""
    limits: str = ""
    accuracy: str = ""
    failures: str = ""
    clearance: str = "restricted"
    personal_data: bool = True
    leaves: bool = False
    purposes: tuple[str, ...] = ()
    price: Price | None = None
    rate: int | None = None
    concurrency: int | None = None
    four_eyes: bool = False
    breaker_failures: int = 5
    breaker_pause: float = 30.0
    waits_when_open: bool = False
    document: Mapping[str, Json] = field(default_factory=dict, compare=False)


def card_faults(document: Json) -> list[str]:
    """What is wrong with a card, a sentence each; none where it may be kept."""
    found = sorted(_VALIDATOR.iter_errors(document), key=lambda error: [str(part) for part in error.absolute_path])
    return ["/".join(["card", *map(str, error.absolute_path)]) + f": {error.message}." for error in found]


def card_of(document: Mapping[str, Json]) -> Card:
    """A card that was found to be sound; what it does not say is as `Card` has it."""
    return card_of_text(orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode())


@lru_cache(maxsize=512)
def card_of_text(text: str) -> Card:
    """The same of its JSON; one card for each text."""
    given: dict[str, Json] = orjson.loads(text)
    price, breaker = given.get("price"), given.get("breaker", {})
    plain = {
        name.replace("-", "_"): given[name]
        for name in (
            "source", "procedure", "purpose", "limits", "accuracy", "failures", "clearance", "personal-data", "leaves",
            "rate", "concurrency", "four-eyes",
        )
        if name in given
    }  # fmt: skip
    return Card(
        **plain,
        review_by=date.fromisoformat(given["review-by"]) if "review-by" in given else None,
        purposes=tuple(given.get("purposes", ())),
        price=None if price is None else Price(Decimal(str(price["amount"])), price["currency"], price["per"]),
        breaker_failures=breaker.get("failures", 5),
        breaker_pause=breaker.get("pause", 30.0),
        waits_when_open=given.get("when-open") == "wait",
        document=given,
    )
