"""By which words does an order take a person out of cases of others, and until when are they kept?

The second person agrees later, and a large order goes by and by: until then the words have to stand somewhere. Sealed
under a key of the order's own where the product seals; the key goes with them. They are held against the digests that
the history has, so that nobody puts others in their place after somebody has agreed.
"""

from __future__ import annotations

from typing import Final

import orjson

from audit import data_keys
from audit.data_keys import KeyFault
from audit.sealed_values import forget, opened_text, sealed_text
from casework.erasure.finding import digests
from casework.erasure.models import ErasureOrder
from casework.erasure.words import Words
from orchestration.ground.refusals import Refused

UNKNOWN: Final = Refused("unknown", "The words that the order was asked with are not there any more, or are others.")


def words_kept(order: ErasureOrder, marks: tuple[str, ...]) -> str:
    """As the row of the order keeps them."""
    text = orjson.dumps(marks).decode()
    return sealed_text(_subject(order), text) if data_keys.is_sealing() else text


def words_of_order(order: ErasureOrder) -> Words | None:
    """None: they are gone, or are not those that were agreed to."""
    try:
        marks = tuple(orjson.loads(opened_text(order.words)))
    except (KeyFault, ValueError):
        return None
    return Words(marks) if digests(marks) == order.marks else None


def words_forget(order: ErasureOrder) -> None:
    order.words = ""
    order.save(update_fields=["words"])
    forget(_subject(order))


def _subject(order: ErasureOrder) -> str:
    return f"order-{order.pk}"
