"""Do two programs of one host leave each other alone, and does a sign-in end that nobody uses?"""

from __future__ import annotations

import json
import time

import pytest

from casework.runtime.locations import locations
from casework.web.session_age import BEGAN, RENEWED
from tests.casework.web.test_settings import PRODUCTION, command

pytestmark = pytest.mark.django_db

HOUR = 3600


def aged(client, **marks: int) -> None:
    """As if the session had been begun and used so many seconds ago."""
    session = client.session
    for name, seconds in marks.items():
        session[name] = int(time.time()) - seconds
    session.save()


def signed_in(client) -> bool:
    return client.get("/").status_code == 200


def test_cookies_have_names_of_our_own_and_of_this_state_folder(client, people, settings, tmp_path):
    client.post("/login/", {"username": "anna", "password": "wrong"})
    client.force_login(people["anna"])
    client.post("/scheme/", {"scheme": "dark"})
    assert {name.partition("-")[0] for name in client.cookies} == {"casewright"}
    assert settings.SESSION_COOKIE_NAME.split("-")[1] == settings.EMBEDDED.mark
    assert locations(tmp_path).mark != settings.EMBEDDED.mark


@pytest.mark.slow
def test_in_production_cookies_belong_to_this_host_alone():
    asked = (
        "from django.conf import settings as s; import json;"
        "print(json.dumps([s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_PATH,"
        " s.SESSION_COOKIE_DOMAIN]))"
    )
    done = command("shell", "--verbosity", "0", "-c", asked, **PRODUCTION)
    session, csrf, secure, path, domain = json.loads(done.stdout.splitlines()[-1])
    assert session.startswith("__Host-") and csrf.startswith("__Host-")
    assert (secure, path, domain) == (True, "/", None)


def test_a_sign_in_ends_after_a_working_day_however_much_it_is_used(client, people):
    client.force_login(people["anna"])
    assert signed_in(client)
    aged(client, **{BEGAN: 13 * HOUR, RENEWED: 10})
    assert not signed_in(client)


def test_what_a_person_does_puts_off_the_end_of_their_session(client, people):
    client.force_login(people["anna"])
    aged(client, **{BEGAN: HOUR, RENEWED: HOUR})
    assert signed_in(client)
    assert client.session[RENEWED] > time.time() - 10


@pytest.mark.parametrize("ask", [("/live/", {}), ("/", {"HX-Request": "true", "HX-Trigger": "inbox-live"})])
def test_what_a_page_asks_by_itself_does_not(client, people, ask):
    address, headers = ask
    client.force_login(people["anna"])
    aged(client, **{BEGAN: HOUR, RENEWED: HOUR})
    assert client.get(address, headers=headers).status_code == 200
    assert client.session[RENEWED] < time.time() - HOUR / 2


def test_answers_of_the_api_are_kept_by_no_cache_and_pages_use_no_sensors(client, people):
    client.force_login(people["anna"])
    for address in ("/api/cases/", "/api/tasks/", "/api/cases/1/"):
        assert "no-store" in client.get(address).headers["Cache-Control"]
    assert "geolocation=()" in client.get("/").headers["Permissions-Policy"]
