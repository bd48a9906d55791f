"""Does a state that reads and writes only what a step touches hold what one that reads everything holds?"""

from collections.abc import Callable
from random import Random

import orjson
import pytest

from orchestration.engine import commands as c
from orchestration.engine.apply import replay
from orchestration.engine.codec import decode, encode, opened
from orchestration.engine.compile_models import build
from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.events import Event
from orchestration.engine.execute import execute
from orchestration.engine.id_set import IdSet
from orchestration.engine.state import Item, State, Wait
from tests.engine.models import NOW, cmmn, entry, item, library, on
from tests.engine.work import calls

HUMAN = '<humanTask id="human" name="Work"/>'
PROCESS = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="n">
  <process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>
  <userTask id="t" name="T"><multiInstanceLoopCharacteristics><loopCardinality>{0}</loopCardinality>
  </multiInstanceLoopCharacteristics></userTask></process></definitions>"""

Begun = tuple[CompiledModels, State, tuple[Event, ...]]


def begun(models: CompiledModels, command: c.Command) -> Begun:
    outcome = execute(models, None, command, NOW)
    assert outcome.rejection is None, outcome.rejection
    return models, outcome.state, outcome.events


def tasks(count: int) -> Begun:
    """A case in which so many tasks are open."""
    plan = "".join(item(f"p{number}") for number in range(count)) + HUMAN
    return begun(library(m_cmmn=cmmn(plan)), c.StartCase("c", {"x": 1}))


def chain(count: int) -> Begun:
    """A case of so many tasks, each of which waits for the one before."""
    waiting = "".join(on(f"s{n}", f"p{n - 1}") + item(f"p{n}", inside=entry(f"s{n}")) for n in range(1, count))
    return begun(library(m_cmmn=cmmn(item("p0") + waiting + HUMAN)), c.StartCase("c", {"x": 1}))


def instances(count: int) -> Begun:
    """A process in which so many instances of one task are open."""
    built = build({"p.bpmn": PROCESS.format(count).encode()})
    assert isinstance(built, CompiledModels), built
    return begun(built, c.StartProcess("p", {"x": 1}))


def as_before(state: State) -> bytes:
    """The state as it was stored until November 2026."""
    return orjson.dumps(
        {
            "next": state.next_id,
            "data": state.root.variables.encode()[1],
            "instances": [
                [i.id, i.kind, i.key, i.parent, i.state, None if i.id == 1 else dict(i.variables), i.facts]
                for i in state.instances.values()
            ],
            "items": [[i.id, i.instance, i.parent, i.node, i.state, i.local, i.facts] for i in state.items.values()],
            "waits": [[w.id, w.instance, w.item, w.kind, w.name, w.node, w.key, w.facts] for w in state.waits.values()],
        }
    )


def data_of(state: State) -> bytes:
    return state.root.variables.encode()[0]


def task_in(state: State) -> int:
    return sorted(wait.id for wait in state.waits.values())[len(state.waits) // 2]


KINDS = pytest.mark.parametrize("of", [tasks, chain, instances])


@KINDS
def test_a_step_on_a_thousand_open_items_does_what_one_on_ten_does(of: Callable[[int], Begun]) -> None:
    cost = {}
    for count in (10, 10, 1_000):
        models, state, _ = of(count)
        items, data, task = encode(state)[0], data_of(state), task_in(state)

        def step(models=models, items=items, data=data, task=task) -> None:
            encode(execute(models, decode(items, data), c.CompleteTask(task), NOW).state)

        cost[count] = calls(step)
    assert cost[1_000] <= 1.5 * cost[10]


@KINDS
def test_a_step_reads_few_pages_and_takes_over_the_others(of: Callable[[int], Begun]) -> None:
    models, state, _ = of(1_000)
    stored = decode(encode(state)[0], data_of(state))
    after = execute(models, stored, c.CompleteTask(task_in(state)), NOW).state
    assert len(encode(after)[0]) > 10_000
    assert stored.pages.decoded <= 4


@KINDS
def test_what_was_stored_before_november_2026_is_read_and_goes_on_the_same(of: Callable[[int], Begun]) -> None:
    models, state, _ = of(50)
    old, new = decode(as_before(state), data_of(state)), decode(encode(state)[0], data_of(state))
    assert old == new == state
    assert opened(as_before(state)) == opened(encode(state)[0])
    for command in (c.CompleteTask(task_in(state)), c.SetVariables({"x": 2}), c.Terminate()):
        one, other = execute(models, old, command, NOW), execute(models, new, command, NOW)
        assert one.events == other.events != ()
        assert opened(encode(one.state)[0]) == opened(encode(other.state)[0])
        old, new = one.state, other.state


@KINDS
def test_stored_stepped_and_replayed_are_the_same_bytes(of: Callable[[int], Begun]) -> None:
    models, state, events = of(40)
    stepped = state
    for _ in range(20):
        outcome = execute(models, stepped, c.CompleteTask(task_in(stepped)), NOW)
        events += outcome.events
        items, data = encode(outcome.state)
        stepped = decode(items, data_of(outcome.state))
        assert encode(stepped) == (items, None)
    assert encode(replay(events))[0] == encode(stepped)[0]
    assert replay(events) == stepped


@pytest.mark.parametrize("damage", [b"", b"[", b"[12,{}", b"[2,{},[],[]]", b"[1000000,{},[]]"])
def test_a_damaged_document_is_no_state(damage: bytes) -> None:
    with pytest.raises((ValueError, KeyError)):
        decode(damage, b"{}")


def test_a_document_that_was_cut_off_is_no_state() -> None:
    _, state, _ = tasks(30)
    items = encode(state)[0]
    for cut in (items[:-1], items + b" ", items[:-5] + b"]"):
        with pytest.raises(ValueError):
            decode(cut, data_of(state))


def test_rows_that_come_change_and_go_are_those_of_a_dictionary() -> None:
    random = Random(5)
    state, known = tasks(3)[1], {}
    for turn in range(3_000):
        id = random.randint(10, 120)
        match random.choice(["open", "open", "note", "end", "wait", "copy", "store"]):
            case "open" if id not in known:
                known[id] = [f"n{id % 7}", {}, False]
                state.items[id] = Item(id, 1, None, known[id][0], "active")
            case "note" if id in known:
                known[id][1] = {"turn": turn}
                state.own_item(id).facts = {"turn": turn}
            case "end" if id in known:
                del known[id]
                assert state.items.pop(id) is not None
                state.waits.pop(id)
            case "wait" if id in known:
                known[id][2] = not known[id][2]
                if known[id][2]:
                    state.waits[id] = Wait(id, 1, id, "task", f"w{id % 5}")
                else:
                    assert state.waits.pop(id) is not None
            case "copy":
                state = state.working()
            case "store":
                state = decode(encode(state)[0], data_of(state)).working()
        mine = {each.id: each for each in state.items.values() if each.id >= 10}
        assert list(mine) == sorted(known)
        node, name = f"n{turn % 7}", f"w{turn % 5}"
        assert [e.id for e in state.items_at(1, node) if e.id >= 10] == [
            i for i in sorted(known) if known[i][0] == node
        ]
        assert [w.id for w in state.waiting_for("task", name)] == [
            i for i in sorted(known) if known[i][2] and name == f"w{i % 5}"
        ]
        assert [e.facts for e in state.items_with(1, "turn")] == [known[i][1] for i in sorted(known) if known[i][1]]
        assert (id in state.items) is (id in known)


def test_a_set_of_ids_is_a_set_in_order_however_large() -> None:
    random, ids, known = Random(2), IdSet(), set()
    for _ in range(4_000):
        id = random.choice([random.randint(1, 40), random.randint(1, 100_000)])
        if random.random() < 0.6:
            ids.add(id)
            known.add(id)
        else:
            ids.discard(id)
            known.discard(id)
        assert (len(ids), bool(ids), id in ids) == (len(known), bool(known), id in known)
    assert list(ids) == list(ids.copy()) == sorted(known)
    assert list(IdSet(orjson.loads(orjson.dumps(ids.stored())))) == sorted(known)
    assert IdSet(range(1, 1_001)).stored() != []
    assert len(orjson.dumps(IdSet(range(1, 1_001)).stored())) < 500
