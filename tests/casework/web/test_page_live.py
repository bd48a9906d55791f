"""Does a page hear of every change, and of nothing once it may not?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied

from casework.web import live


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """Looks follow one another at once, on the event loop itself."""

    async def at_once(look: Callable[[], str]) -> str:
        return look()

    monkeypatch.setattr(live, "LOOK_EVERY", 0.001)
    monkeypatch.setattr(live, "_looked", at_once)


def told(looks: list, seen: str, most: int = 6) -> list[str]:
    """What the stream says while the state goes through `looks`; an exception among them is raised."""
    left = iter(looks)

    def look() -> str:
        found = next(left, looks[-1])
        if isinstance(found, Exception):
            raise found
        return found

    async def listen() -> list[str]:
        heard = []
        async for part in live._events(look, seen):
            heard.append(part)
            if len(heard) == most:
                break
        return heard

    return asyncio.run(asyncio.wait_for(listen(), 10))


def test_what_happened_before_the_stream_began_is_told_at_once():
    assert told(["8"], seen="7", most=2)[1] == "id: 8\nevent: changed\ndata: 8\n\n"


def test_every_change_is_told_once_and_nothing_between():
    heard = told(["1", "1", "2", "2", "3", PermissionDenied()], seen="1")
    assert [part.splitlines()[0] for part in heard[1:]] == ["id: 2", "id: 3", "event: over"]


def test_a_stream_ends_when_the_person_may_not_see_any_more():
    assert told(["1", PermissionDenied()], seen="1")[-1].startswith("event: over")


def test_a_quiet_stream_gives_a_sign_of_life_and_ends_after_a_while(monkeypatch):
    monkeypatch.setattr(live, "HEARTBEAT_EVERY", 0.003)
    monkeypatch.setattr(live, "LONGEST", 0.02)
    heard = told(["1"], seen="1", most=99)
    assert heard[0].startswith("retry: ")
    assert set(heard[1:]) == {": still here\n\n"}
