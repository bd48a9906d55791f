"""Which things may stand in a history, and how does each read in plain words?

Engine events come under `engine.<Event>`; everything else that people and machines do is registered here. An action
that is not registered is refused when it is recorded, so that no history holds a word that nobody can read.
"""

from __future__ import annotations

ENGINE = "engine."

ACTIONS: dict[str, str] = {
    "case.opened": "opened the case",
    "case.viewed": "looked at the case",
    "case.exported": "exported the case",
    "case.verified": "verified the history",
    "field.revealed": "revealed a masked field",
    "case.changed": "changed the state of the case",
    "case.edited": "changed a field",
    "copies.healed": "took over what the owner of copies has",
    "copies.differ": "found that copies differ from what their owner has",
    "copy.asked": "asked the owner of a copy for a change",
    "copy.changed": "changed a field where it is owned",
    "copy.refused": "did not change a field where it is owned",
    "document.added": "added a document",
    "document.read": "read a document",
    "document.unread": "could not read a document",
    "document.checked": "checked what was read in a document",
    "document.downloaded": "downloaded a document",
    "case.tags": "changed the tags of the case",
    "item.removed": "removed a step",
    "task.claimed": "took the task",
    "task.released": "gave the task back",
    "task.assigned": "gave the task to somebody",
    "task.priority": "changed how urgent the task is",
    "task.due": "changed when the task is due",
    "approval.signed": "signed what they saw",
    "deadline.warned": "warned of a deadline",
    "deadline.breached": "noted that a deadline was missed",
    "deadline.changed": "changed a deadline",
    "deadline.moved": "moved a deadline, because its calendar changed",
    "calendar.changed": "changed a calendar",
    "command.refused": "was refused",
    "access.denied": "was denied access",
    "access.signed_in": "signed in",
    "access.signed_out": "signed out",
    "access.sign_in_failed": "did not get in",
    "access.token_used": "came in by a token",
    "access.token_refused": "came with a token that is not valid",
    "access.unseen": "asked for what they may not see",
    "list.read": "read a list",
    "definition.downloaded": "downloaded a version",
    "actor.called": "was called",
    "actor.failed": "failed",
    "question.asked": "asked a question about the case",
    "definition.deployed": "deployed a version",
    "proposal.made": "uploaded what may become a version",
    "proposal.discarded": "discarded an upload",
    "model.registered": "registered a model version",
    "model.activated": "put a model version to work",
    "version.moved": "took a version a step on or back",
    "budget.changed": "changed a budget",
    "assignment.changed": "changed whom tasks are given by rule",
    "rate.changed": "changed what an hour of a group's work counts as",
    "inlet.changed": "changed where events come in",
    "subscriber.changed": "changed who is told of events",
    "host.changed": "changed which hosts may be called",
    "connector.tried": "tried out a connector",
    "knowledge.added": "added a document to the knowledge base",
    "knowledge.withdrawn": "withdrew a document of the knowledge base",
    "worker.token": "gave or took back a token of an outside worker",
    "capability.stopped": "stopped or let loose a kind of work",
    "work.routed": "chose who does the work",
    "work.fetched": "fetched work",
    "work.lapsed": "did not do work in time",
    "work.handed": "handed work to a person",
    "work.moved": "handed work to another actor",
    "work.changed": "changed what work was asked for with",
    "work.held": "held work back until its actor is let loose",
    "work.by_hand": "did a machine's work by hand",
    "suggestion.judged": "judged a suggestion",
    "agent.planned": "planned what to do",
    "agent.proposed": "wanted to do something",
    "agent.decided": "decided what an agent wants to do",
    "agent.lapsed": "got no word in time",
    "agent.refused": "could not do what it wanted",
    "agent.undone": "took back what an agent did",
    "agent.stopped": "ended an agent's run",
    "agent.ended": "ended its run",
    "actor.changed": "changed an actor",
    "role.changed": "changed a person, group or right",
    "token.changed": "made, replaced or took back a token of a program",
    "factor.changed": "changed with what somebody signs in beside the password",
    "rights.asked": "asked a second person for a change of rights",
    "rights.refused": "refused a change of rights",
    "control.begun": "noted who and what was there",
    "checkpoint.taken": "signed where every history stands",
    "checkpoint.begun_anew": "began to sign histories anew",
    "evidence.written": "wrote histories out as evidence",
    "content.erased": "erased contents by order",
    "erasure.searched": "looked for a person in all cases",
    "erasure.asked": "asked a second person to have cases erased",
    "erasure.agreed": "agreed to have cases erased",
    "erasure.refused": "refused to have cases erased",
    "hold.placed": "placed a legal hold",
    "hold.lifted": "lifted the legal hold",
    "retention.changed": "changed how long cases are kept",
}


class UnknownAction(ValueError):
    """Somebody tried to record a word that is not in the register."""


def checked(action: str) -> str:
    """The action itself. Raises UnknownAction where it is neither an engine event nor registered."""
    if action in ACTIONS or action.startswith(ENGINE):
        return action
    raise UnknownAction(f"{action!r} is not a registered action")
