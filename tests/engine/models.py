"""Small models for the tests of the kernel, and a hand for driving them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from orchestration.engine import commands as c
from orchestration.engine.compile_models import build
from orchestration.engine.compiled_models import CompiledModels, Fault
from orchestration.engine.events import Event
from orchestration.engine.execute import Outcome, execute
from orchestration.engine.state import State

NOW = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)


def cmmn(plan: str, before: str = "", after: str = "", flowable: bool = False, attributes: str = "") -> bytes:
    """A file with one case `c`: what stands in its plan model, before it and after it."""
    vendor = "http://flowable.org/cmmn" if flowable else "urn:casewright:model:1"
    prefix = "flowable" if flowable else "casewright"
    return f"""<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL" xmlns:{prefix}="{vendor}"
  targetNamespace="urn:t"><case id="c" name="A case">{before}
  <casePlanModel id="plan" name="Plan" {attributes}>{plan}</casePlanModel>{after}</case></definitions>""".encode()


def item(id: str, definition: str = "human", inside: str = "") -> str:
    return f'<planItem id="{id}" name="{id}" definitionRef="{definition}">{inside}</planItem>'


def entry(sentry: str) -> str:
    return f'<entryCriterion id="in_{sentry}" sentryRef="{sentry}"/>'


def on(sentry: str, source: str, event: str = "complete", condition: str = "") -> str:
    test = f"<ifPart><condition>{condition}</condition></ifPart>" if condition else ""
    part = f'<planItemOnPart sourceRef="{source}"><standardEvent>{event}</standardEvent></planItemOnPart>'
    return f'<sentry id="{sentry}">{part}{test}</sentry>'


HUMAN = '<humanTask id="human" name="Work"/>'
JOB = '<task id="machine" name="Machine" casewright:capability="read"/>'


def library(**files: bytes) -> CompiledModels:
    """Models by file name, with `_` for the dot."""
    built = build({name.replace("_", "."): source for name, source in files.items()})
    assert isinstance(built, CompiledModels), built
    return built


def faults(source: bytes, name: str = "m.cmmn") -> list[Fault]:
    """What is wrong with one file; it must not be deployable."""
    built = build({name: source})
    assert isinstance(built, list)
    return built


class Hand:
    """Drives one root case; refusals are failures unless asked for."""

    def __init__(self, models: CompiledModels, now: datetime = NOW) -> None:
        self.models = models
        self.now = now
        self.state = State()
        self.events: list[Event] = []

    def do(self, command: c.Command) -> Outcome:
        outcome = execute(self.models, self.state, command, self.now)
        assert outcome.rejection is None, outcome.rejection
        self.state = outcome.state
        self.events += outcome.events
        return outcome

    def refused(self, command: c.Command) -> str:
        """The code of the refusal; the state is as before."""
        outcome = execute(self.models, self.state, command, self.now)
        assert outcome.rejection is not None
        assert outcome.state is self.state
        assert outcome.events == ()
        assert outcome.rejection.message.endswith(".")
        return outcome.rejection.code

    def start(self, key: str = "c", variables: Mapping[str, Any] | None = None) -> Hand:
        self.do(c.StartCase(key, variables or {}))
        return self

    def wait(self, kind: str) -> int:
        """The oldest open wait of this kind."""
        return next(wait.id for wait in self.state.waits.values() if wait.kind == kind)

    def item(self, node: str) -> int:
        return next(each.id for each in self.state.items.values() if each.node == node)

    def states(self) -> dict[str, str]:
        return {each.node: each.state for each in self.state.items.values()}
