"""Random well-formed cases and random commands on them, legal and not. All chance comes from the `Random` given."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any
from xml.sax.saxutils import escape

from orchestration.engine import commands as c
from orchestration.engine.state import INSTANCE_ENDED, Item, State

VARIABLES = ("a", "b", "n")
VALUES: tuple[Any, ...] = (True, False, None, 0, 1, 2, "x", [1, 2], {"k": 1})
CONDITIONS = ("a = true", "b = true", "n > 1", "a = b", "n = null", "repetitionCounter < 3", "count(list) > 1")
TASK_EVENTS = (
    "complete",
    "start",
    "exit",
    "terminate",
    "fault",
    "suspend",
    "enable",
    "disable",
    "create",
    "reactivate",
)
SHORT_EVENTS = ("occur", "terminate", "create", "suspend")
FILE_EVENTS = ("create", "update", "replace", "delete", "addChild", "removeChild")


class CaseWriter:
    """Writes one random case as XML. `flowable`: in Flowable's dialect, with some of its extensions."""

    def __init__(self, random: Random, flowable: bool = False) -> None:
        self.random = random
        self.flowable = flowable
        self.number = 0
        self.sources: list[tuple[str, str]] = []
        self.callable = True

    def write(self) -> bytes:
        plan = self.stage("casePlanModel", depth=0)
        space = ' xmlns:flowable="http://flowable.org/cmmn"' if self.flowable else ""
        return f"""<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL" targetNamespace="t"
 xmlns:casewright="urn:casewright:model:1"{space}><case id="c">
<caseFileModel><caseFileItem id="fa" name="a"><children>
<caseFileItem id="fb" name="b" multiplicity="ZeroOrMore"/></children></caseFileItem>
</caseFileModel><caseRoles><role id="r" name="R"/></caseRoles>{plan}</case>
<case id="sub"><casePlanModel id="sp">
<planItem id="si" definitionRef="sd"/><humanTask id="sd" name="Sub"/></casePlanModel></case></definitions>""".encode()

    def id(self, prefix: str) -> str:
        self.number += 1
        return f"{prefix}{self.number}"

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def stage(self, tag: str, depth: int, name: str = "") -> str:
        items, definitions, sentries = [], [], []
        for _ in range(self.random.randint(1, 4)):
            item, definition, kind = self.item(depth)
            definitions.append(definition)
            controls = self.controls(kind)
            entry = self.criteria("entryCriterion", sentries, 40 if kind != "listener" else 0)
            leave = self.criteria("exitCriterion", sentries, 20 if kind != "listener" else 0)
            self.sources.append((item, kind))
            items.append(
                f'<planItem id="{item}" name="{item}" definitionRef="d_{item}">{controls}{entry}{leave}</planItem>'
            )
        table = self.table(definitions)
        own = self.criteria("exitCriterion", sentries, 15) if tag == "casePlanModel" else ""
        auto = ' autoComplete="true"' if self.chance(50) else ""
        id = name or self.id("plan")
        body = "".join((*items, *sentries, table, *definitions, own))
        return f'<{tag} id="{id}" name="{id}"{auto}>{body}</{tag}>'

    def item(self, depth: int) -> tuple[str, str, str]:
        kinds = ["human"] * 4 + ["task", "job", "call", "milestone", "listener", "listener", "timer"]
        kinds += ["stage"] * 3 if depth < 2 else []
        kind = self.random.choice(kinds)
        item = self.id("i")
        definition = {
            "human": f'<humanTask id="d_{item}" isBlocking="{"false" if self.chance(10) else "true"}"/>',
            "task": f'<task id="d_{item}"/>',
            "job": f'<task id="d_{item}" casewright:capability="work"/>',
            "call": f'<caseTask id="d_{item}" caseRef="sub" isBlocking="{"false" if self.chance(30) else "true"}"/>',
            "milestone": f'<milestone id="d_{item}"/>',
            "listener": f'<userEventListener id="d_{item}"{self.available()}/>',
            "timer": f'<timerEventListener id="d_{item}"><timerExpression>{self.random.choice(("PT1H", "R2/PT1H"))}'
            "</timerExpression></timerEventListener>",
        }.get(kind) or self.stage("stage", depth + 1, f"d_{item}")
        return item, definition, {"timer": "listener"}.get(kind, kind)

    def controls(self, kind: str) -> str:
        if kind == "listener":
            return ""
        rules = [
            f"<{rule}{self.limit(rule)}>{self.condition(50)}</{rule}>"
            for rule in ("repetitionRule", "requiredRule", *(() if kind == "milestone" else ("manualActivationRule",)))
            if self.chance(20)
        ]
        return f"<itemControl>{''.join(rules)}</itemControl>" if rules else ""

    def limit(self, rule: str) -> str:
        limited = self.flowable and rule == "repetitionRule" and self.chance(50)
        return f' flowable:maxInstanceCount="{self.random.randint(1, 2)}"' if limited else ""

    def available(self) -> str:
        guarded = self.flowable and self.chance(30)
        return ' flowable:availableCondition="${n == 1}"' if guarded else ""

    def condition(self, percent: int) -> str:
        return f"<condition>{escape(self.random.choice(CONDITIONS))}</condition>" if self.chance(percent) else ""

    def criteria(self, tag: str, sentries: list[str], percent: int) -> str:
        if not self.chance(percent) or not self.sources:
            return ""
        sentry = self.id("s")
        parts = "".join(self.on_part() for _ in range(self.random.randint(0, 2)))
        if_part = f"<ifPart>{self.condition(100)}</ifPart>" if not parts or self.chance(30) else ""
        sentries.append(f'<sentry id="{sentry}">{parts}{if_part}</sentry>')
        return f'<{tag} id="{self.id("c")}" sentryRef="{sentry}"/>'

    def on_part(self) -> str:
        if self.chance(20):
            event, file = self.random.choice(FILE_EVENTS), self.random.choice(("fa", "fb"))
            if event in ("addChild", "removeChild"):
                file = "fa"
            return f'<caseFileItemOnPart sourceRef="{file}"><standardEvent>{event}</standardEvent></caseFileItemOnPart>'
        source, kind = self.random.choice(self.sources)
        event = self.random.choice(SHORT_EVENTS if kind in ("milestone", "listener") else TASK_EVENTS)
        return f'<planItemOnPart sourceRef="{source}"><standardEvent>{event}</standardEvent></planItemOnPart>'

    def table(self, definitions: list[str]) -> str:
        if not self.chance(25):
            return ""
        item = self.id("x")
        definitions.append(f'<humanTask id="d_{item}"/>')
        role = ' authorizedRoleRefs="r"' if self.chance(30) else ""
        return (
            f'<planningTable id="{self.id("t")}"><discretionaryItem id="{item}" name="{item}" definitionRef="d_{item}"'
            f"{role}/></planningTable>"
        )


