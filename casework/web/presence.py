"""Who else has this case open, and who writes in it, right now?

Ephemeral presence: nothing of it is kept, and nobody polls. Each web process says whom it has (NOTIFY), hears what all
processes say (LISTEN), and tells the open pages by their streams. What is not said again within some seconds is over,
so that a process which dies takes nobody's presence with it into the next day.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, Protocol

Doing = Literal["looks", "writes", "gone"]

AGAIN_EVERY: Final = 10.0
"""Seconds after which a process says again whom it has."""
LASTS: Final = 25.0
WRITES_FOR: Final = 12.0
"""Seconds for which somebody counts as writing after a piece of their text was kept."""
LOOK_EVERY: Final = 2.0
"""Seconds after which it is looked, in memory, for what is over."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What one process says of one person at one root case. `name`: empty for who writes, as that is said of who is
    there."""

    process: str
    root: int
    person: int
    name: str
    doing: Doing

    @property
    def said(self) -> str:
        """As a notification carries it."""
        return json.dumps([self.process, self.root, self.person, self.name, self.doing])

    @classmethod
    def read(cls, text: str) -> Sign | None:
        """None for what no process of ours said."""
        try:
            process, root, person, name, doing = json.loads(text)
            return cls(str(process), int(root), int(person), str(name), doing)
        except (ValueError, TypeError):
            return None


class Looker(Protocol):
    """An open page: whose it is, and which root case it shows. `name`: empty where nobody is to hear of it."""

    subject: int
    person: int
    name: str

    def accompany(self, company: str) -> None:
        """Tell the page who else is there."""


def own_process() -> str:
    """What this process is called among all; another one after a fork."""
    return f"{_NAME}.{os.getpid()}"


_NAME: Final = uuid.uuid4().hex[:8]


class Presence:
    """All who are there, as this process has heard. On the event loop, but for `writes`."""

    def __init__(self, say: Callable[[Sign], None], now: Callable[[], float] = time.monotonic) -> None:
        self._say, self._now = say, now
        self._here: dict[int, set[Looker]] = defaultdict(set)
        self._there: dict[int, dict[tuple[str, int], tuple[str, float]]] = defaultdict(dict)
        self._writing: dict[tuple[int, int], float] = {}
        self._wrote: dict[tuple[int, int], float] = {}

    def came(self, page: Looker) -> None:
        if page.name:
            self._here[page.subject].add(page)
            self._say(_sign(page, "looks"))
            self._tell([page.subject])

    def went(self, page: Looker) -> None:
        """Told of when it was this person's last page of the case in this process."""
        pages = self._here.get(page.subject, set())
        pages.discard(page)
        if not pages:
            self._here.pop(page.subject, None)
        if page.name and all(one.person != page.person for one in pages):
            self._say(_sign(page, "gone"))

    def writes(self, root: int, person: int) -> None:
        """They have written something just now; said once in a third of the time that it counts. From any thread."""
        now, of = self._now(), (root, person)
        if now - self._wrote.get(of, -WRITES_FOR) < WRITES_FOR / 3:
            return
        self._wrote = {one: at for one, at in self._wrote.items() if now - at < WRITES_FOR} | {of: now}
        self._say(Sign(own_process(), root, person, "", "writes"))

    def heard(self, sign: Sign) -> None:
        """What a process says, this one's own words too."""
        of, now = (sign.process, sign.person), self._now()
        if sign.doing == "gone":
            self._there[sign.root].pop(of, None)
        elif sign.doing == "writes":
            self._writing[sign.root, sign.person] = now + WRITES_FOR
        else:
            self._there[sign.root][of] = (sign.name, now + LASTS)
        self._tell([sign.root])

    def again(self) -> None:
        """Say again whom this process has, once for each person of a case."""
        for pages in self._here.values():
            for page in {one.person: one for one in pages}.values():
                self._say(_sign(page, "looks"))

    def forget(self) -> None:
        """Let go of what is over, and tell the pages."""
        now = self._now()
        for root, there in list(self._there.items()):
            left = {of: known for of, known in there.items() if known[1] > now}
            self._there[root] = left
            if not left:
                del self._there[root]
        self._writing = {of: until for of, until in self._writing.items() if until > now}
        self._tell(self._here)

    async def keep(self) -> None:
        """For as long as somebody has a page open here."""
        while True:
            for _ in range(round(AGAIN_EVERY / LOOK_EVERY)):
                await asyncio.sleep(LOOK_EVERY)
                self.forget()
            self.again()

    def _tell(self, roots: Iterable[int]) -> None:
        for root in list(roots):
            for page in self._here.get(root, ()):
                page.accompany(self._company(root, page.person))

    def _company(self, root: int, person: int) -> str:
        """Everybody there but this person, by name, and whether they write; as JSON."""
        there = {who: name for (_, who), (name, _) in self._there.get(root, {}).items() if who != person}
        writing: dict[int, Any] = {who: (root, who) in self._writing for who in there}
        said = sorted(
            ({"name": name, "writes": writing[who]} for who, name in there.items()), key=lambda one: one["name"]
        )
        return json.dumps(said)


def _sign(page: Looker, doing: Doing) -> Sign:
    return replace(Sign(own_process(), page.subject, page.person, page.name, "looks"), doing=doing)
