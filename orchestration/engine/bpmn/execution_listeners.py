"""What do the listeners of a process set, and where in its course?

Listeners that only set variables (`dialect.listeners`). Those of an activity run as it begins and when it is done.
Events and gateways are only passed, so that theirs run on the flow by which they are reached or left; those of the
process itself when it starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from orchestration.engine import dialect
from orchestration.engine.bpmn import variables
from orchestration.engine.bpmn.elements import ACTIVITIES
from orchestration.engine.dialect import Script
from orchestration.engine.step import ErrorThrown, Step
from orchestration.engine.xml import Element

_LEFT: Final = {"": {"end"}, "startEvent": {"start", "end"}, "boundaryEvent": {"start", "end"}}
_REACHED: Final = {"": {"start"}, "endEvent": {"start", "end"}}
_TAKEN: Final = {"": {"take"}}
"""Kind of element -> the moments of it that belong to a flow out of it, into it, or of its own."""


def along(source: Element | None, flow: Element, target: Element | None) -> tuple[Script, ...]:
    """What is set when a token takes the flow, in order."""
    return (*_of(source, _LEFT), *_of(flow, _TAKEN), *_of(target, _REACHED))


def _of(element: Element | None, moments: Mapping[str, set[str]]) -> Iterable[Script]:
    if element is None or element.name in ACTIVITIES:
        return ()
    wanted = moments.get(element.name, moments[""])
    return (script for moment, script in dialect.listening(element) if moment in wanted)


def at(moment: str, listeners: Iterable[tuple[str, Script]]) -> tuple[Script, ...]:
    """Those of an activity, or of the process, for one moment."""
    return tuple(script for when, script in listeners if when == moment)


def carry_out(step: Step, scripts: Iterable[Script], instance: int, item: int | None, inside: bool = False) -> None:
    """Set what they say, each seeing what the one before has set. `inside`: they belong to what stands in the scope.

    Raises ErrorThrown where one throws.
    """
    for script in scripts:
        try:
            changes, _ = dialect.run(step, script, instance, item)
        except ErrorThrown as thrown:
            thrown.inside = inside
            raise
        variables.assign(step, instance, item, changes)
