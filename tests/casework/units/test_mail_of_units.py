"""A unit has mail addresses: what is sent there comes in there, and who may say so is above the unit."""

from __future__ import annotations

import os
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from audit.models import StandingChain
from audit.services import Origin
from casework.access import units
from casework.access.roles import ensure_roles
from casework.access.unit_models import BusinessUnit, UnitAddress
from casework.access.units_verification import units_apart
from casework.actors.bundled import CASE_TYPES
from casework.intake import watched
from casework.intake.addressed import MOST, addresses
from casework.models import Case
from casework.people import unit_services
from casework.people.sight import Changed
from casework.people.unit_addresses import address_here
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.documents.store import digest_of
from orchestration.ground.refusals import Refused
from orchestration.shell.verification.control import read_standing
from tests.casework.access.test_clients import token
from tests.casework.access.tokens import secret_for, service_for

BY = Origin("system:test")
NORTH, SOUTH = "north@example.org", "south@example.org"


@pytest.fixture
def tree(people: dict[str, User]) -> dict[str, BusinessUnit]:
    outcome = deploy(folder_files(CASE_TYPES / "mailroom"), BY)
    assert isinstance(outcome, Published), outcome
    ensure_roles(outcome.case_type)
    made = {key: units.unit_make(key=key, name=key.title(), parent=None, origin=BY) for key in ("north", "south")}
    for key, address in (("north", NORTH), ("south", SOUTH)):
        units.address_keep(unit=made[key], address=address, out=False, origin=BY)
    return made


def mail(**heads: str) -> bytes:
    message = EmailMessage()
    for name, value in {"From": "elena@example.net", "Subject": "My fee", **heads}.items():
        message[name.replace("_", "-")] = value
    message.set_content(f"I was charged twice. {heads}")
    return message.as_bytes()


@pytest.mark.django_db
def test_mail_in_the_watched_folder_comes_in_where_it_was_sent_to(
    tree: dict[str, BusinessUnit], tmp_path: Path, settings: Any
) -> None:
    settings.WATCHED_FOLDER = str(tmp_path)
    sent = {
        "mailroom/to": (mail(To=f"Bank North <{NORTH.upper()}>, somebody@example.net"), "north"),
        "mailroom/list": (mail(To="list@example.org", Delivered_To=SOUTH), "south"),
        "mailroom/both": (mail(To=NORTH, Cc=SOUTH), ""),
        "mailroom/none": (mail(To="info@example.org"), ""),
        "mailroom@south/named": (mail(To=NORTH, Subject="Again"), "south"),  # the folder says so
        "mailroom/words": (f"To: {NORTH}\n\nA letter that looks like mail.".encode(), None),
    }
    for place, (content, _) in sent.items():
        path = tmp_path / (place + (".eml" if content.startswith(b"From") else ".txt"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (1_700_000_000, 1_700_000_000))
    watched.look_after()
    assert not (tmp_path / "refused").exists()
    for place, (content, key) in sent.items():
        case = Case.objects.select_related("unit").get(reference=digest_of(content)[:32])
        assert units.key_of(case.unit) == (key or ""), place


@pytest.mark.django_db
def test_mail_by_a_service_comes_in_there_and_mail_that_a_person_uploads_does_not(
    tree: dict[str, BusinessUnit], people: dict[str, User]
) -> None:
    gate, anna = service_for("mail-gate", people["ada"], "Intake"), Client()
    anna.force_login(people["anna"])
    for by, key in ((token(gate, secret_for(gate)), "north"), (anna, "")):
        content = mail(To=NORTH, Subject=f"To {key}")
        sent = {"case_type": "mailroom", "file": SimpleUploadedFile("mail.eml", content)}
        answer = by.post("/api/cases/documents/", sent)
        assert answer.status_code == 201, answer.content
        assert units.key_of(Case.objects.select_related("unit").get(pk=answer.json()["id"]).unit) == key


@pytest.mark.django_db
def test_who_administers_a_unit_does_not_take_the_mail_of_another(
    tree: dict[str, BusinessUnit], people: dict[str, User], client: Client
) -> None:
    given = {"unit": tree["north"], "out": False, "reason": "They write to us there"}
    for address in ("", "north", "a@b", "x\0@example.org", f"{'x' * 300}@example.org", "a@[127.0.0.1]", SOUTH):
        refused = address_here(by=people["ada"], address=address, **given)
        assert isinstance(refused, Refused) and "address" in refused.errors, address
    local = people["ben"]
    local.groups.set([Group.objects.get(name="Administrators")])
    units.home_set(person=local, unit=tree["north"], origin=BY)
    for address in ("fees@example.org", SOUTH, "nowhere"):  # nor learns whose an address is
        denied = address_here(by=User.objects.get(pk=local.pk), address=address, **given)
        assert isinstance(denied, Refused) and "above this unit" in denied.message and not denied.errors, address
    client.force_login(people["ada"])
    page = f"/people/units/{tree['north'].pk}/"
    sent = {"do": "address", "address": " Fees@Example.org ", "reason": "They write to us there"}
    assert client.post(page, sent).status_code == 302 and "fees@example.org" in client.get(page).content.decode()
    assert client.post(page, sent | {"address": "nowhere"}).status_code == 400
    api = f"/api/units/{tree['north'].pk}/"
    assert client.get(api).json()["addresses"] == ["fees@example.org", NORTH]
    taken = client.post(api, sent | {"address": NORTH, "out": True}, "application/json").json()
    assert taken["unit"]["addresses"] == ["fees@example.org"]
    outcome = unit_services.unit_remove(by=people["ada"], unit=tree["south"], reason="Nobody works there")
    assert isinstance(outcome, Refused) and "Mail addresses" in outcome.message
    _, changes = read_standing(StandingChain.CONTROL)
    assert not list(units_apart(changes))
    UnitAddress.objects.filter(address=SOUTH).update(unit=tree["north"])
    assert list(units_apart(changes)) == [f"where mail to {SOUTH} comes in is not as the last change said"]
    assert address_here(by=people["ada"], unit=tree["north"], address="x@example.org", out=True, reason="As it is") == (
        Changed(False)
    )


@pytest.mark.django_db
def test_a_domain_with_letters_of_its_language_is_one_place_however_it_is_written(
    tree: dict[str, BusinessUnit], people: dict[str, User]
) -> None:
    given = {"by": people["ada"], "out": False, "reason": "They write to us there"}
    assert address_here(unit=tree["north"], address="fees@München.example", **given) == Changed(True)
    again = address_here(unit=tree["south"], address="fees@xn--mnchen-3ya.example", **given)
    assert isinstance(again, Refused) and "address of North already" in again.errors["address"]
    for written in ("fees@münchen.example", "Fees@XN--MNCHEN-3YA.example"):
        assert UnitAddress.objects.filter(address__in=addresses(f"To: {written}".encode())).get().unit == tree["north"]


@given(st.binary(max_size=400))
def test_whatever_stands_over_a_message_is_read_without_a_fault(content: bytes) -> None:
    for found in (addresses(content), addresses(b"To: " + content), addresses(b"Cc: =?utf-8?b?" + content)):
        assert all("@" in one and one == one.lower() for one in found)


def test_a_head_that_is_made_to_tire_a_reader_is_read_at_once() -> None:
    for line in (b"(" * 90_000, b"<" * 90_000, b'"a\\' * 25_000, b"a@[" * 30_000, b"a" * 90_000, b"x@y.z," * 15_000):
        assert len(addresses(b"To: " + line)) <= MOST
    assert addresses(f'To: "{SOUTH}" <{NORTH}>'.encode()) == [SOUTH, NORTH]  # to both, so for neither
