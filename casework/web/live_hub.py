"""Who is watching what, and who has to hear of a change?

One hub a web process (publish and subscribe, on the event loop): a viewer is an object that waits, without a thread and
without a connection. A change is looked at once for each case or inbox that somebody watches, not once for each viewer,
in one thread that all share; there the rights of all viewers are asked again every few seconds, too.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar

import structlog
from django.db import close_old_connections, connection

from casework.web.presence import Presence

log = structlog.get_logger()

LOOK_EVERY: Final = 10.0
"""Seconds after which everything watched is looked at, heard of or not: a notification may be lost, a date may pass."""
RIGHTS_EVERY: Final = 3.0
LEAST_GAP: Final = 0.2
"""Seconds between two looks: what happens meanwhile is one look's."""
BEAT_EVERY: Final = 5.0
"""Seconds between signs of life. A page that hears none for twice as long says that the server is out of reach."""

Result = TypeVar("Result")


class Source(Protocol):
    """A kind of thing that pages show: its looks are blocking and answer for many at once."""

    @property
    def name(self) -> str:
        """Among the kinds."""

    def concerned(self, changed: frozenset[int], watched: Collection[int]) -> Collection[int]:
        """Which of those watched a change of these root cases may concern."""

    def look(self, subjects: Collection[int]) -> Mapping[int, str]:
        """What stands for the present state of each; those that are not there any more are left out."""

    def visible(self, pairs: Collection[tuple[int, int]]) -> Collection[tuple[int, int]]:
        """Those of these (person, subject) that may be seen."""


@dataclass(eq=False, slots=True)
class Viewer:
    """One open page: which person sees which subject, from which session, and which state the page shows (`seen`).

    `name`: by which others at the same subject hear of them; nobody does where it is empty. `company`: who else is
    there, as JSON.
    """

    source: Source
    subject: int
    person: int
    session: str
    seen: str
    over: bool = False
    name: str = ""
    company: str = "[]"
    _accompanied: str = "[]"
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _beat: bool = False

    def tell(self, state: str) -> None:
        if state != self.seen:
            self.seen = state
            self._wake.set()

    def end(self) -> None:
        self.over = True
        self._wake.set()

    def beat(self) -> None:
        self._beat = True
        self._wake.set()

    def accompany(self, company: str) -> None:
        if company != self.company:
            self.company = company
            self._wake.set()

    def new_company(self) -> str | None:
        """Who else is there, where that was not asked for since it changed."""
        told, self._accompanied = self._accompanied, self.company
        return self.company if told != self.company else None

    async def news(self, told: str) -> tuple[str, bool]:
        """Waits until there is something to say beyond the state `told`; the state, and whether it is more than a sign
        of life."""
        while self.seen == told and not self.over and not self._beat and self.company == self._accompanied:
            self._wake.clear()
            await self._wake.wait()
        self._beat = False
        return self.seen, self.seen != told


