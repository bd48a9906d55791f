"""What is each capability called, by those who read pages rather than files?"""

from __future__ import annotations

from casework.studio.rule_versions import newest_types
from orchestration.actors.capability import Capability, shipped


def capability_names() -> dict[str, str]:
    """Key -> title, as Casewright ships it, else as the newest version of a case type declares it. One statement."""
    named = {one.key: one.title for _, case_type in newest_types() for one in case_type.capabilities.values()}
    return named | {one.key: one.title for one in shipped().values()}


def declared_capability(key: str) -> Capability | None:
    """The contract that ships, else that of a case type in force; None where no file declares it."""
    kept = (case_type.capabilities.get(key) for _, case_type in newest_types())
    return shipped().get(key) or next((one for one in kept if one is not None), None)