def command(random: Random, state: State) -> c.Command:
    """Mostly something that makes sense in this state, sometimes anything at all."""
    sensible = list(_sensible(random, state)) if random.randrange(5) else []
    return random.choice(sensible or _anything(random, state))


def _variables(random: Random) -> dict[str, Any]:
    return {random.choice(VARIABLES): random.choice(VALUES)} if random.randrange(3) else {}


def _sensible(random: Random, state: State) -> Iterator[c.Command]:
    if state.instances and state.root.state in INSTANCE_ENDED:
        yield c.ReactivateCase(_variables(random)) if random.randrange(10) else c.CloseCase()
        return
    for wait in state.waits.values():
        match wait.kind:
            case "task":
                yield c.CompleteTask(wait.id, _variables(random))
            case "job":
                yield c.CompleteJob(wait.id, random.choice(VALUES))
                yield c.FailJob(wait.id, "broken", retry=random.randrange(3) == 0)
            case "timer":
                yield c.FireTimer(wait.id)
            case "incident":
                yield c.ResolveIncident(wait.id, random.choice(("retry", "skip")), random.choice(VALUES))
    for item in state.items.values():
        yield from _for_item(random, item)
    yield c.SetVariables({random.choice(VARIABLES): random.choice(VALUES)})
    yield c.CaseFile(random.choice(FILE_EVENTS), random.choice(("a", "b")), random.choice(VALUES))  # type: ignore[arg-type]
    yield c.PlanItem(f"x{random.randint(1, 30)}", random.choice((None, ("R",), ())))
    yield random.choice((c.Suspend(), c.Resume(), c.Resume()))


def _for_item(random: Random, item: Item) -> Iterator[c.Command]:
    match item.state:
        case "enabled":
            yield random.choice((c.StartItem(item.id), c.StartItem(item.id), c.Disable(item.id)))
        case "disabled":
            yield c.Enable(item.id)
        case "available":
            yield c.OccurEvent(item.id, _variables(random))
        case "active":
            yield random.choice((c.CompleteItem(item.id), c.Suspend(item.id), c.FaultItem(item.id), c.Trigger(item.id)))
        case "suspended":
            yield c.Resume(item.id)
        case "failed":
            yield c.ReactivateItem(item.id)


def _anything(random: Random, state: State) -> list[c.Command]:
    item = random.choice(list(state.items) or [99]) if random.randrange(5) else random.randint(1, 60)
    wait = random.choice(list(state.waits) or [99]) if random.randrange(5) else random.randint(1, 60)
    variables = _variables(random)
    found: list[c.Command] = [
        c.CompleteTask(wait, variables),
        c.CompleteItem(item, variables),
        c.CompleteItem(None, variables),
        c.Trigger(item, variables),
        c.CompleteJob(wait, random.choice(VALUES)),
        c.FailJob(wait, "broken"),
        c.ResolveIncident(wait),
        c.FireTimer(wait),
        c.OccurEvent(item, variables),
        c.StartItem(item),
        c.Enable(item),
        c.Disable(item),
        c.Suspend(item),
        c.Resume(item),
        c.FaultItem(item),
        c.ReactivateItem(item),
        c.SetVariables(variables),
        c.CaseFile(random.choice(FILE_EVENTS), random.choice(("a", "b", "z")), random.choice(VALUES)),  # type: ignore[arg-type]
        c.ReceiveMessage("m"),
        c.ReceiveSignal("s"),
        c.StartCase("c"),
        c.ReactivateCase(variables),
        c.Terminate(item),
    ]
    return [*found, c.Terminate(), c.FaultItem()] if random.randrange(10) == 0 else found
