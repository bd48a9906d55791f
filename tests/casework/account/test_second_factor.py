"""Who has a second factor comes in by no password alone: an app for codes, paper, passkeys; some groups need one."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pyotp
import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client

from audit.selectors import timeline
from casework.access import codes
from casework.access import sign_in_limits as limits
from casework.access.factor_models import CodeApp, Passkey
from casework.access.permissions import origin_of
from casework.access.roles_verification import control_begin
from casework.access.second_step import HALF
from casework.access.sessions import CONFIRMED
from orchestration.ground import clock
from orchestration.shell.verification.control import verify_control
from tests.casework.account.device import Device
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture
def anna(db: None) -> User:
    user = User.objects.create_user("anna", password=PASSWORD)
    control_begin(origin_of(user))
    return user


@pytest.fixture
def app(anna: User) -> pyotp.TOTP:
    """The app that anna has set up; what it shows now was not used."""
    secret = codes.secret_new()
    shown = pyotp.TOTP(secret)
    assert codes.app_keep(person=anna, secret=secret, code=digits(shown), origin=origin_of(anna))
    CodeApp.objects.update(last_step=0)
    return shown


def digits(app: pyotp.TOTP) -> str:
    return str(app.at(clock.utc_now()))


def half_in(user: User) -> Client:
    """A browser in which the right password was given."""
    browser = Client()
    answer = browser.post("/login/", {"username": user.username, "password": PASSWORD, "next": "/cases/"})
    assert answer["Location"] == "/login/second/"
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/account/").status_code == 200


def asked(browser: Client, address: str) -> dict[str, Any]:
    """What the page asks the device for."""
    page = browser.get(address).content.decode()
    options: dict[str, Any] = json.loads(unescape(re.findall(r'data-passkey="([^"]+)"', page)[-1]))
    return options


def test_somebody_sets_up_an_app_by_its_code_and_gets_recovery_codes_once(anna: User) -> None:
    browser = Client()
    browser.force_login(anna)
    (secret,) = re.findall(r"<code[^>]*>([A-Z2-7]{32})</code>", browser.get("/account/second/").content.decode())
    assert browser.post("/account/second/", {"do": "app", "code": "000000"}).status_code == 400
    page = told(browser.post("/account/second/", {"do": "app", "code": pyotp.TOTP(secret).now()}))
    paper = re.findall(r"<li>(\w{5}-\w{5})</li>", page)
    assert len(paper) == codes.RECOVERY and paper[0] not in told(browser.get("/account/second/"))
    with connection.cursor() as cursor:
        cursor.execute("select secret from casework_codeapp union all select digest from casework_recoverycode")
        kept = str(cursor.fetchall())
    assert secret not in kept and paper[0] not in kept and secret not in str(timeline(0)) and verify_control().ok


def test_the_right_password_alone_lets_nobody_in(anna: User, app: pyotp.TOTP) -> None:
    browser = half_in(anna)
    assert not is_in(browser)
    assert browser.post("/login/second/", {"code": "000000"}).status_code == 400 and not is_in(browser)
    assert browser.post("/login/second/", {"code": digits(app)})["Location"] == "/cases/" and is_in(browser)


def test_no_code_works_twice(anna: User, app: pyotp.TOTP) -> None:
    code = digits(app)
    assert [half_in(anna).post("/login/second/", {"code": code}).status_code for _ in range(2)] == [302, 400]


def test_a_recovery_code_lets_in_once(anna: User, app: pyotp.TOTP) -> None:
    code, *_ = codes.recovery_make(person=anna, origin=origin_of(anna))
    sent = {"code": f" {code.upper()} "}
    assert [half_in(anna).post("/login/second/", sent).status_code for _ in range(2)] == [302, 400]


def test_guessing_codes_makes_wait_and_the_right_password_does_not_wipe_that_out(anna: User, app: pyotp.TOTP) -> None:
    browsers = [half_in(anna) for _ in range(limits.FREE["name"] + 1)]
    answers = [browser.post("/login/second/", {"code": "000000"}).status_code for browser in browsers]
    assert answers[0] == 400 and answers[-1] == 429
    assert half_in(anna).post("/login/second/", {"code": digits(app)}).status_code == 429


def test_half_a_sign_in_ends_after_a_while_and_with_the_password(anna: User, app: pyotp.TOTP) -> None:
    browser, other = half_in(anna), half_in(anna)
    session = browser.session
    session[HALF] |= {"at": 0}
    session.save()
    anna.set_password("another one altogether")
    anna.save()
    for each in (browser, other):
        assert each.post("/login/second/", {"code": digits(app)})["Location"] == "/login/" and not is_in(each)


def test_what_asks_for_a_fresh_sign_in_asks_for_the_second_factor(anna: User, app: pyotp.TOTP) -> None:
    browser = half_in(anna)
    browser.post("/login/second/", {"code": digits(app)})
    session = browser.session
    session[CONFIRMED] = 0
    session.save()
    assert browser.get("/account/tokens/").status_code == 302
    assert browser.post("/account/again/", {"password": PASSWORD}).status_code == 400
    code, *_ = codes.recovery_make(person=anna, origin=origin_of(anna))
    assert browser.post("/account/again/", {"code": code, "next": "/account/tokens/"})["Location"] == "/account/tokens/"
    assert browser.get("/account/tokens/").status_code == 200


def test_a_passkey_is_made_and_lets_in(anna: User) -> None:
    browser, device = Client(), Device()
    browser.force_login(anna)
    sent = {"do": "key", "name": "Laptop", "passkey": device.made(asked(browser, "/account/second/"))}
    assert "Your recovery codes" in told(browser.post("/account/second/", sent)) and verify_control().ok
    other = half_in(anna)
    answer = other.post("/login/second/", {"passkey": device.signed(asked(other, "/login/second/"))})
    assert answer["Location"] == "/cases/" and is_in(other) and Passkey.objects.get().sign_count == 1


@pytest.mark.parametrize("answer", ["[" * 19_000, '{"id": "\\u0000"}', "[]", "{", '{"id": 1}'])
def test_what_no_device_says_lets_nobody_in(anna: User, app: pyotp.TOTP, answer: str) -> None:
    browser = half_in(anna)
    assert browser.post("/login/second/", {"passkey": answer}).status_code == 400 and not is_in(browser)


def test_a_recovery_code_is_read_however_it_is_spelled(anna: User, app: pyotp.TOTP) -> None:
    code, *_ = codes.recovery_make(person=anna, origin=origin_of(anna))
    browser = half_in(anna)
    assert browser.post("/login/second/", {"code": code.replace("-", "").upper()}).status_code == 302 and is_in(browser)


def test_guessing_at_a_password_under_a_made_up_name_locks_nobodys_second_factor(anna: User, app: pyotp.TOTP) -> None:
    for _ in range(8):
        Client().post("/login/", {"username": f"second {anna.username}", "password": "guess"})
    limits.came_in("", "127.0.0.1")  # the address is good again; only the names count
    browser = half_in(anna)
    assert browser.post("/login/second/", {"code": digits(app)}).status_code == 302 and is_in(browser)


def test_who_sets_it_up_in_one_browser_goes_on_in_the_other(anna: User, settings: Any) -> None:
    settings.SECOND_FACTOR_GROUPS = ["*"]
    one, other = Client(), Client()
    for browser in (one, other):
        browser.post("/login/", {"username": anna.username, "password": PASSWORD})
        assert browser.get("/cases/")["Location"] == "/account/second/"
    device = Device()
    one.post("/account/second/", {"do": "key", "name": "x", "passkey": device.made(asked(one, "/account/second/"))})
    assert other.get("/cases/").status_code == 200


@pytest.fixture
def key(anna: User) -> Device:
    browser, device = Client(), Device()
    browser.force_login(anna)
    browser.post(
        "/account/second/", {"do": "key", "name": "x", "passkey": device.made(asked(browser, "/account/second/"))}
    )
    assert Passkey.objects.filter(person=anna).exists()
    return device


def test_an_answer_is_good_once_and_for_its_own_question(anna: User, key: Device) -> None:
    browser = half_in(anna)
    answer = key.signed(asked(browser, "/login/second/"))
    asked(browser, "/login/second/")  # another question takes its place
    assert browser.post("/login/second/", {"passkey": answer}).status_code == 400
    fresh = key.signed(asked(browser, "/login/second/"))
    assert browser.post("/login/second/", {"passkey": fresh}).status_code == 302
    again = half_in(anna)
    assert again.post("/login/second/", {"passkey": fresh}).status_code == 400 and not is_in(again)


@pytest.mark.parametrize(
    "origin", ["https://casewright.example.evil", "http://below.testserver", "http://testserver:8443"]
)
def test_a_page_that_looks_like_ours_gets_nothing(anna: User, key: Device, origin: str) -> None:
    key.origin = origin
    browser = half_in(anna)
    assert browser.post("/login/second/", {"passkey": key.signed(asked(browser, "/login/second/"))}).status_code == 400


def test_a_key_that_was_copied_gives_itself_away_by_its_count(anna: User, key: Device) -> None:
    browser = half_in(anna)
    key.count = 7
    browser.post("/login/second/", {"passkey": key.signed(asked(browser, "/login/second/"))})
    key.count = 3
    other = half_in(anna)
    assert other.post("/login/second/", {"passkey": key.signed(asked(other, "/login/second/"))}).status_code == 400


def test_one_key_is_no_passkey_of_two_people(anna: User, key: Device) -> None:
    browser = Client()
    browser.force_login(User.objects.create_user("ben"))
    sent = {"do": "key", "name": "x", "passkey": key.made(asked(browser, "/account/second/"))}
    assert browser.post("/account/second/", sent).status_code == 400 and Passkey.objects.get().person == anna


def test_the_key_of_somebody_else_does_not_fit(anna: User, key: Device) -> None:
    browser, other = half_in(anna), Device()
    for answer in (other.signed(asked(browser, "/login/second/")), "{}", "[]", "nonsense", "9" * 30_000):
        assert browser.post("/login/second/", {"passkey": answer}).status_code in (400, 429)
    other.id = key.id
    assert not is_in(browser)


def test_an_app_or_key_that_nobody_set_up_is_found(anna: User, app: pyotp.TOTP, key: Device) -> None:
    assert verify_control().ok
    Passkey.objects.update(public_key=b"another")
    CodeApp.objects.update(secret="another")
    assert sum("beside the password" in fault.reason for fault in verify_control().faults) == 2


class TestAGroupThatNeedsOne:
    @pytest.fixture(autouse=True)
    def needs(self, anna: User, settings: Any) -> None:
        settings.SECOND_FACTOR_GROUPS = ["Careful"]
        anna.groups.add(Group.objects.create(name="Careful"))

    def test_nothing_opens_before_it_is_set_up(self, anna: User) -> None:
        browser = Client()
        browser.post("/login/", {"username": "anna", "password": PASSWORD})
        assert browser.get("/")["Location"] == "/account/second/" and browser.get("/api/tasks/").status_code == 403
        assert "asks for it" in told(browser.get("/account/second/"))
        (secret,) = re.findall(r"<code[^>]*>([A-Z2-7]{32})</code>", browser.get("/account/second/").content.decode())
        browser.post("/account/second/", {"do": "app", "code": pyotp.TOTP(secret).now()})
        assert browser.get("/").status_code == 200

    def test_the_last_one_is_not_removed(self, anna: User, app: pyotp.TOTP) -> None:
        browser = half_in(anna)
        browser.post("/login/second/", {"code": digits(app)})
        assert browser.post("/account/second/", {"do": "app-off"}).status_code == 400 and CodeApp.objects.exists()


def test_whoever_wants_to_removes_what_they_set_up(anna: User, app: pyotp.TOTP, key: Device) -> None:
    browser = half_in(anna)
    browser.post("/login/second/", {"code": digits(app)})
    browser.post("/account/second/", {"do": "app-off"})
    browser.post("/account/second/", {"do": "key-off", "key": Passkey.objects.get().pk})
    answer = Client().post("/login/", {"username": "anna", "password": PASSWORD})
    assert answer["Location"] == "/today/" and verify_control().ok


def test_an_administrator_takes_a_lost_one_away_from_somebody_else_alone(
    people: dict[str, User],
) -> None:
    ada, ben = people["ada"], people["ben"]
    secret = codes.secret_new()
    for user in (ada, ben):
        codes.app_keep(person=user, secret=secret, code=pyotp.TOTP(secret).now(), origin=origin_of(user))
    browser = Client()
    browser.force_login(ada)
    assert browser.post(f"/people/{ada.pk}/second/").status_code == 409
    browser.post(f"/people/{ben.pk}/second/")
    assert list(CodeApp.objects.values_list("person", flat=True)) == [ada.pk]
    assert timeline(0, action="factor.changed")[-1].actor == "person:ada"
