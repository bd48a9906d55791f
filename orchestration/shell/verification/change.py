"""What does one event of the control chain tell?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """Who (`actor`) changed what (`action`, `detail`) of rules, roles and actors, and when."""

    sequence: int
    action: str
    actor: str
    at: datetime
    detail: dict[str, Any]
