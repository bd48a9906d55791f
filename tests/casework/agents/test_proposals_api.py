"""Does a program decide what an agent wants exactly as a person does on the page, and no more?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from casework.models import Case
from orchestration.models import AgentProposal, HumanTask
from tests.orchestration.machines import work_jobs

Json = dict[str, Any]


def asking(who: User) -> tuple[Callable[[str], Any], Callable[[str, Json], Any]]:
    client = Client()
    client.force_login(who)

    def get(address: str) -> Any:
        return client.get(f"/api/proposals/{address}")

    def post(address: str, body: Json) -> Any:
        return client.post(f"/api/proposals/{address}", body, content_type="application/json")

    return get, post


def answer(told: Json, how: str = "approve", **more: Any) -> Json:
    return {"how": how, "digest": told["digest"], "seen": told["seen"], **more}


def test_it_is_listed_read_and_approved_by_its_marks_and_once(
    upset: Callable[..., Case], people: dict[str, User]
) -> None:
    case = upset("after approval")
    get, post = asking(people["anna"])
    [row] = get("").json()["results"]
    assert (row["case"], row["name"], row["agent"]) == (case.pk, "Call the customer", "next-steps")
    told = get(f"{row['proposal']}/").json()
    assert told["reason"].startswith("The customer is upset") and told["rule"] and told["opened"]
    assert {one["title"] for one in told["evidence"]} == {"Message", "Tone"}
    done = post(f"{row['proposal']}/decide/", answer(told))
    assert (done.status_code, done.json()["state"]) == (200, "done")
    assert HumanTask.objects.filter(instance=case.instance_id, name="Call the customer").exists()
    again = post(f"{row['proposal']}/decide/", answer(told, "reject", reason="After all not."))
    assert (again.status_code, again.json()["code"]) == (409, "decided")
    assert get("").json()["results"] == [] and get(f"{row['proposal']}/").json()["seen"] == ""


def test_what_changed_since_it_was_read_what_is_late_and_what_is_not_ours_decides_nothing(
    upset: Callable[..., Case], people: dict[str, User]
) -> None:
    case = upset("after approval")
    row = AgentProposal.objects.get(run__instance=case.instance_id, state="held")
    get, post = asking(people["anna"])
    told = get(f"{row.pk}/").json()
    cases: list[tuple[Json, int, str]] = [
        (answer({**told, "digest": "0" * 64}), 409, "changed"),
        (answer({**told, "seen": "x"}), 409, "not-what-was-seen"),
        (answer(told, changed={"question": "Something of mine"}), 400, "invalid"),
        (answer(told, "reject"), 400, "invalid"),
        ({"how": "approve"}, 400, "invalid"),
    ]
    for body, status, code in cases:
        found = post(f"{row.pk}/decide/", body)
        assert (found.status_code, found.json()["code"]) == (status, code), found.json()
    other, sends = asking(people["dora"])
    assert other("").json()["results"] == [] and other(f"{row.pk}/").status_code == 404
    assert sends(f"{row.pk}/decide/", answer(told)).status_code == 404
    looks, _ = asking(people["axel"])
    assert looks(f"{row.pk}/").json()["seen"] == ""
    AgentProposal.objects.filter(pk=row.pk).update(expires=row.made)
    late = post(f"{row.pk}/decide/", answer(told))
    assert (late.status_code, late.json()["code"]) == (409, "late")
    row.refresh_from_db()
    assert row.state == "held" and not HumanTask.objects.filter(name="Call the customer").exists()


def test_a_text_of_the_agent_is_changed_and_approved(upset: Callable[..., Case], people: dict[str, User]) -> None:
    case = upset("after approval", sure=0.4)
    get, post = asking(people["anna"])
    first = AgentProposal.objects.get(run__instance=case.instance_id, state="held")
    post(f"{first.pk}/decide/", answer(get(f"{first.pk}/").json(), "reject", reason="Not now."))
    work_jobs(case.instance_id)
    row = AgentProposal.objects.get(run__instance=case.instance_id, state="held")
    told = get(f"{row.pk}/").json()
    assert "question" in told["arguments"]
    other = "Which card do you mean, and when was it?"
    done = post(f"{row.pk}/decide/", answer(told, changed={"question": other}))
    assert done.json()["state"] == "done"
    row.refresh_from_db()
    assert row.changed == {"question": other}
