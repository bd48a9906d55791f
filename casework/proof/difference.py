"""What is different in a case between two moments of it, as one reader sees them? Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from casework.cases.read.decisions import Decision
from casework.cases.read.fields import Field
from casework.documents.read import Listed
from casework.proof.moments import Held, Moment

Json = Any
CAME, GONE, OTHERWISE = "new", "over", "changed"
NOTHING: Final[tuple[Json, ...]] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Changed:
    """A value in words, from what to what. `masked`: it was written, and the reader does not see what. `held`, `holds`:
    from when on each holds in the world, where the case type says which field tells that."""

    label: str
    before: Json
    after: Json
    masked: bool = False
    held: Json = None
    holds: Json = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A task or step that is `new`, `over` or `changed`; `note`: how."""

    what: str
    how: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    data: tuple[Changed, ...]
    tasks: tuple[Moved, ...]
    work: tuple[Moved, ...]
    stages: tuple[Changed, ...]
    decisions: tuple[Decision, ...]
    documents: tuple[Listed, ...]
    state: Changed | None

    @property
    def is_nothing(self) -> bool:
        return not (
            self.data or self.tasks or self.work or self.stages or self.decisions or self.documents or self.state
        )


def difference(earlier: Moment, later: Moment) -> Difference:
    known, had = {one.sequence for one in earlier.decisions}, {one.id for one in earlier.documents}
    return Difference(
        data=tuple(_data(earlier.data, later.data)),
        tasks=tuple(_tasks({one.item: one for one in earlier.tasks}, {one.item: one for one in later.tasks})),
        work=tuple(_work(dict(earlier.work), dict(later.work))),
        stages=tuple(
            Changed(now.name, was.status, now.status)
            for was, now in zip(earlier.stages, later.stages, strict=False) if was != now
        ),
        decisions=tuple(
            one for one in later.decisions if one.sequence > earlier.sequence and one.sequence not in known
        ),
        documents=tuple(one for one in later.documents if one.id not in had),
        state=None if earlier.state == later.state else Changed("State", earlier.state, later.state),
    )  # fmt: skip


def _data(earlier: tuple[Field, ...], later: tuple[Field, ...]) -> Iterator[Changed]:
    before, after = ({one.pointer: one for one in data} for data in (earlier, later))
    for pointer in dict.fromkeys((*before, *after)):
        was, now = before.get(pointer), after.get(pointer)
        one = now or was
        if one is None:
            continue
        label = f"{one.group}: {one.name}" if one.group else one.name
        seen, effective = (_value(was), _value(now)), (_effective(was), _effective(now))
        written = one.masked and was is not None and now is not None and was.event != now.event
        if seen[0] != seen[1] or effective[0] != effective[1] or written:
            hidden = written and seen[0] == seen[1] and effective[0] == effective[1]
            yield Changed(label, *seen, hidden, *effective)


def _value(one: Field | None) -> Json:
    return None if one is None or one.value in NOTHING else one.value


def _effective(one: Field | None) -> Json:
    return None if _value(one) is None or one is None else one.effective


def _tasks(before: Mapping[int, Held], after: Mapping[int, Held]) -> Iterator[Moved]:
    for item in dict.fromkeys((*before, *after)):
        was, now = before.get(item), after.get(item)
        if was is None and now is not None:
            yield Moved(now.name, CAME, _whose(now))
        elif was is not None and now is None:
            yield Moved(was.name, GONE)
        elif was is not None and now is not None and was != now:
            yield Moved(now.name, OTHERWISE, "; ".join(_told(was, now)))


def _whose(task: Held) -> str:
    return f"with {task.holder}" if task.holder else f"for {', '.join(task.offered)}" if task.offered else ""


def _told(was: Held, now: Held) -> Iterator[str]:
    if was.holder != now.holder:
        yield f"from {was.holder or 'nobody'} to {now.holder or 'nobody'}"
    if was.state != now.state:
        yield f"now {now.state}"
    if was.urgent != now.urgent:
        yield "now urgent" if now.urgent else "no longer urgent"
    if was.due != now.due:
        yield "due at another time"
    if was.offered != now.offered:
        yield f"now for {', '.join(now.offered)}"


def _work(before: Mapping[int, str], after: Mapping[int, str]) -> Iterator[Moved]:
    yield from (Moved(name, CAME) for item, name in after.items() if item not in before)
    yield from (Moved(name, GONE) for item, name in before.items() if item not in after)
