"""What of a case is sealed where it is kept?

All that a step writes of its contents (state, data, what events say, what machines are given and answer), under a key
of the case, whatever its type: what a restricted field says is copied into texts, inputs and answers, where nobody can
tell it from the rest, and a backup forgets a case with its key alone. Without a master key everything stands in clear.
"""

from __future__ import annotations

from audit import data_keys
from audit.sealed_values import Seal, case_subject, sealer


def seal_of(instance: int) -> Seal:
    """What is done to contents of this case before they are kept."""
    return sealer(case_subject(instance)) if data_keys.is_sealing() else as_it_is


def subject_of(instance: int) -> str:
    """Whose key seals them; "" where none does."""
    return case_subject(instance) if data_keys.is_sealing() else ""


def as_it_is(content: bytes) -> bytes:
    return content
