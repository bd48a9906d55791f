"""What of a case is sealed where it is kept?

All that a step writes of its contents (state, data, what events say, what machines are given and answer), if a field of
its type is of class restricted: what such a field says is copied into texts, inputs and answers, where nobody can tell
it from the rest. A type without one keeps its cases in clear, and so does a product without a master key.
"""

from __future__ import annotations

from audit import data_keys
from audit.sealed_values import Seal, case_subject, sealer
from orchestration.casetypes.case_type import CaseType


def seal_of(instance: int, case_type: CaseType) -> Seal:
    """What is done to contents of this case before they are kept."""
    return sealer(case_subject(instance)) if is_sealed(case_type) else as_it_is


def subject_of(instance: int, case_type: CaseType) -> str:
    """Whose key seals them; "" where none does."""
    return case_subject(instance) if is_sealed(case_type) else ""


def is_sealed(case_type: CaseType) -> bool:
    return case_type.has_restricted and data_keys.is_sealing()


def as_it_is(content: bytes) -> bytes:
    return content
