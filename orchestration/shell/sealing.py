"""What of a case is sealed where it is kept?

All that a step writes of its contents (state, data, what events say, what machines are given and answer), under a key
of the case, whatever its type: what a restricted field says is copied into texts, inputs and answers, where nobody can
tell it from the rest, and a backup forgets a case with its key alone. Without a master key everything stands in clear.
"""

from __future__ import annotations

from collections.abc import Iterable

from audit import data_keys
from audit.sealed_values import Seal, Sealer, alike, case_subject, matched_or_clear
from orchestration.models.waits import LETTERS


def seal_of(instance: int) -> Seal:
    """What is done to contents of this case before they are kept."""
    return Sealer(case_subject(instance)) if data_keys.is_sealing() else as_it_is


def subject_of(instance: int) -> str:
    """Whose key seals them; "" where none does."""
    return case_subject(instance) if data_keys.is_sealing() else ""


def key_as_kept(key: str | None) -> str | None:
    """The key by which a message finds who waits, as it is kept with who waits: the same of all cases alike."""
    return None if key is None else matched_or_clear(LETTERS, key)


def keys_as_kept(keys: Iterable[str]) -> list[str]:
    """These keys in each way in which one may be kept there."""
    return alike(LETTERS, keys)


def as_it_is(content: bytes) -> bytes:
    return content
