"""A loan from the application to the letter: rules, a score with its reasons, people, a mail system over real HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.cases.past_rows import catch_up
from casework.cases.services import case_verify
from casework.intake.samples import Brought, samples_open
from casework.models import Case
from orchestration.actors.routing import Wish
from orchestration.casetypes.case_type import by_definition, current
from orchestration.models import HumanTask, Job
from orchestration.shell.selectors import data_of
from tests.casework.actions import open_task
from tests.casework.casetypes.scored import finish, set_up
from tests.casework.reading import told
from tests.casework.stand_ins import Demo, demo, store
from tests.orchestration.jobs.test_handing_over import chosen_by
from tests.orchestration.machines import work_jobs

__all__ = ["demo", "store"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def samples(people: dict[str, User], demo: Demo, monkeypatch: pytest.MonkeyPatch) -> dict[str, Case]:
    """The sample applications by reference, as far as rules and machines take them."""
    set_up("loan", demo, monkeypatch)
    brought = samples_open(by=None, case_type=by_definition(current("loan").pk), seconds=60)
    assert isinstance(brought, Brought) and (brought.new, brought.bad) == (8, [])
    for case in Case.objects.filter(case_type="loan"):
        work_jobs(case.instance_id)
    return {case.reference: case for case in Case.objects.filter(case_type="loan")}


def data(case: Case) -> dict[str, Any]:
    return dict(data_of(case.instance))


def test_the_samples_go_every_way_and_an_underwriter_sees_why(
    samples: dict[str, Case], people: dict[str, User], demo: Demo, client: Client
) -> None:
    waits = {
        name: task.name for name, case in samples.items()
        if (task := HumanTask.objects.filter(instance=case.instance_id, state="open").first())
    }  # fmt: skip
    assert waits == {
        "LOAN-002": "Underwrite the loan", "LOAN-003": "Check the papers of the income",
        "LOAN-004": "Check the papers of the income", "LOAN-005": "Complete the application",
        "LOAN-006": "Underwrite the loan", "LOAN-008": "Tell the applicant by hand",
    }  # fmt: skip
    # a standard one waits for the bot
    job = Job.objects.get(capability="core-loan")
    assert (
        job.instance_id == samples["LOAN-001"].instance_id and data(samples["LOAN-001"])["lending"]["path"] == "approve"
    )
    # what rules turn down is told at once, without a score
    for name, why in (("LOAN-007", "from the age of 18 on"), ("LOAN-008", "more than half of the income")):
        assert why in data(samples[name])["letter"] and "risk" not in data(samples[name])
    assert samples["LOAN-007"].closed and "from the age of 18 on" in str(demo.ask("/messages/1")[1])

    case = samples["LOAN-002"]
    client.force_login(people["anna"])
    page = client.get(f"/tasks/{open_task(case).pk}/").content.decode()
    risk = data(case)["risk"]
    for words in ("What the score says", "Probability that it is not paid back", f"{risk['probability'] * 100:.1f} %",
                  "Current account", "raises it", "lowers it", "People decide; the score does not."):  # fmt: skip
        assert words in page, words
    for change in risk["changes"]:
        assert change["title"] in page
    client.post(f"/tasks/{open_task(case).pk}/claim/")
    case = finish(case, people["anna"], "Underwrite the loan", verdict="smaller", offer__amount="2000",
                  reason="The rest in a year.")  # fmt: skip
    for who in ("anna", "emil"):
        client.force_login(people[who])
        shown = client.get(f"/api/cases/{case.pk}/").json()["data"]
        assert shown["offer"]["amount"] == 2000
    assert "2,000.00" in client.get(f"/tasks/{open_task(case).pk}/").text
    case = finish(case, people["emil"], "Key the loan in by hand", loan__number="L-00042")
    assert case.closed
    assert data(case)["loan"] == {"number": "L-00042", "amount": 2000, "how": "person"}
    assert "It is smaller than you asked for." in data(case)["letter"] and data(case)["told"]["how"] == "e-mail"
    assert case_verify(by=people["axel"], case=case).ok


def test_the_core_system_enters_a_loan_once_for_a_reference(demo: Demo) -> None:
    loan = {"customer": "Elena", "amount": "6500", "months": "24", "reference": "36-9"}
    assert "L-00001" in demo.ask("/core/loans", loan)[1] and "L-00001" in demo.ask("/core/loans", loan)[1]
    assert demo.ask("/core/loans", loan | {"months": "0", "reference": ""})[0] == 422


def test_a_history_that_holds_still_holds_when_pages_have_kept_its_past(
    samples: dict[str, Case], people: dict[str, User]
) -> None:
    for name, case in samples.items():
        case.instance.refresh_from_db()
        catch_up(case.instance_id, by_definition(case.instance.definition_id).classification)
        found = case_verify(by=people["axel"], case=case)
        assert found.ok, (name, found.reason)


def test_whoever_judges_a_suggested_score_reads_its_reasons_as_a_table(
    people: dict[str, User], demo: Demo, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen_by(monkeypatch, Wish(mode="suggest", rule="rule 1"))
    set_up("loan", demo, monkeypatch)
    samples_open(by=None, case_type=by_definition(current("loan").pk), seconds=60)
    case = Case.objects.get(reference="LOAN-002")
    work_jobs(case.instance_id)
    task = HumanTask.objects.get(instance=case.instance_id, form="capability:credit-risk")
    HumanTask.objects.filter(pk=task.pk).update(assignee=people["anna"])
    client.force_login(people["anna"])
    part = told(client.get(f"/tasks/{task.pk}/")).partition("What is suggested")[2].partition("What the machine was")[0]
    assert "[ {" not in part and "Current account" in part and "Reasons, as a table" in part


def test_a_birthday_of_which_the_year_is_shown_stays_as_it_is_where_the_rest_is_completed(
    samples: dict[str, Case], people: dict[str, User], client: Client
) -> None:
    case = samples["LOAN-005"]
    task = open_task(case)
    client.force_login(people["anna"])
    client.post(f"/tasks/{task.pk}/claim/")
    shown = client.get(f"/tasks/{task.pk}/").context["form"]["applicant.born"].value()
    assert shown == "1990"
    rest = {"application.purpose": "car-new", "application.amount": "7000", "application.months": "24",
            "application.income": "3000", "application.income_kind": "employed",
            "applicant.iban": "DE89 3704 0044 0532 0130 00"}  # fmt: skip
    client.post(f"/tasks/{task.pk}/complete/", {**rest, "applicant.born": shown})
    task.refresh_from_db()
    assert (task.state, data(case)["applicant"]["born"]) == ("completed", "1990-07-21")
