"""Which of the workers that wait is told that there is work?

One look at the database a moment, for all actors whose workers wait in this process, in one thread that they share;
as many are woken as there are jobs, those first who wait longest. Nobody waits: nobody looks.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import structlog
from django.db import close_old_connections, connection
from django.db.models import Count

from orchestration.models import Job

log = structlog.get_logger()

LOOK_EVERY: Final = 0.5
"""Seconds."""

Look = Callable[[Collection[str]], Mapping[str, int]]


class Bell:
    """Of one web process; everything but the looks happens on its event loop."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._waiting: dict[str, deque[asyncio.Event]] = defaultdict(deque)
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "bell")

    async def rings(self, actor: str) -> None:
        """Comes back when there is work for this actor."""
        woken = asyncio.Event()
        self._waiting[actor].append(woken)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())
        try:
            await woken.wait()
        finally:
            self._leave(actor, woken)

    def _leave(self, actor: str, woken: asyncio.Event) -> None:
        if woken in self._waiting[actor]:
            self._waiting[actor].remove(woken)
        if not self._waiting[actor]:
            del self._waiting[actor]

    async def _watch(self) -> None:
        while self._waiting:
            await asyncio.sleep(LOOK_EVERY)
            actors = list(self._waiting)
            try:
                found = await asyncio.get_running_loop().run_in_executor(self._thread, self._look, actors)
            except Exception as error:  # whatever the driver raises: it is asked again
                log.warning("workers wait: the database cannot be asked", error=type(error).__name__)
                continue
            for actor, jobs in found.items():
                self._wake(actor, jobs)
        await asyncio.get_running_loop().run_in_executor(self._thread, _close)

    def _wake(self, actor: str, jobs: int) -> None:
        waiting = self._waiting.get(actor, deque())
        for _ in range(min(jobs, len(waiting))):
            waiting.popleft().set()


def _close() -> None:
    """The session of the thread that looked: each has its own, so this one is named there."""
    connection.close()


def offered(actors: Collection[str]) -> Mapping[str, int]:
    """How many jobs wait for the workers of each of these actors; one statement."""
    close_old_connections()
    waiting = Job.objects.filter(state=Job.State.OFFERED, actor__in=actors).order_by()
    return dict(waiting.values_list("actor").annotate(Count("pk")))
