"""How does a case hear of a new document, so that its model has it read?

The manifest names what the model waits for (`documents: event`): an item of its case file (CMMN 8.3) or a message (BPMN
10.5.1). Its value, in the variable of the same name, is the document's number. A case that does not wait for it, or has
ended, is told nothing: its documents are read in the background.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from orchestration.engine.commands import CaseFile, Command, ReceiveMessage
from orchestration.shell.services import Locked


def told_by(held: Locked) -> Callable[[int], Command] | None:
    """What tells this case of a document, by its number; None where it does not wait for one."""
    name, state = held.case_type.document_event, held.state
    if not name or state.root.state != "active":
        return None
    if any(wait.kind == "message" and wait.name == name for wait in state.waits.values()):
        return lambda number: ReceiveMessage(name, variables={name: number})
    if state.root.kind != "case":
        return None
    return partial(CaseFile, "update" if name in state.root.variables else "create", name)
