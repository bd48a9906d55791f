"""Everybody looks after their own sign-in: password, where they are signed in, and who they are once more."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from audit.selectors import timeline
from casework.access import sign_in_limits as limits
from casework.access.models import SignedIn
from casework.access.sessions import CONFIRMED, FRESH_FOR, sessions_of
from casework.people.worker_tasks import link_wanted
from orchestration.shell.verification.control import verify_control
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

OLD, NEW = "correct horse battery", "seven green lamps"


@pytest.fixture
def anna(db: None) -> User:
    return User.objects.create_user("anna", email="anna@example.org", password=OLD)


def signed_in(user: User, device: str = "Browser 1") -> Client:
    browser = Client(headers={"User-Agent": device})
    assert browser.post("/login/", {"username": user.username, "password": OLD}).status_code == 302
    return browser


def change(browser: Client, old: str = OLD, new: str = NEW) -> Any:
    return browser.post("/account/password/", {"old_password": old, "new_password1": new, "new_password2": new})


def test_somebody_sees_where_they_are_signed_in_and_ends_one(anna: User) -> None:
    here, there = signed_in(anna), signed_in(anna, "Browser 2")
    page = told(here.get("/account/"))
    assert "Browser 1" in page and "Browser 2" in page and "this one" in page
    here.post("/account/sessions/", {"session": SignedIn.objects.get(device="Browser 2").pk})
    assert there.get("/").status_code == 302 and here.get("/").status_code == 200
    assert "Browser 2" not in told(here.get("/account/"))


def test_somebody_signs_out_everywhere_else(anna: User) -> None:
    here, *others = (signed_in(anna) for _ in range(3))
    assert "signed out in 2 other places" in told(here.post("/account/sessions/", {"session": "others"}, follow=True))
    assert [one.get("/").status_code for one in (here, *others)] == [200, 302, 302]


def test_nobody_ends_a_session_of_somebody_else(anna: User) -> None:
    ben = User.objects.create_user("ben", password=OLD)
    here, there = signed_in(anna), signed_in(ben)
    here.post("/account/sessions/", {"session": sessions_of(ben).get().pk})
    assert there.get("/").status_code == 200


def test_another_password_ends_all_other_sessions(anna: User) -> None:
    here, there = signed_in(anna), signed_in(anna)
    assert change(here).status_code == 302
    assert here.get("/").status_code == 200 and there.get("/").status_code == 302
    assert User.objects.get(pk=anna.pk).check_password(NEW)
    assert timeline(0, action="role.changed")[-1].detail == {"person": "anna", "password": "set"}
    assert verify_control().ok and NEW not in str(timeline(0))


@pytest.mark.parametrize("new", ["short", "password1234", "123456789012345", "anna"])
def test_a_password_that_is_easily_found_is_refused(anna: User, new: str) -> None:
    assert change(signed_in(anna), new=new).status_code == 400
    assert User.objects.get(pk=anna.pk).check_password(OLD)


def test_whoever_finds_an_open_page_cannot_try_passwords(anna: User) -> None:
    here = signed_in(anna)
    answers = [change(here, old="wrong").status_code for _ in range(limits.FREE["name"] + 1)]
    assert answers[0] == 400 and answers[-1] == 429
    assert change(here).status_code == 429 and here.post("/account/again/", {"password": OLD}).status_code == 429


def test_a_fresh_sign_in_is_asked_for_again_after_a_while(anna: User) -> None:
    here = signed_in(anna)
    session = here.session
    session[CONFIRMED] = int(time.time()) - FRESH_FOR - 1
    session.save()
    assert here.post("/account/again/", {"password": "wrong", "next": "/cases/"}).status_code == 400
    assert here.session[CONFIRMED] < time.time() - FRESH_FOR
    answer = here.post("/account/again/", {"password": OLD, "next": "/cases/"})
    assert answer["Location"] == "/cases/" and here.session[CONFIRMED] > time.time() - 60
    elsewhere = here.post("/account/again/", {"password": OLD, "next": "https://elsewhere.example/"})
    assert elsewhere["Location"] == "/account/"


def test_who_has_no_password_is_not_asked_for_one(db: None) -> None:
    browser = Client()
    browser.force_login(User.objects.create_user("nora"))
    page = browser.get("/account/again/")
    assert "An administrator gives you a link" in told(page) and 'type="password"' not in page.content.decode()
    assert browser.post("/account/again/", {"password": ""}).status_code == 400


def test_a_forgotten_password_is_answered_alike_whoever_asks(
    anna: User, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Ask an administrator" in told(client.get("/password/forgotten/"))
    settings.EMAIL_URL = "smtp://mail.example"
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(link_wanted, "delay", lambda *given: asked.append(given))
    pages = [told(client.post("/password/forgotten/", {"email": f"{name}@example.org"})) for name in ("ANNA", "nobody")]
    assert [page[page.index("<main") :] for page in pages][0] == pages[1][pages[1].index("<main") :]
    assert not mail.outbox  # what takes time happens in a worker
    for given in asked:
        link_wanted(*given)
    (sent,) = mail.outbox
    assert sent.to == ["anna@example.org"] and "http://testserver/password/" in sent.body


def test_asking_for_links_has_a_limit_of_its_own(anna: User, client: Client, settings: Any) -> None:
    settings.EMAIL_URL = "smtp://mail.example"
    answers = [
        client.post("/password/forgotten/", {"email": "x@example.org"}).status_code
        for _ in range(limits.FREE["name"] + 1)
    ]
    assert answers[-1] == 429
    signed_in(anna)
