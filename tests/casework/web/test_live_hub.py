"""Does every open page hear of a change, by one look for all who watch the same, and of nothing once it may not?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine
from typing import Any

import pytest

from casework.web import live_hub
from casework.web.live_hub import Hub, Viewer
from casework.web.live_listener import cases_of
from casework.web.live_stream import HANDED_OVER, with_streams


class Things:
    """Subjects whose state is a number; looks are counted, and fail while the database is away."""

    name = "things"

    def __init__(self) -> None:
        self.states = {1: "1", 2: "1"}
        self.looks: list[set[int]] = []
        self.forbidden: set[tuple[int, int]] = set()
        self.away = False

    def concerned(self, changed: frozenset[int], watched: Collection[int]) -> Collection[int]:
        return changed.intersection(watched)

    def look(self, subjects: Collection[int]) -> dict[int, str]:
        if self.away:
            raise OSError
        self.looks.append(set(subjects))
        return {each: self.states[each] for each in subjects if each in self.states}

    def visible(self, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
        return set(pairs) - self.forbidden


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_hub, "LEAST_GAP", 0.001)
    monkeypatch.setattr(live_hub, "RIGHTS_EVERY", 0.001)


def hub(ended: Collection[str] = ()) -> Hub:
    async def listen(changed: object) -> None:
        await asyncio.Event().wait()

    return Hub(listen, lambda sessions: set(sessions) - set(ended))


def alive(things: Things, subject: int = 1, person: int = 7, session: str = "s") -> Viewer:
    return Viewer(things, subject, person, session, "1")


def on_the_loop(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(story, 20))


async def until(holds: Callable[[], object]) -> None:
    while not holds():
        await asyncio.sleep(0.001)


def test_a_change_is_looked_at_once_for_all_who_watch_the_same() -> None:
    async def story() -> None:
        things, center = Things(), hub()
        viewers = [alive(things, person=person) for person in range(200)]
        for viewer in viewers:
            center.enter(viewer)
        await until(lambda: things.looks)
        before = len(things.looks)
        things.states[1] = "2"
        center.changed(frozenset({1}))
        for viewer in viewers:
            assert await viewer.news("1") == ("2", True)
        assert things.looks[before:] == [{1}]

    on_the_loop(story())


def test_who_watches_something_else_hears_nothing() -> None:
    async def story() -> None:
        things, center = Things(), hub()
        one, other = alive(things, 1), alive(things, 2)
        center.enter(one)
        center.enter(other)
        things.states[1] = "2"
        center.changed(frozenset({1, 99}))
        assert await one.news("1") == ("2", True)
        assert other.seen == "1"

    on_the_loop(story())


def test_what_was_missed_while_the_listener_was_away_is_found_by_a_look_at_all() -> None:
    async def story() -> None:
        things, center = Things(), hub()
        viewer = alive(things)
        center.enter(viewer)
        await until(lambda: things.looks)
        things.states[1] = "5"
        center.changed(None)
        assert await viewer.news("1") == ("5", True)

    on_the_loop(story())


@pytest.mark.parametrize("why", ["right", "session", "gone"])
def test_a_stream_ends_when_its_reader_may_not_see_it_any_more(why: str) -> None:
    async def story() -> None:
        things = Things()
        center = hub(ended={"s"} if why == "session" else ())
        other = alive(things, person=8, session="t")
        viewer = alive(things)
        center.enter(viewer)
        center.enter(other)
        if why == "right":
            things.forbidden.add((7, 1))
        if why == "gone":
            del things.states[1]
            center.changed(frozenset({1}))
        await viewer.news("1")
        assert viewer.over
        assert other.over == (why == "gone")

    on_the_loop(story())


def test_while_the_database_is_away_nothing_is_told_and_no_sign_of_life_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_hub, "BEAT_EVERY", 0.001)
    monkeypatch.setattr(live_hub, "RIGHTS_EVERY", 60)

    async def story() -> None:
        things, center = Things(), hub()
        viewer = alive(things)
        things.away = True
        center.enter(viewer)
        await until(lambda: not center._reached)
        viewer._beat = False
        await asyncio.sleep(0.01)
        assert not viewer._beat and not viewer.over
        things.away, things.states[1] = False, "2"
        center.changed(None)
        assert await viewer.news("1") == ("2", True)

    on_the_loop(story())


def test_nothing_runs_when_all_have_gone() -> None:
    async def story() -> None:
        things, center = Things(), hub()
        viewers = [alive(things), alive(things, person=8)]
        for viewer in viewers:
            center.enter(viewer)
        tasks = list(center._tasks)
        for viewer in viewers:
            center.leave(viewer)
        _, running = await asyncio.wait(tasks, timeout=5)
        assert tasks and not running

    on_the_loop(story())


def test_streams_are_counted_for_each_person_from_when_they_are_admitted() -> None:
    center = hub()
    assert [center.admit(7, 2) for _ in range(4)] == [True, True, False, False]
    assert center.admit(8, 2) and center.watching(7) == 2
    center.dismiss(7)
    assert center.admit(7, 2) and not center.admit(7, 2)


def test_who_was_admitted_and_never_got_a_stream_is_not_counted_any_more() -> None:
    async def story() -> None:
        center = hub()

        async def broken(scope: Any, receive: Any, send: Any) -> None:
            assert center.admit(7, 1)
            scope[HANDED_OVER].append(alive(Things()))
            raise OSError

        with pytest.raises(OSError):
            await with_streams(broken, center)({"type": "http", "path": "/live/"}, None, None)  # type: ignore[arg-type]
        assert center.watching(7) == 0

    on_the_loop(story())


def test_a_notification_names_cases_or_says_that_much_has_happened() -> None:
    assert cases_of("3,17") == frozenset({3, 17})
    assert cases_of("*") is None
    assert cases_of("drop table") == frozenset()


async def answer(scope: Any, receive: Any, send: Any, *, viewer: Viewer | None) -> None:
    """As Django answers: with a length and an end."""
    if viewer is not None:
        scope[HANDED_OVER].append(viewer)
    start = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5"), (b"x", b"y")]}
    await send(start)
    await send({"type": "http.response.body", "body": b"begin", "more_body": False})


def test_an_answer_goes_on_as_a_stream_until_the_reader_goes() -> None:
    async def story() -> None:
        things, center = Things(), hub()
        viewer = alive(things)
        gone, sent = asyncio.Event(), []

        async def receive() -> dict[str, str]:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)
            if b"changed" in message.get("body", b""):
                gone.set()

        assert center.admit(7, 1)
        app = with_streams(lambda scope, r, s: answer(scope, r, s, viewer=viewer), center)
        serving = asyncio.create_task(app({"type": "http", "path": "/live/"}, receive, send))
        await until(lambda: center._tasks)
        things.states[1] = "2"
        center.changed(frozenset({1}))
        await serving
        assert sent[0]["headers"] == [(b"x", b"y")]
        assert sent[1] == {"type": "http.response.body", "body": b"begin", "more_body": True}
        assert sent[2]["body"] == b"id: 2\nevent: changed\ndata: 2\n\n"
        assert sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}
        assert center.watching(7) == 0

    on_the_loop(story())


def test_an_answer_without_a_viewer_is_left_as_it_is() -> None:
    async def story() -> None:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        app = with_streams(lambda scope, r, s: answer(scope, r, s, viewer=None), hub())
        await app({"type": "http", "path": "/live/"}, None, send)  # type: ignore[arg-type]
        assert sent[0]["headers"][0] == (b"content-length", b"5")
        assert sent[1]["more_body"] is False

    on_the_loop(story())
