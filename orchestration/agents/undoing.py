"""What of what an agent did can be taken back, and what is left to do where the model has no way back?

CMMN lets a step that was added be ended, and a skipped one be enabled again. A finished step is over for good: its
state has no transition out. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from orchestration.agents.grants import ADD, COMPLETE, OPEN
from orchestration.casetypes.case_type import CaseType
from orchestration.engine.commands import Command, Enable, Terminate
from orchestration.engine.state import State
from orchestration.models import AgentProposal
from orchestration.view import available_actions

SKIP: Final = "disable"
GONE_ON: Final = "It cannot be taken back any more: the case has gone on from it."
NO_WAY_BACK: Final[Mapping[str, str]] = {
    ADD: GONE_ON, SKIP: GONE_ON,
    "start": "It cannot be taken back: the model has no way back from a step that has begun to one that has not.",
    COMPLETE: "It cannot be taken back: the model has no way back from a finished step. What was answered in it stands "
    "under Data, and is corrected there, with a reason, as far as the case type lets it be.",
    "occur": "It cannot be taken back: the model has no way back from an event that has happened.",
    OPEN: "It cannot be taken back from here: the case that it opened is a case of its own, and is ended there.",
}  # fmt: skip
ANOTHER: Final = " Another of the same step is there, under Work."


def taking_back(case_type: CaseType, state: State, row: AgentProposal) -> Command | None:
    """The command that takes it back; None where the model has none now."""
    how, node, place = _parts(row)
    if row.state != AgentProposal.State.DONE:
        return None
    if how == ADD:
        added = available_actions.removable(case_type, state)
        return next((Terminate(one.id) for one in added if one.node == node and one.id in row.items), None)
    skipped = (one.id for one in state.items.values() if one.node == node and one.state == "disabled")
    return next((Enable(one) for one in skipped if how == SKIP and place in ("", str(one))), None)


def why_it_stays(case_type: CaseType, state: State, row: AgentProposal) -> str:
    """Why what was done is not taken back with a click, and what there is in its place; empty where it can be."""
    how, node, place = _parts(row)
    if row.state != AgentProposal.State.DONE or taking_back(case_type, state, row) is not None:
        return ""
    others = (one for one in state.items.values() if one.node == node and str(one.id) != place)
    is_another = how not in (ADD, SKIP, OPEN) and any(others)
    return NO_WAY_BACK.get(how, "") + (ANOTHER if is_another else "")


def _parts(row: AgentProposal) -> tuple[str, str, str]:
    """What it did to which step, and of which item."""
    step, _, place = row.tool.partition("@")
    how, _, node = step.partition(":")
    return how, node, place
