"""Does somebody come from words, or from an outline of their own, to a draft that a person publishes or drops?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.test import Client

from audit.services import Origin
from casework.models import Case, Proposal
from casework.studio import from_words
from casework.studio.words_sample import SAMPLE
from orchestration.actors.hosts.register import host_allow
from orchestration.modelling.form import filled
from orchestration.models import ActorCall, ActorVersion, Definition, HumanTask
from orchestration.shell.verification import verify
from tests.casework.conftest import PERSON
from tests.casework.reading import told
from tests.orchestration.actors.language.provider import KEY, Provider, providing, says, status
from tests.orchestration.machines import work_jobs
from tests.orchestration.modelling.outlines import leave as as_written
from tests.orchestration.modelling.outlines import value

pytestmark = pytest.mark.django_db
WORDS = (
    "Employees ask for parental leave by letter. Human resources decides; where it is more than twelve weeks the "
    "manager is asked first. Who gets it is told, and their pay is set up."
)


@pytest.fixture
def admin(people: dict[str, Any], client: Client) -> Client:
    client.force_login(people["ada"])
    return client


@pytest.fixture
def provider(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("CASEWRIGHT_SECRET_LLM_KEY", KEY)
    with providing() as found:
        host_allow("127.0.0.1", found.system.port, private=True, origin=Origin("system:test"))
        set_up(found)
        yield found


def leave() -> dict[str, Any]:
    """An outline as a model gives it: nothing left out."""
    found: dict[str, Any] = filled(as_written())
    return found


def set_up(provider: Provider, *more: str) -> None:
    url = f"{provider.system.url}/v1/chat/completions"
    given = ("--url", url, "--model", "small-instruct", "--secret", "llm-key", *more)
    call_command("language_model", "outline-process", *given)


def described(who: Client, text: str = WORDS) -> Case:
    answer = who.post("/models/words/", {"do": "describe", "description": text})
    assert answer.status_code == 302, told(answer)
    case = Case.objects.get(case_type=from_words.KEY)
    work_jobs(case.instance_id)
    case.refresh_from_db()
    return case


def by_hand(who: Client, outline: Any) -> Any:
    text = outline if isinstance(outline, str) else yaml.safe_dump(outline)
    return who.post("/models/words/", {"do": "check", "outline": text}, follow=True)


def publish(who: Client) -> Any:
    return who.post(f"/models/import/{Proposal.objects.get().pk}/", {"do": "publish", "note": "New"}, follow=True)


# By hand


def test_the_outline_that_is_shown_to_begin_with_becomes_a_draft_and_a_person_publishes_it(admin: Client) -> None:
    assert SAMPLE.splitlines()[0] in admin.get("/models/words/").content.decode()
    page = told(by_hand(admin, SAMPLE))
    assert "something dear is refused: goes as it says" in page and "Picture of process.bpmn" in page
    assert "Ask the lead (a person)" in page and not Definition.objects.filter(key="equipment-request").exists()
    publish(admin)
    found = Definition.objects.get(key="equipment-request")
    assert "Picture of process.bpmn" in told(admin.get(f"/models/{found.pk}/"))


def test_an_outline_that_does_not_hold_is_told_and_stays_in_its_field(admin: Client) -> None:
    answer = by_hand(admin, SAMPLE.replace("who: Leads", "who: ''"))
    assert answer.status_code == 400 and "who says nothing" in told(answer)
    assert "Ask the lead" in answer.context["outline"] and not Proposal.objects.exists()


@pytest.mark.parametrize(
    "text",
    ["", "a: [", "- 1", "x" * 200_001, "&a [*a]", "a: &b [1]\nc: [*b, *b]", "!!python/object:os.system {}", "1: 2"],
)
def test_what_is_no_outline_is_refused_in_words(admin: Client, text: str) -> None:
    answer = by_hand(admin, text)
    assert answer.status_code == 400 and answer.context["wrong"]


def test_where_two_people_are_asked_for_another_publishes_what_one_had_drafted(
    admin: Client, people: dict[str, Any], settings: Any
) -> None:
    settings.SECOND_PERSON = True
    assert "somebody else has to publish" in told(by_hand(admin, SAMPLE))
    assert publish(admin).status_code == 409 and not Definition.objects.filter(key="equipment-request").exists()
    Proposal.objects.update(by=people["anna"])
    publish(admin)
    assert Definition.objects.filter(key="equipment-request").exists()


def test_a_name_that_stands_twice_is_refused_and_one_that_is_taken_is_a_next_version_only_when_meant_so(
    admin: Client,
) -> None:
    page = by_hand(admin, "name: Another\n" + SAMPLE)
    assert page.status_code == 400 and "“name” stands here already, in line 1" in told(page)
    assert "The outline: this has to be names with their values" in told(by_hand(admin, "null"))
    by_hand(admin, SAMPLE)
    publish(admin)
    page = by_hand(admin, SAMPLE)
    assert page.status_code == 409 and "There is a case type “equipment-request” already" in told(page)
    assert 'name="over" value="equipment-request"' in page.content.decode() and not Proposal.objects.exists()
    admin.post("/models/words/", {"do": "check", "outline": SAMPLE, "over": "equipment-request"})
    assert Proposal.objects.get().based_on == 1


# By a language model


def test_without_a_language_model_the_page_says_how_one_is_brought_in(admin: Client) -> None:
    assert "casewright manage language_model outline-process" in told(admin.get("/models/words/"))
    answer = admin.post("/models/words/", {"do": "describe", "description": WORDS})
    assert answer.status_code == 409 and not Case.objects.exists()


def test_a_description_becomes_a_draft_that_passes_and_nothing_is_in_force_by_it(
    admin: Client, provider: Provider
) -> None:
    provider.does(says(leave()))
    case = described(admin)
    page = told(admin.get(f"/models/words/{case.pk}/"))
    assert "passes every check" in page and "1 round" in page and case.closed
    calls = ActorCall.objects.filter(instance=case.instance_id).order_by("pk")
    outcomes = [(call.capability, call.outcome) for call in calls]
    assert outcomes == [
        ("outline-process", "done"),
        ("check-outline", "done"),
    ]
    assert calls[0].usage["output_tokens"] == 20 and verify(case.instance).ok
    page = told(admin.post(f"/models/words/{case.pk}/", follow=True))
    assert "a long one is granted: goes as it says" in page and "Picture of process.bpmn" in page
    assert not Definition.objects.filter(key="parental-leave").exists()
    publish(admin)
    assert Definition.objects.get(key="parental-leave").files["outline.yaml"]


def test_what_does_not_hold_goes_back_to_the_model_until_it_does(admin: Client, provider: Provider) -> None:
    wrong = leave()
    wrong["examples"][0]["steps"].remove("Decide on it")
    provider.does(says("Sure, here is"), says({"name": "x"}), says(wrong), says(leave()))
    case = described(admin)
    page = told(admin.get(f"/models/words/{case.pk}/"))
    assert "2 rounds" in page and "passes every check" in page
    last = provider.came[-1]["messages"][1]["content"]
    assert "does not go so" in last and "Decide on it" in last and WORDS in last


def test_after_so_many_rounds_it_is_left_to_a_person_who_mends_it_by_hand(admin: Client, provider: Provider) -> None:
    wrong = leave()
    wrong["examples"][0]["values"][5] = value("way", "long")
    provider.does(says(wrong))
    case = described(admin)
    assert len(provider.came) == from_words.ROUNDS
    answer = admin.get(f"/models/words/{case.pk}/")
    assert "You can mend the outline by hand" in told(answer)
    assert "No draft that passes" in told(answer) and "What has to be mended" in told(answer)
    assert admin.post(f"/models/words/{case.pk}/").status_code == 409 and not Proposal.objects.exists()
    mended = yaml.safe_load(answer.context["run"].outline)
    mended["examples"][0]["values"][5]["value"] = "simple"
    by_hand(admin, mended)
    assert Proposal.objects.get().key == "parental-leave"


@pytest.mark.parametrize("move", [says("no"), status(401), says(None, message={"refusal": "I will not"})])
def test_a_model_that_gives_nothing_usable_ends_in_words(
    admin: Client, provider: Provider, move: Callable[..., Any]
) -> None:
    provider.does(move)
    case = described(admin)
    page = told(admin.get(f"/models/words/{case.pk}/"))
    assert case.closed and "There is no outline to mend." in page and "mend the outline by hand" not in page
    assert "<bdi>Ada Abel</bdi>" in page
    assert any(words in page for words in ("had not its form", "does not accept our key", "declined"))


def test_no_detail_of_a_person_leaves_with_a_description(admin: Client, provider: Provider) -> None:
    provider.does(says(leave()))
    described(admin, f"{WORDS} Write to {PERSON['email']} or call {PERSON['phone']}, account {PERSON['iban']}.")
    sent = provider.was_sent()
    assert "EMAIL_1" in sent and not any(PERSON[one] in sent for one in ("email", "phone", "iban"))


def test_too_few_words_are_refused(admin: Client, provider: Provider) -> None:
    assert admin.post("/models/words/", {"do": "describe", "description": "Do it."}).status_code == 400


def test_the_command_registers_a_version_of_the_prompt_and_says_what_is_wrong(provider: Provider) -> None:
    assert ActorVersion.objects.get(actor__key="outline-process-model").active
    with pytest.raises(CommandError):
        call_command("language_model", "outline-process", "--url", "nowhere", "--model", "m")


def test_what_a_model_drafted_runs_once_a_person_has_published_it(admin: Client, provider: Provider) -> None:
    """From words to a case that somebody opens, somebody else decides, and that is over by it; the history holds."""
    provider.does(says(filled(yaml.safe_load(SAMPLE))))
    admin.post(f"/models/words/{described(admin).pk}/", follow=True)
    assert "/cases/new/equipment-request/" not in admin.get("/cases/").content.decode()
    publish(admin)
    staff, lead = member("sam", "Staff"), member("lea", "Leads")
    opened = staff.post("/cases/new/equipment-request/", {"what": "A server", "price": "9000", "reference": "E-1"})
    assert opened.status_code == 302
    case = Case.objects.get(case_type="equipment-request")
    task = HumanTask.objects.get(instance=case.instance_id)
    assert task.name == "Ask the lead" and staff.post(f"/tasks/{task.pk}/claim/").status_code == 403
    assert lead.post(f"/tasks/{task.pk}/claim/").status_code == 302
    lead.post(f"/tasks/{task.pk}/complete/", {"verdict": "no"})
    case.refresh_from_db()
    assert case.closed and verify(case.instance).ok and "A server" in told(lead.get(f"/cases/{case.pk}/"))


def member(name: str, group: str) -> Client:
    user, client = User.objects.create_user(name, password="x"), Client()
    user.groups.add(Group.objects.get_or_create(name=group)[0])
    client.force_login(user)
    return client
