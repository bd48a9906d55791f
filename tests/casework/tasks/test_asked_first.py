"""Are people asked first without what a machine suggests, with no effect, and does nothing tell them of it before?"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
import yaml
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEvent
from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.agents.worth import suggestions_worth
from casework.cases.verification import verify
from casework.models import Case, FirstAnswer
from orchestration.agents.checking import Checks
from orchestration.casetypes.asked_first import AskedFirst
from orchestration.casetypes.case_type import Faulty, checked, folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.ground.clock import utc_now
from orchestration.models import HumanTask, Instance
from orchestration.shell.selectors import state_of
from tests.casework.browsing import client as browser
from tests.casework.browsing import hidden, page
from tests.orchestration.machines import Machines, work_jobs

LABEL, WORDS = "refund_request", "A refund"
WRONG = {"label": "identity_check", "confidence": 0.94, "text": "Please send us your passport once more."}
Asks = Callable[..., tuple[Case, HumanTask]]


@pytest.fixture
def asks(people: Any, machines: Machines, open_case: Callable[..., Case]) -> Asks:
    """`asks(blind=1)`: a complaint whose reviewer is asked so, and the task."""

    def asked(**shares: Any) -> tuple[Case, HumanTask]:
        files = folder_files(CASE_TYPES / "complaint")
        manifest = yaml.safe_load(files["manifest.yaml"])
        manifest["asked-first"] |= {"blind": 0, "known": {"share": 0, "wrong": [WRONG]}} | shares
        outcome = deploy(files | {"manifest.yaml": yaml.safe_dump(manifest, sort_keys=False)}, Origin("system:test"))
        assert isinstance(outcome, Published), outcome
        machines.say(LABEL, 0.93, "neutral")
        case = open_case()
        work_jobs(case.instance_id)
        case.refresh_from_db()
        return case, HumanTask.objects.get(instance=case.instance_id, state="open")

    return asked


PLACES = (
    "", "data/", "people/", "decisions/", "history/", "history/?all=1", "handoffs/", "documents/", "links/",
    "comments/", "ask/", "pdf/", "edit/", "unit/", "evidence/", "review/",
)  # fmt: skip
TELLS = re.compile(rf"{LABEL}|0[.]93\b|93 ?%|{WORDS}\b|Rule 5 of|Dear |known kind of complaint")
CHOICES = re.compile(r"<option.*?</option>|<input[^>]*>|<label.*?</label>|\"choices\": ?{.*?}", re.S)


def doors(case: Case, task: HumanTask) -> list[str]:
    """Whatever shows something of a case: its pages, those of its task, lists, the search, the API."""
    end = Instance.objects.get(pk=case.instance_id).head_sequence
    decided = AuditEvent.objects.filter(chain=case.instance_id, action="engine.DecisionEvaluated")
    own = [f"/cases/{case.pk}/{place}" for place in PLACES]
    own += [f"/cases/{case.pk}/decisions/{number}/" for number in decided.values_list("sequence", flat=True)]
    own += [f"/cases/{case.pk}/then/?at={number}" for number in (end // 2, end - 1)]
    own += [f"/tasks/{task.pk}/{place}" for place in ("", "preview/", "now/")]
    columns = "columns=intent.label&columns=intent.confidence&columns=route.why"
    lists = ["/", f"/?{columns}", "/cases/", f"/cases/?{columns}", "/search/?q=refund"]
    api = (
        f"cases/{case.pk}/",
        f"cases/{case.pk}/history/",
        f"tasks/{task.pk}/",
        "tasks/",
        "cases/",
        "search/?q=refund",
    )
    return [*own, *lists, *(f"/api/{place}" for place in api)]


def told_by(client: Client, where: str) -> list[str]:
    answer = client.get(where)
    assert answer.status_code in (200, 302, 403, 404, 405), (where, answer.status_code)
    body = b"".join(answer) if answer.streaming else answer.content
    text = CHOICES.sub("", unescape(body.decode("utf-8", "replace")))
    return [text[max(0, one.start() - 80) : one.end() + 40] for one in TELLS.finditer(text)]


@pytest.mark.slow
def test_nothing_tells_what_the_machine_says_before_they_have_said_it_by_themselves(
    asks: Asks, people: dict[str, User]
) -> None:
    case, task = asks(blind=1)
    anna = browser(people["anna"])
    anna.post(f"/tasks/{task.pk}/claim/")
    axel = browser(people["axel"])
    for client, wanted in ((anna, "/"), (axel, "history")):
        told = {where: told_by(client, where) for where in doors(case, task) if wanted in where}
        assert not any(told.values()), told
    assert f"/tasks/{task.pk}/" not in page(anna, "/?tab=mine&is.intent.label=refund_request")
    assert verify(case.instance).ok
    html = page(anna, f"/tasks/{task.pk}/")
    assert "asked first without what the machine suggests" in html
    nothing = anna.post(f"/tasks/{task.pk}/complete/", {"opened": hidden(html, "opened")})
    assert nothing.status_code == 400 and not FirstAnswer.objects.exists()
    before = Instance.objects.get(pk=case.instance_id)
    said = anna.post(
        f"/tasks/{task.pk}/complete/", {"category": "other", "opened": hidden(html, "opened")}, follow=True
    )
    html = " ".join(said.content.decode().split())
    assert "nothing was done" in html and "What is suggested" in html and "93" in html
    after = Instance.objects.get(pk=case.instance_id)
    assert (after.items, after.data) == (before.items, before.data)
    row = FirstAnswer.objects.get()
    assert (row.put, row.agreed, row.fell) == ("blind", False, None) and row.opened is not None
    done = anna.post(f"/tasks/{task.pk}/complete/", {"verdict": "accept", "opened": hidden(html, "opened")})
    assert done.status_code == 302 and HumanTask.objects.get(pk=task.pk).state == "completed"
    [shown] = suggestions_worth(utc_now())
    assert shown.name == "Customer complaint: It is about" and (shown.found.blind, shown.found.shown) == (0.0, None)
    assert "By question with a suggestion" in page(axel, "/changes/approvals/")
    assert [(one.put, one.agreed) for one in FirstAnswer.objects.order_by("pk")] == [("blind", False), ("", True)]
    assert verify(case.instance).ok
    assert f"/cases/{case.pk}/" in page(anna, "/cases/?which=all&is.intent.label=refund_request")


@pytest.mark.parametrize(("answers", "fell"), [({"verdict": "accept"}, True), ({"verdict": "reject"}, False)])
def test_what_the_machine_did_not_say_is_never_sent_and_the_true_one_is_asked_next(
    asks: Asks, people: dict[str, User], answers: dict[str, str], fell: bool
) -> None:
    case, task = asks(known={"share": 1, "wrong": [{"label": LABEL, "text": "The same."}, WRONG]})
    anna, address = browser(people["anna"]), f"/tasks/{task.pk}/"
    anna.post(f"{address}claim/")
    html = page(anna, address)
    assert WRONG["text"] in html and "Proof of identity" in html and "asked first" not in html
    assert not told_by(anna, address) and not told_by(anna, f"/cases/{case.pk}/data/")
    said = page_after(anna, address, answers | {"category": "identity_check", "answer": WRONG["text"]})
    assert "nothing was done" in said and WRONG["text"] not in said and "Dear " in said
    row = FirstAnswer.objects.get()
    assert (row.put, row.agreed, row.fell) == ("known", None, fell)
    assert HumanTask.objects.get(pk=task.pk).state == "open" and verify(case.instance).ok
    page_after(anna, address, {"verdict": "accept"})
    [shown] = suggestions_worth(utc_now())
    assert (shown.found.decided, shown.found.shown, shown.found.fell) == (1, 1.0, float(fell))
    FirstAnswer.objects.filter(put="known").update(fell=not fell)
    assert not verify(case.instance).ok
    FirstAnswer.objects.filter(put="known").update(fell=fell)
    work_jobs(case.instance_id)
    case.refresh_from_db()
    assert WRONG["text"] not in str(lock_data(case)) and verify(case.instance).ok


def page_after(client: Client, address: str, answers: dict[str, str]) -> str:
    answer = client.post(f"{address}complete/", answers, follow=True)
    return " ".join(answer.content.decode().split())


def lock_data(case: Case) -> Any:
    return state_of(Instance.objects.get(pk=case.instance_id)).root.variables


@pytest.mark.parametrize("put", [{"blind": 1}, {"known": {"share": 1, "wrong": [WRONG]}}])
def test_what_is_no_choice_is_no_first_answer_whatever_its_shape(
    asks: Asks, people: dict[str, User], put: dict[str, Any]
) -> None:
    _, task = asks(**put)
    anna = browser(people["anna"])
    anna.post(f"/api/tasks/{task.pk}/claim/")
    for said in ([LABEL], {"a": 1}, 5, None, "nonsense"):
        for name in ("category", "verdict"):
            sent = {"answers": {name: said}}
            answer = anna.post(f"/api/tasks/{task.pk}/complete/", sent, content_type="application/json")
            assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), sent
            assert list(answer.json()["errors"]) == [f"answers.{'category' if 'blind' in put else name}"], sent
    assert not FirstAnswer.objects.exists()


def test_programs_are_asked_first_too_and_told_so(asks: Asks, people: dict[str, User]) -> None:
    _, task = asks(blind=1)
    anna, address = browser(people["anna"]), f"/api/tasks/{task.pk}/"
    anna.post(f"{address}claim/")
    shown = anna.get(address).json()
    assert [field["path"] for field in shown["form"]] == ["category"] and shown["suggestion"] is None
    for said, status, code in (({"category": "nonsense"}, 400, "invalid"), ({"category": LABEL}, 409, "asked-again")):
        answer = anna.post(f"{address}complete/", {"answers": said}, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert FirstAnswer.objects.get().agreed is True and FirstAnswer.objects.get().opened is None
    assert anna.get(address).json()["suggestion"]["label"] == WORDS
    assert all(one.found.decided for one in suggestions_worth(utc_now()))
    answer = anna.post(f"{address}complete/", {"answers": {"verdict": "accept"}}, content_type="application/json")
    assert answer.status_code == 200


@given(st.integers(1, 10**6), st.floats(0, 1), st.sampled_from([None, "", LABEL]), st.booleans())
def test_a_case_is_of_the_share_by_its_number_alone_until_it_is_answered(
    number: int, share: float, said: str | None, is_over: bool
) -> None:
    first = AskedFirst("category", "intent.label", ("intent", "draft"), Checks(blind=share))
    data = {"intent": {"label": "refund"}, "draft": "Dear you", "message": "m", "category": said}
    put = first.put(number, data, is_over)
    assert put == first.put(number, data | {"message": "another"}, is_over)
    assert (put.check == "blind") == (first.is_chosen(number) and not said and not is_over)
    told = first.in_lists(number, data, is_over)
    assert ("draft" in told and "intent" in told) == (put.check == "") and told["message"] == "m"
    assert first.put(number, {"draft": "d"}).check == ""


def test_what_is_declared_badly_does_not_deploy() -> None:
    files = folder_files(CASE_TYPES / "complaint")
    manifest = yaml.safe_load(files["manifest.yaml"])
    good = manifest["asked-first"]
    assert (good["blind"], good["known"]["share"]) == (0, 0), "nobody is asked first before a share is set"
    for bad in (
        good | {"question": "nowhere"}, good | {"machine": "sentiment.label"}, good | {"withholds": ["intent"]},
        good | {"withholds": ["nothing"]}, good | {"blind": 2}, good | {"known": {"share": 1, "wrong": []}},
    ):  # fmt: skip
        changed = yaml.safe_dump(manifest | {"asked-first": bad}, sort_keys=False)
        with pytest.raises(Faulty, match="asked-first"):
            checked(files | {"manifest.yaml": changed}, utc_now())
