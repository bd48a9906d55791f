"""What may be added to a case, on what conditions? The planning tables of its stages (CMMN 1.1, 5.4.9)."""

from orchestration.engine.cmmn.planning import discretionary_nodes
from orchestration.engine.cmmn.view import Condition, Entry, planning_tables

__all__ = ["Condition", "Entry", "discretionary_nodes", "planning_tables"]
