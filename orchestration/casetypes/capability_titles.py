"""What is a capability called, as a version of a case type says it?"""

from __future__ import annotations

from orchestration.casetypes.case_type import Faulty, by_definition


def capability_title(definition: int, key: str) -> str:
    """Its title in this version; its key where nobody can read the version any more."""
    try:
        return by_definition(definition).capability(key).title if key else ""
    except Faulty:
        return key