class Hub:
    """All viewers of this process. Everything but the looks happens on the event loop that the first viewer came on."""

    def __init__(
        self,
        listen: Callable[[Callable[[frozenset[int] | None], None]], Awaitable[None]],
        sessions: Callable[[Collection[str]], Collection[str]],
        presence: Presence | None = None,
    ) -> None:
        """`listen` calls back with the root cases that changed, None for all; `sessions` says which have not ended."""
        self._listen, self._sessions = listen, sessions
        self._presence = presence or Presence(lambda sign: None)
        self._viewers: dict[Source, dict[int, set[Viewer]]] = defaultdict(lambda: defaultdict(set))
        self._of_person: Counter[int] = Counter()
        self._counting = threading.Lock()
        self._due: dict[Source, set[int]] = defaultdict(set)
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._thread = ThreadPoolExecutor(1, "live")
        self._reached = True

    def watching(self, person: int) -> int:
        """How many streams this person has here, or is about to have."""
        return self._of_person[person]

    def admit(self, person: int, most: int) -> bool:
        """Whether this person may have one more stream; it counts from now on, until `dismiss`. From any thread."""
        with self._counting:
            admitted = self._of_person[person] < most
            self._of_person[person] += admitted
            return admitted

    def dismiss(self, person: int) -> None:
        """A stream of theirs is over, or has never begun."""
        with self._counting:
            self._of_person -= Counter({person: 1})

    def enter(self, viewer: Viewer) -> None:
        self._viewers[viewer.source][viewer.subject].add(viewer)
        self._want(viewer.source, [viewer.subject])
        self._presence.came(viewer)
        if not self._tasks:
            work = (self._look_after_changes, self._look_at_all, self._ask_rights, self._beat, self._presence.keep)
            self._tasks = [asyncio.create_task(each()) for each in work]
            self._tasks.append(asyncio.ensure_future(self._listen(self.changed)))

    def leave(self, viewer: Viewer) -> None:
        self._presence.went(viewer)
        watched = self._viewers[viewer.source]
        watched[viewer.subject].discard(viewer)
        if not watched[viewer.subject]:
            del watched[viewer.subject]
        if not any(self._viewers.values()):
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    def changed(self, instances: frozenset[int] | None) -> None:
        """These root cases have changed; None: anything may have."""
        for source, watched in self._viewers.items():
            self._want(source, watched if instances is None else source.concerned(instances, watched.keys()))

    def _want(self, source: Source, subjects: Iterable[int]) -> None:
        self._due[source].update(subjects)
        if self._due[source]:
            self._changed.set()

    async def _look_after_changes(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            due, self._due = self._due, defaultdict(set)
            for source, subjects in due.items():
                await self._look(source, subjects)
            await asyncio.sleep(LEAST_GAP)

    async def _look(self, source: Source, subjects: Collection[int]) -> None:
        states = await self._asked(lambda: source.look(subjects))
        if states is None:
            return
        for subject in subjects:
            for viewer in self._viewers[source].get(subject, ()):
                if subject in states:
                    viewer.tell(states[subject])
                else:
                    viewer.end()

    async def _look_at_all(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self.changed(None)

    async def _ask_rights(self) -> None:
        while True:
            await asyncio.sleep(RIGHTS_EVERY)
            for source in list(self._viewers):
                await self._send_away(source)

    async def _send_away(self, source: Source) -> None:
        """End the streams of those who have gone, or may not see any more what their page shows."""
        viewers = [viewer for watched in self._viewers[source].values() for viewer in watched]
        pairs = {(viewer.person, viewer.subject) for viewer in viewers}
        there = await self._asked(lambda: set(self._sessions({viewer.session for viewer in viewers})))
        seen = await self._asked(lambda: set(source.visible(pairs)))
        if there is None or seen is None:
            return
        for viewer in viewers:
            if viewer.session not in there or (viewer.person, viewer.subject) not in seen:
                viewer.end()

    async def _beat(self) -> None:
        """Says nothing while the database is out of reach: then nobody knows what is true, nor who may see it."""
        while True:
            await asyncio.sleep(BEAT_EVERY)
            if self._reached:
                for watched in self._viewers.values():
                    for viewers in watched.values():
                        for viewer in viewers:
                            viewer.beat()

    async def _asked(self, question: Callable[[], Result]) -> Result | None:
        """What the database says, in the shared thread; None when it cannot be asked."""
        try:
            answer = await asyncio.get_running_loop().run_in_executor(self._thread, _with_connection, question)
        except Exception as error:  # whatever the driver raises: it is asked again, and pages hear nothing meanwhile
            if self._reached:
                log.warning("live pages: the database cannot be asked", error=type(error).__name__)
            self._reached = False
            return None
        self._reached = True
        return answer


def _with_connection(question: Callable[[], Result]) -> Result:
    close_old_connections()
    try:
        return question()
    finally:
        with contextlib.suppress(Exception):
            connection.close()
