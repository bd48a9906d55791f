"""Because of what did these events happen?

Who sends a command may say what led to it (a job, a message, a file); else the command itself is the cause, in words
that follow "because of".
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from audit.services import Origin
from orchestration.engine import commands as c

WORDS: Final[dict[type, str]] = {
    c.StartCase: "the start of {key}", c.StartProcess: "the start of {key}", c.CompleteTask: "finishing task {item}",
    c.CompleteItem: "finishing item {item}", c.Trigger: "a word to item {item}", c.CompleteJob: "job {job}",
    c.FailJob: "job {job}", c.ResolveIncident: "incident {incident}", c.RaiseIncident: "an incident",
    c.AskPerson: "handing {name} to a person",
    c.FireTimer: "timer {timer}", c.OccurEvent: "event {item}", c.PlanItem: "planning {definition}",
    c.StartItem: "starting item {item}", c.Enable: "enabling item {item}", c.Disable: "disabling item {item}",
    c.Suspend: "suspending", c.Resume: "resuming", c.Terminate: "ending", c.FaultItem: "a fault of item {item}",
    c.ReactivateItem: "beginning item {item} again", c.ReactivateCase: "opening the case again",
    c.CloseCase: "closing the case", c.SetVariables: "new data", c.CaseFile: "the case file",
    c.ReceiveMessage: "message {name}", c.ReceiveSignal: "signal {name}",
}  # fmt: skip


class _Fields(dict[str, Any]):
    """What a command says; what it does not say is left out."""

    def __init__(self, command: c.Command) -> None:
        super().__init__()
        self.command = command

    def __missing__(self, name: str) -> Any:
        return getattr(self.command, name, "")


def caused(origin: Origin, command: c.Command) -> Origin:
    """The origin, with the command as its cause where no other is known."""
    if origin.cause:
        return origin
    words = WORDS.get(type(command), type(command).__name__)
    said = words.format_map(_Fields(command)).strip().replace("\0", "\N{REPLACEMENT CHARACTER}")
    return replace(origin, cause=said)
