"""How can two things be told to be the same, without telling what they are?

Keyed digests (HMAC, RFC 2104) with a key derived from the installation's secret: whoever reads one cannot try out what
it was made from. Nothing derived from hidden values stands in a history, a row or an answer without it.
"""

import hmac
import json
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

from orchestration.privacy.folding import light, tight
from orchestration.privacy.stand_ins import stand_in


def pseudonym(purpose: str, content: bytes) -> str:
    """32 hexadecimal digits that stand for this content, other ones for each purpose."""
    begun = _begun(purpose, settings.SECRET_KEY).copy()
    begun.update(content)
    return begun.hexdigest()[:32]


def name_in_case(case: int, value: str) -> str:
    """What stands for a value that is hidden from people: the same in all of one case, another one in each other case,
    so that nobody can tell by it whether two cases have something in common."""
    return stand_in(value, pseudonym("people", f"{case}:{tight(light(value)) or value}".encode()))


@lru_cache(maxsize=64)
def _begun(purpose: str, secret: str) -> hmac.HMAC:
    """The digest before any content: making the key costs more than most contents."""
    return salted_hmac(f"casewright.{purpose}", b"", secret=secret, algorithm="sha256")


def pseudonym_of_data(purpose: str, data: Any) -> str:
    """The same for JSON data, in whatever order its names stand."""
    return pseudonym(purpose, json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode())
