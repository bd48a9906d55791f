"""Random processes for the property tests: as trees of blocks, whose course can be foretold, and as any graph."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from orchestration.engine.bpmn.compile_processes import compile_processes
from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.xml import parse

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:cw="urn:casewright:model:1" id="d">
  <message id="m" name="m" /><signal id="g" name="g" /><error id="x" errorCode="x" />
  <escalation id="y" escalationCode="y" />
  <process id="p">"""
TAIL = "</process></definitions>"


def library(text: str) -> CompiledModels:
    """The text as a deployed library; the model must be without severe faults."""
    processes, faults = compile_processes(parse(text.encode()), "random.bpmn")
    assert not [fault for fault in faults if fault.severe], faults
    return CompiledModels(processes=processes)


# -- trees of blocks

BLOCKS = ("user", "job", "message", "script", "none")


def blocks() -> st.SearchStrategy[Any]:
    leaf = st.sampled_from(BLOCKS).map(lambda kind: (kind,))

    def grow(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        sets = st.lists(st.booleans(), min_size=3, max_size=3).map(tuple)
        return st.one_of(
            several.map(lambda parts: ("seq", parts)),
            several.map(lambda parts: ("and", parts)),
            st.tuples(several, sets).map(lambda pair: ("or", *pair)),
            st.tuples(several, sets).map(lambda pair: ("xor", *pair)),
            inner.map(lambda part: ("sub", part)),
            inner.map(lambda part: ("call", part)),
            inner.map(lambda part: ("undo", part)),
            st.tuples(inner, st.integers(0, 2), st.booleans()).map(lambda three: ("guard", *three)),
            st.tuples(inner, st.integers(0, 3), st.booleans()).map(lambda three: ("many", *three)),
        )

    return st.recursive(leaf, grow, max_leaves=8)


@dataclass
class Written:
    """A tree as XML, and how often each of its tasks must run. `undoing`: what is written now will be undone."""

    lines: list[str] = field(default_factory=list)
    runs: dict[str, int] = field(default_factory=dict)
    count: int = 0
    undoing: bool = False
    called: list[str] = field(default_factory=list)

    def id(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def flow(self, source: str, target: str, condition: bool | None = None) -> str:
        id = self.id("f")
        inner = "" if condition is None else f"<conditionExpression>{str(condition).lower()}</conditionExpression>"
        self.lines.append(f'<sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>')
        return id

    def whole(self, block: Any) -> str:
        first, last = self.block(block, 1)
        self.lines += ['<startEvent id="s" />', '<endEvent id="e" />']
        self.flow("s", first)
        self.flow(last, "e")
        return HEAD + "\n".join(self.lines) + "</process>" + "".join(self.called) + "</definitions>"

    def block(self, block: Any, times: int) -> tuple[str, str]:
        """Write the block; the node where it begins and the node where it ends."""
        kind, *rest = block
        if kind in BLOCKS:
            return self.leaf(kind, times)
        if kind == "seq":
            return self.sequence(rest[0], times)
        if kind == "sub":
            return self.sub_process(rest[0], times, "")
        if kind == "call":
            return self.call(rest[0], times)
        if kind == "undo":
            return self.undo(rest[0], times)
        if kind == "guard":
            return self.guard(*rest, times)  # type: ignore[call-arg]  # as many as the kind has
        if kind == "many":
            return self.many(*rest, times)  # type: ignore[call-arg]
        return self.split(kind, rest[0], rest[1] if len(rest) > 1 else (True, True, True), times)

    def leaf(self, kind: str, times: int) -> tuple[str, str]:
        id = self.id(kind)
        self.runs[id] = times
        self.lines.append(
            {
                "user": f'<userTask id="{id}" />',
                "job": f'<serviceTask id="{id}" cw:capability="work" />',
                "message": f'<receiveTask id="{id}" messageRef="m" />',
                "script": f'<scriptTask id="{id}" cw:resultVariable="n"><script>1 + 1</script></scriptTask>',
                "none": f'<manualTask id="{id}" />',
            }[kind]
        )
        if self.undoing:
            self.handler(id, times)
        return id, id

    def handler(self, id: str, times: int) -> None:
        """What undoes a task."""
        self.runs[f"{id}u"] = times
        self.lines += [
            f'<boundaryEvent id="{id}b" attachedToRef="{id}"><compensateEventDefinition /></boundaryEvent>',
            f'<userTask id="{id}u" isForCompensation="true" />',
            f'<association id="{id}a" sourceRef="{id}b" targetRef="{id}u" />',
        ]

    def call(self, part: Any, times: int) -> tuple[str, str]:
        """Another process with the part in it, and an activity that calls it; what it does is not undone from here."""
        before, self.undoing = self.undoing, False
        id, outer = self.id("call"), self.lines
        self.lines = [f'<startEvent id="{id}s" />', f'<endEvent id="{id}e" />']
        first, last = self.block(part, times)
        self.flow(f"{id}s", first)
        self.flow(last, f"{id}e")
        self.called.append(f'<process id="{id}p">' + "\n".join(self.lines) + "</process>")
        self.lines = [*outer, f'<callActivity id="{id}" calledElement="{id}p" />']
        self.undoing = before
        return id, id

    def undo(self, part: Any, times: int) -> tuple[str, str]:
        """A sub-process that does something and undoes it before it ends; what is inside another one is undone once."""
        before, self.undoing = self.undoing, True
        id, outer = self.id("sub"), self.lines
        throw = f'<intermediateThrowEvent id="{id}t"><compensateEventDefinition /></intermediateThrowEvent>'
        self.lines = [f'<subProcess id="{id}">', f'<startEvent id="{id}s" />', f'<endEvent id="{id}e" />', throw]
        first, last = self.block(part, times)
        self.flow(f"{id}s", first)
        self.flow(last, f"{id}t")
        self.flow(f"{id}t", f"{id}e")
        self.lines = [*outer, *self.lines, "</subProcess>"]
        self.undoing = before
        return id, id

    def guard(self, part: Any, kind: int, interrupting: bool, times: int) -> tuple[str, str]:
        """A sub-process with something at its border, and an event sub-process in it, that need not happen."""
        id, _ = self.sub_process(part, times, "")
        waits = (
            "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
            '<signalEventDefinition signalRef="g" />',
            '<errorEventDefinition errorRef="x" />',
        )[kind]
        cancel = str(interrupting or kind == 2).lower()
        self.lines += [
            f'<boundaryEvent id="{id}g" attachedToRef="{id}" cancelActivity="{cancel}">{waits}</boundaryEvent>',
            f'<userTask id="{id}h" />',
            f'<sequenceFlow id="{id}gh" sourceRef="{id}g" targetRef="{id}h" />',
        ]
        place = self.lines.index(f'<startEvent id="{id}s" />')
        self.lines.insert(
            place,
            f'<subProcess id="{id}v" triggeredByEvent="true"><startEvent id="{id}vs" isInterrupting="{cancel}">'
            f'{waits}</startEvent><userTask id="{id}vu" />'
            f'<sequenceFlow id="{id}vf" sourceRef="{id}vs" targetRef="{id}vu" /></subProcess>',
        )
        return id, id

    def sequence(self, parts: Any, times: int) -> tuple[str, str]:
        ends = [self.block(part, times) for part in parts]
        for (_, before), (after, _) in zip(ends, ends[1:], strict=False):
            self.flow(before, after)
        return ends[0][0], ends[-1][1]

    def sub_process(self, part: Any, times: int, loop: str) -> tuple[str, str]:
        id, outer = self.id("sub"), self.lines
        self.lines = [f'<subProcess id="{id}">{loop}', f'<startEvent id="{id}s" />', f'<endEvent id="{id}e" />']
        first, last = self.block(part, times)
        self.flow(f"{id}s", first)
        self.flow(last, f"{id}e")
        self.lines = [*outer, *self.lines, "</subProcess>"]
        return id, id

    def many(self, part: Any, count: int, sequential: bool, times: int) -> tuple[str, str]:
        loop = (
            f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
            f"<loopCardinality>{count}</loopCardinality></multiInstanceLoopCharacteristics>"
        )
        return self.sub_process(part, times * count, loop)

    def split(self, kind: str, parts: Any, holds: tuple[bool, ...], times: int) -> tuple[str, str]:
        tag = {"and": "parallelGateway", "or": "inclusiveGateway", "xor": "exclusiveGateway"}[kind]
        fork, join = self.id("fork"), self.id("join")
        holds = holds[: len(parts) - 1]
        taken = self.taken(kind, len(parts), holds)
        default = ""
        for place, part in enumerate(parts):
            first, last = self.block(part, times if taken[place] else 0)
            conditional = kind != "and" and place < len(parts) - 1
            flow = self.flow(fork, first, holds[place] if conditional else None)
            default = default if conditional or kind == "and" else f' default="{flow}"'
            self.flow(last, join)
        self.lines += [f'<{tag} id="{fork}"{default} />', f'<{tag} id="{join}" />']
        return fork, join

    @staticmethod
    def taken(kind: str, count: int, holds: tuple[bool, ...]) -> list[bool]:
        """Which branches run: all, those that hold, or the first of them; the last branch is the default."""
        if kind == "and":
            return [True] * count
        chosen = [*holds, not any(holds)]
        if kind == "xor":
            first = chosen.index(True)
            chosen = [place == first for place in range(count)]
        return chosen


# -- any graph

KINDS = ("userTask", "userTask", "receive", "manualTask", "exclusive", "parallelGateway", "inclusive", "catch", "throw")


@st.composite
def graphs(draw: st.DrawFn) -> str:
    """A process whose flows go anywhere: joins that may never be complete, loops, dead ends, boundary events."""
    count = draw(st.integers(2, 7))
    kinds = [draw(st.sampled_from(KINDS)) for _ in range(count)]
    pairs = draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), min_size=2, max_size=12))
    pairs += [(place, place + 1) for place in range(count - 1)]
    conditions = ["a", "not(a)", "b", "b != true", "c"]
    lines = [_node(kind, place) for place, kind in enumerate(kinds)]
    for number, (source, target) in enumerate(pairs):
        conditional = kinds[source] in ("exclusive", "inclusive", "userTask") and draw(st.booleans())
        body = draw(st.sampled_from(conditions)) if conditional else None
        inner = f"<conditionExpression>{body}</conditionExpression>" if body else ""
        lines.append(f'<sequenceFlow id="f{number}" sourceRef="n{source}" targetRef="n{target}">{inner}</sequenceFlow>')
    for place, kind in enumerate(kinds):
        if kind == "userTask" and draw(st.booleans()):
            lines += _boundary(place, draw(st.integers(0, count - 1)), draw(st.integers(0, 3)), draw(st.booleans()))
        if kind in ("exclusive", "inclusive", "parallelGateway"):
            lines.append(f'<sequenceFlow id="o{place}" sourceRef="n{place}" targetRef="e" />')
    lines += ['<startEvent id="s" />', '<endEvent id="e" />', '<sequenceFlow id="fs" sourceRef="s" targetRef="n0" />']
    return HEAD + "\n".join(lines) + TAIL


