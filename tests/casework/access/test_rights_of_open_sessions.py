"""Rights are changed under two hundred open sessions and streams: none outlives the next look, or the next request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group, User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from casework.access import people as changing
from casework.access.permissions import origin_of
from casework.cases.live import CASE_CHANGES
from casework.models import Case
from casework.web import live_hub
from casework.web.live import _not_ended
from casework.web.live_hub import Hub, Viewer

pytestmark = pytest.mark.django_db

MANY = 200


def sessions_of(users: list[User]) -> dict[int, str]:
    """They sign in, without a page; by number of the person."""
    store, until = SessionStore(), timezone.now() + timedelta(hours=1)
    rows = [
        Session(
            session_key=f"session-of-{user.pk}".ljust(40, "x"), expire_date=until,
            session_data=store.encode({
                SESSION_KEY: str(user.pk), HASH_SESSION_KEY: user.get_session_auth_hash(),
                BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            }),
        )
        for user in users
    ]  # fmt: skip
    Session.objects.bulk_create(rows)
    return {user.pk: row.session_key for user, row in zip(users, rows, strict=True)}


def asks(session: str, case: Case) -> int:
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session
    return browser.get(f"/cases/{case.pk}/live/?seen=0").status_code


class Told:
    """What the database says of the streams after the change, for a hub whose threads are none of the test's."""

    name = "told"

    def __init__(self, visible: set[tuple[int, int]]) -> None:
        self.seen = visible

    def concerned(self, changed: frozenset[int], watched: Collection[int]) -> Collection[int]:
        return changed.intersection(watched)

    def look(self, subjects: Collection[int]) -> dict[int, str]:
        return dict.fromkeys(subjects, "1")

    def visible(self, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
        return self.seen.intersection(pairs)


def test_none_outlives_the_next_request(
    people: dict[str, User], analysed: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, analysts, origin = analysed(), Group.objects.get(name="Analysts"), origin_of(people["ada"])
    users = User.objects.bulk_create(User(username=f"temp-{number}", password="!") for number in range(MANY))
    analysts.user_set.add(*users)
    sessions = sessions_of(users)
    pairs = [(user.pk, case.instance_id) for user in users]
    assert CASE_CHANGES.visible(pairs) == {*pairs} and _not_ended(sessions.values()) == {"", *sessions.values()}
    left, kept_out, stay = users[:12], users[12:15], users[15]
    for user in left:
        changing.person_leave(user=user, group=analysts, origin=origin)
    for user in kept_out:
        changing.person_switch(user=user, on=False, origin=origin)
    visible, there = CASE_CHANGES.visible(pairs), _not_ended(sessions.values())
    gone = {user.pk for user in (*left, *kept_out)}
    assert {person for person, _ in visible} == sessions.keys() - gone
    assert there - {""} == {sessions[user.pk] for user in users if user not in kept_out}  # "": who came by a token
    assert [asks(sessions[one.pk], case) for one in (left[0], kept_out[0], stay)] == [404, 302, 200]
    assert over_after_a_look(monkeypatch, case.instance_id, sessions, visible, there) == gone
    analysts.user_set.clear()  # the whole group at once
    assert CASE_CHANGES.visible(pairs) == set()
    assert asks(sessions[stay.pk], case) == 404


def over_after_a_look(
    monkeypatch: pytest.MonkeyPatch,
    subject: int,
    sessions: dict[int, str],
    visible: set[tuple[int, int]],
    there: set[str],
) -> set[int]:
    """Whose open streams have ended once the process has looked at rights again."""
    monkeypatch.setattr(live_hub, "RIGHTS_EVERY", 0.001)

    async def story() -> set[int]:
        async def listen(changed: object) -> None:
            await asyncio.Event().wait()

        center, source = Hub(listen, lambda asked: there.intersection(asked)), Told(visible)
        viewers = [Viewer(source, subject, person, session, "1") for person, session in sessions.items()]
        for viewer in viewers:
            center.enter(viewer)
        while not any(viewer.over for viewer in viewers):
            await asyncio.sleep(0.001)
        found = {viewer.person for viewer in viewers if viewer.over}
        for viewer in viewers:
            center.leave(viewer)
        return found

    return asyncio.run(asyncio.wait_for(story(), 20))
