"""Who may not see a field meets one name for it in all of a case, or no such field at all."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.cases.editing import field_edit, standing
from casework.cases.revealing import field_reveal
from casework.models import Case
from casework.proof.capsule import Capsule, case_export
from casework.search.find import search
from casework.tasks.services import task_complete
from casework.tasks.task_page import task_page
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import Definition, HumanTask
from orchestration.shell.selectors import state_of
from orchestration.shell.services import Done
from tests.casework.conftest import PERSON

pytestmark = pytest.mark.django_db

NAME = re.compile(r"PERSON_[B-Z]{6}")
PHONE = "170 5551234"
ASKED = """
    - path: customer.phone
      label: Which phone is theirs
      initial: customer.phone
"""


@pytest.fixture
def complaint(complaint: Definition) -> Definition:
    """Complaints whose customer has a name that stands for theirs, and no phone, for who may not see them."""
    files = folder_files(CASE_TYPES / "complaint")
    schema = json.loads(files["data.schema.json"])
    customer = schema["properties"]["customer"]["properties"]
    customer["name"]["x-mask"] = customer["iban"]["x-mask"] = "pseudonym"
    customer["phone"]["x-mask"] = "absent"
    schema["properties"]["sender_category"] |= {"x-classification": "confidential", "x-mask": "absent"}
    forms = files["forms.yaml"].replace("    - path: verdict\n", ASKED.lstrip("\n") + "    - path: verdict\n", 1)
    changed = {"data.schema.json": json.dumps(schema), "forms.yaml": forms}
    outcome = deploy(files | changed, Origin("system:test"))
    assert isinstance(outcome, Published), outcome
    return outcome.definition


def texts_of(user: User, case: Case) -> dict[str, str]:
    """What each page and door says of the case to this person."""
    browser = Client()
    browser.force_login(user)
    task = HumanTask.objects.get(instance=case.instance_id, state=HumanTask.State.OPEN)
    doors = {
        "case": reverse("case", args=[case.pk]), "task": reverse("task", args=[task.pk]),
        "history": reverse("history", args=[case.pk]), "cases": reverse("cases"),
        "inbox": reverse("inbox") + "?tab=groups",
        "data": reverse("case-data", args=[case.pk]),
        "api history": reverse("api-case-history", args=[case.pk]),
        "api case": reverse("api-case", args=[case.pk]), "api task": reverse("api-task", args=[task.pk]),
        "phone in history": reverse("history", args=[case.pk]) + "?text=phone",
    }  # fmt: skip
    found = {}
    for door, address in doors.items():
        answer = browser.get(address)
        assert answer.status_code == 200, (door, answer.status_code)
        found[door] = answer.content.decode()
    return found


def test_one_name_stands_for_a_person_on_every_page_of_a_case_and_another_in_the_next(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    said = f"I am {PERSON['name']}, pay to DE89370400440532013000. Regards, {PERSON['name'].upper()}"
    one, other = analysed(message=said), analysed(message=said)
    names = []
    for case in (one, other):
        told = texts_of(people["anna"], case)
        (mine,) = set(NAME.findall(told["case"]))
        for door in ("task", "api case", "api task"):
            assert set(NAME.findall(told[door])) == {mine}, door
        for door in ("cases", "inbox"):
            assert mine in told[door], door
        message = json.loads(told["api case"])["data"]["message"]
        assert re.fullmatch(f"I am {mine}, pay to DE00[B-Z]{{18}}. Regards, {mine}", message), message
        names.append(mine)
        assert not [door for door, text in told.items() if "Sandoval" in text or "3704" in text]
    assert names[0] != names[1]
    assert PERSON["name"] in texts_of(people["clara"], one)["case"]


def test_nobody_finds_a_case_by_the_name_that_stands_for_a_person_nor_by_theirs(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    case = analysed()
    name = NAME.search(texts_of(people["anna"], case)["case"]).group()
    for sought in (name, name.removeprefix("PERSON_"), "Sandoval"):
        assert not search(user=people["anna"], asked=sought, now=clock.utc_now()).hits
    assert search(user=people["clara"], asked="Sandoval", now=clock.utc_now()).hits


def test_the_name_that_stands_for_a_person_is_never_written_in_the_place_of_theirs(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    case = analysed()
    name = NAME.search(texts_of(people["anna"], case)["case"]).group()
    outcome = task_complete(by=people["anna"], task=review(case), answers={**ANSWERS, "answer": f"Dear {name}, yes."})
    assert isinstance(outcome, Refused) and "answer" in outcome.errors


ANSWERS = {"verdict": "change", "category": "refund_request", "answer": "Dear customer, we pay it back to you.",
           "reason_kind": "tone"}  # fmt: skip


def review(case: Case) -> HumanTask:
    return HumanTask.objects.get(instance=case.instance_id, state=HumanTask.State.OPEN)


def test_what_is_absent_is_on_no_page_and_in_no_list_of_what_is_masked(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    with_phone, without = analysed(sender_category="Sapphire"), analysed(customer={**PERSON, "phone": ""})
    sent = {"path": "customer.phone", "reason": "They called and told us."}
    stood = standing(state_of(with_phone.instance).root.variables, "customer.phone")
    edited = field_edit(by=people["clara"], case=with_phone, value="+49 170 7654321", stood=stood, **sent)
    assert isinstance(edited, Done)
    for case in (with_phone, without):
        told = texts_of(people["anna"], case)
        found = json.loads(told["api case"])
        assert "phone" not in found["data"]["customer"] and "/customer/phone" not in found["masked"]
        for door in ("case", "data", "task", "history", "api case", "api task", "api history"):
            words = told[door].replace("?text=phone", "").lower()
            assert not [
                word for word in ("phone", "sender_cat", "s category", "sapphire", "7654321", PHONE) if word in words
            ], door
    known = texts_of(people["clara"], with_phone)["api case"]
    assert "170 7654321" in known and "Sapphire" in known


def test_a_task_does_not_ask_for_what_is_absent_and_leaves_it_as_it_is(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    case = analysed()
    page = task_page(user=people["anna"], task=review(case), now=clock.utc_now())
    assert "customer.phone" not in [field.path for field in page.form.fields]
    for value in ("", "+49 170 1111111", PERSON["phone"]):
        answers = {**ANSWERS, "customer.phone": value}
        refused = task_complete(by=people["anna"], task=review(case), answers=answers)
        assert isinstance(refused, Refused) and "customer.phone" in refused.errors
    assert isinstance(task_complete(by=people["anna"], task=review(case), answers=ANSWERS), Done)
    case.instance.refresh_from_db()
    assert state_of(case.instance).root.variables["customer"]["phone"] == PERSON["phone"]


def test_nobody_reveals_what_is_absent_for_them_by_its_place(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    for phone in (PERSON["phone"], ""):
        case = analysed(customer={**PERSON, "phone": phone})
        said = field_reveal(by=people["clara"], case=case, path="/customer/phone", reason="to call them back")
        outcome = field_reveal(by=people["anna"], case=case, path="/customer/phone", reason="to call them back")
        assert isinstance(outcome, Refused) and isinstance(said, Refused)
        assert outcome.message == "There is nothing masked for you at this place."


def test_evidence_that_is_taken_away_has_the_same_name_and_no_absent_field(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    case = analysed()
    name = NAME.search(texts_of(people["anna"], case)["case"]).group()
    made = case_export(by=people["axel"], case=case, reason="A check", now=clock.utc_now())
    assert isinstance(made, Capsule)
    with zipfile.ZipFile(made.file) as packed:
        names = [each for each in packed.namelist() if "models/" not in each and not each.endswith(".py")]
        texts = [packed.read(each).decode("utf-8", "replace") for each in names]
    assert any(name in text for text in texts)
    assert not [each for each, text in zip(names, texts, strict=True) if "phone" in text.lower() or "Sandoval" in text]