def _node(kind: str, place: int) -> str:
    signal = '<signalEventDefinition signalRef="g" />'
    return {
        "receive": f'<receiveTask id="n{place}" messageRef="m" />',
        "exclusive": f'<exclusiveGateway id="n{place}" default="o{place}" />',
        "inclusive": f'<inclusiveGateway id="n{place}" default="o{place}" />',
        "catch": f'<intermediateCatchEvent id="n{place}">{signal}</intermediateCatchEvent>',
        "throw": f'<intermediateThrowEvent id="n{place}">{signal}</intermediateThrowEvent>',
    }.get(kind, f'<{kind} id="n{place}" />')


def _boundary(place: int, target: int, kind: int, interrupting: bool) -> list[str]:
    waits = (
        "<timerEventDefinition><timeCycle>R2/PT1H</timeCycle></timerEventDefinition>",
        '<messageEventDefinition messageRef="m" />',
        "<conditionalEventDefinition><condition>a and b</condition></conditionalEventDefinition>",
        '<signalEventDefinition signalRef="g" />',
    )[kind]
    cancel = str(interrupting).lower()
    return [
        f'<boundaryEvent id="b{place}" attachedToRef="n{place}" cancelActivity="{cancel}">{waits}</boundaryEvent>',
        f'<sequenceFlow id="bf{place}" sourceRef="b{place}" targetRef="n{target}" />',
    ]
