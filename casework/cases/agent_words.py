"""How does it read that an agent plans, wants something, is answered, and ends?

Pure. Part of what `narration` tells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from casework.cases.handoff_words import Told
from orchestration.ground.counts import counted

Detail = Mapping[str, Any]
ENDS: Final = {
    "reached": "has reached its goal", "given-up": "gave up", "asks": "asks a person", "stopped": "was ended",
}  # fmt: skip


def _planned(detail: Detail) -> Told:
    steps = len(detail.get("plan", ()))
    return Told("ai", "route", f"planned {counted(steps, 'step')}")


def _proposed(detail: Detail) -> Told:
    name, reason, state = detail.get("name", ""), detail.get("reason", ""), detail.get("state")
    if state == "refused":
        return Told("ai", "ban", f"wanted “{name}” and was refused: {detail.get('outcome', '')}", tone="bad")
    if detail.get("put"):
        return Told("ai", "hourglass", "proposes something, which is put to people as a check", notable=True)
    words = {"held": "proposes", "decided": "decided on", "done": "did"}.get(str(state), "wanted")
    icon = "hourglass" if state == "held" else "sparkles"
    return Told("ai", icon, f"{words} “{name}”: {reason}", notable=state != "done")


def _decided(detail: Detail) -> Told:
    verdict = str(detail.get("verdict", "decided"))
    words = {"approved": "approved", "changed": "approved with changes", "rejected": "rejected"}.get(verdict, verdict)
    reason = f": {detail['reason']}" if detail.get("reason") else ""
    tone = "bad" if verdict == "rejected" else "good"
    return Told("people", "gavel", f"{words} “{detail.get('name', '')}”, which an agent proposed{reason}", tone=tone)


def _checked(detail: Detail) -> Told:
    return Told(
        "people", "gavel", f"{detail.get('verdict', '')} “{detail.get('name', '')}”, a check that is never done"
    )


def _lapsed(detail: Detail) -> Told:
    why = detail.get("why", "Nobody decided in time.")  # what was kept before there were two reasons
    text = f"“{detail.get('name', '')}”, which an agent proposed, was let go: {why}"
    return Told("ai", "hourglass", text, by_actor=False, tone="bad")


def _refused(detail: Detail) -> Told:
    text = f"“{detail.get('name', '')}”, which an agent wanted, could not be done: {detail.get('why', '')}"
    return Told("ai", "ban", text, by_actor=False, tone="bad")


def _undone(detail: Detail) -> Told:
    return Told("people", "refresh", f"took back “{detail.get('name', '')}”, which an agent had done")


def _stopped(detail: Detail) -> Told:
    return Told("people", "hand-stop", f"ended the run of an agent: {detail.get('reason', '')}", tone="bad")


def _ended(detail: Detail) -> Told:
    outcome = str(detail.get("outcome", ""))
    return Told("ai", "flag", f"{ENDS.get(outcome, outcome)}: {detail.get('why', '')}", notable=outcome != "reached")


AGENTS: Final[Mapping[str, Callable[[Detail], Told]]] = {
    "agent.planned": _planned, "agent.proposed": _proposed, "agent.decided": _decided, "agent.lapsed": _lapsed,
    "agent.checked": _checked,
    "agent.refused": _refused, "agent.undone": _undone, "agent.stopped": _stopped, "agent.ended": _ended,
}  # fmt: skip
