"""Under which name do programs from outside run scenarios? `orchestration.scenario:Engine`.

An address that does not change: conformance runners are told it. The engine itself is `casetypes.scenario_engine`.
"""

from orchestration.casetypes.scenario_engine import Engine
from orchestration.casetypes.scenario_post import Refused

__all__ = ["Engine", "Refused"]
