"""Guessing passwords is slow, whoever's they are, and no answer says who is there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from casework.access import sign_in_limits as limits
from casework.access.sign_in import SignInForm
from casework.models import SignInLimit

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture
def anna(db: None) -> User:
    return User.objects.create_user("anna", password=PASSWORD)


def attempt(name: str, password: str = "wrong", address: str = "192.0.2.7") -> HttpResponse:
    return Client(REMOTE_ADDR=address).post("/login/", {"username": name, "password": password})


def words(response: HttpResponse, name: str) -> str:
    """What the page says, without the name that was typed and what is new on each page."""
    text = response.content.decode().replace(name, "NAME")
    return " ".join(line for line in text.split() if "csrf" not in line and "value=" not in line)


def test_after_some_failures_the_right_password_waits_too(anna: User) -> None:
    for _ in range(limits.FREE["name"]):
        assert attempt("anna").status_code == 200
    answer = attempt("anna", PASSWORD)
    assert answer.status_code == 429 and int(answer["Retry-After"]) <= limits.FIRST_WAIT
    assert "Too many attempts. Try again in a minute." in answer.content.decode()


def test_it_is_counted_whatever_address_and_spelling_the_name_comes_from(anna: User) -> None:
    for number in range(limits.FREE["name"]):
        attempt("anna" if number % 2 else " ANNA", address=f"192.0.2.{number}")
    assert attempt("anna", PASSWORD, "198.51.100.1").status_code == 429


def test_an_unknown_name_is_answered_like_a_known_one(anna: User) -> None:
    for _ in range(limits.FREE["name"] + 1):
        known, unknown = attempt("anna"), attempt("nobody-here", address="192.0.2.8")
        assert known.status_code == unknown.status_code
        assert words(known, "anna") == words(unknown, "nobody-here")


def test_an_address_that_tries_many_names_waits(anna: User) -> None:
    for number in range(limits.FREE["address"]):
        attempt(f"name-{number}")
    assert attempt("anna", PASSWORD).status_code == 429
    assert attempt("anna", PASSWORD, "198.51.100.1").status_code == 302


def test_the_wait_grows_and_has_an_end(anna: User) -> None:
    waits = []
    for _ in range(limits.FREE["name"] + 12):
        SignInLimit.objects.update(until=None)
        assert limits.attempt("anna", "") == 0
        waits.append(limits.seconds_to_wait("anna", ""))
    assert waits[: limits.FREE["name"] - 1] == [0] * (limits.FREE["name"] - 1)
    assert waits == sorted(waits) and waits[-1] <= limits.LONGEST_WAIT + 1


def test_who_came_in_begins_anew(anna: User) -> None:
    for _ in range(limits.FREE["name"] - 1):
        attempt("anna")
    assert attempt("anna", PASSWORD).status_code == 302
    assert attempt("anna").status_code == 200 and limits.seconds_to_wait("anna", "") == 0


def test_failures_are_forgotten_after_a_while(anna: User) -> None:
    for _ in range(limits.FREE["name"]):
        attempt("anna")
    ago = timedelta(seconds=limits.FORGOTTEN + 1)
    for row in SignInLimit.objects.all():
        SignInLimit.objects.filter(pk=row.pk).update(
            last=row.last - ago, until=None if row.until is None else row.until - ago
        )
    assert attempt("anna").status_code == 200
    assert attempt("anna", PASSWORD).status_code == 302


@pytest.mark.parametrize("counted", ["name", "address"])
def test_of_many_attempts_at_one_moment_no_more_are_looked_at_than_one_after_the_other(
    anna: User, monkeypatch: pytest.MonkeyPatch, rf: RequestFactory, counted: str
) -> None:
    """Each next one comes while the password of the one before is being looked at, as in a burst."""
    looked_at: list[str] = []
    waits: list[int] = []

    def authenticate(self: ModelBackend, request: HttpRequest, username: str, password: str) -> None:
        looked_at.append(username)
        if len(looked_at) < 2 * limits.FREE[counted]:
            one_more(len(looked_at))

    def one_more(number: int) -> None:
        name, address = ("anna", f"192.0.2.{number}") if counted == "name" else (f"name-{number}", "192.0.2.7")
        form = SignInForm(rf.post("/login/", REMOTE_ADDR=address), {"username": name, "password": "wrong"})
        assert not form.is_valid()
        waits.append(form.wait)

    monkeypatch.setattr(ModelBackend, "authenticate", authenticate)
    one_more(0)
    one_more(99)
    assert len(looked_at) == limits.FREE[counted]
    assert waits[0] and waits[-1] and not any(waits[1:-1])


def test_an_attempt_without_a_password_begins_nothing_anew(anna: User) -> None:
    for _ in range(limits.FREE["name"] - 1):
        attempt("anna")
    attempt("anna", password="")
    attempt("anna")
    assert attempt("anna", PASSWORD).status_code == 429


def test_who_comes_in_from_an_address_leaves_its_other_failures_counted(anna: User) -> None:
    for number in range(limits.FREE["address"] - 1):
        attempt(f"name-{number}")
    for _ in range(3):
        assert attempt("anna", PASSWORD).status_code == 302
    assert attempt("nobody-else").status_code == 200
    assert attempt("anna", PASSWORD).status_code == 429


def test_what_waits_for_its_address_costs_its_name_nothing(anna: User) -> None:
    for number in range(limits.FREE["address"]):
        attempt(f"name-{number}")
    for _ in range(limits.FREE["name"]):
        assert attempt("anna").status_code == 429
    assert attempt("anna", PASSWORD, "198.51.100.1").status_code == 302


def test_what_is_kept_names_nobody(anna: User) -> None:
    attempt("anna")
    assert all("anna" not in row.key and "192" not in row.key for row in SignInLimit.objects.all())
