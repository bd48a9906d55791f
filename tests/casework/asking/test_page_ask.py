"""Can a person ask about a case, get an answer whose sources open, and learn nothing that is not theirs?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.models import AuditEvent
from audit.services import Origin
from casework.cases.read.case_view import look
from casework.documents.models import ReadPage
from casework.documents.services import Added, document_add
from casework.models import Case
from orchestration.actors import kinds
from orchestration.actors.budgets import budget_set
from orchestration.actors.connectors import Wanted, connector_register
from orchestration.actors.hosts.register import host_allow
from orchestration.documents.words import packed, plain_page
from orchestration.ground import clock
from orchestration.jobs import runner, stopping
from orchestration.jobs.questions import CAPABILITY
from orchestration.models import Actor, ActorCall, ActorVersion, Job, Question
from orchestration.shell.verification import verify
from tests.casework.conftest import PERSON
from tests.orchestration.actors.language.provider import KEY, Provider, providing, says, status
from tests.orchestration.documents.papers import picture
from tests.orchestration.machines import Machines

DOCS = Path(__file__).parents[3] / "docs/use/ask.md"
TEST = Origin("system:test")
REAL = kinds.load
ROUTED = "It is about refund request, says the intent model with 93 percent."


@pytest.fixture
def provider(db: None, monkeypatch: pytest.MonkeyPatch, machines: Machines) -> Iterator[Provider]:
    monkeypatch.setenv("CASEWRIGHT_SECRET_LLM_KEY", KEY)

    def load(key: str, version: str, artefact: Any) -> Any:
        return (REAL if key == "language-model" else machines.load)(key, version, artefact)

    monkeypatch.setattr(runner.kinds, "load", load)
    with providing() as found:
        host_allow("127.0.0.1", found.system.port, private=True, origin=TEST)
        yield found


def registered(provider: Provider, card: dict[str, Any] | None = None) -> ActorVersion:
    """The model of the documentation, at this provider."""
    found = re.search(r"```yaml\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert found
    file = found[1].replace("https://llm.example", provider.system.url).encode()
    outcome = connector_register(Wanted("language-model", "answers", file, use=True), TEST)
    assert isinstance(outcome, ActorVersion), outcome
    if card is not None:
        Actor.objects.filter(key="answers").update(card=outcome.actor.card | card)
    return outcome


def answers(*statements: tuple[str, list[str]]) -> Any:
    return says({"statements": [{"text": text, "sources": sources} for text, sources in statements]})


def page(client: Client, case: Case) -> str:
    response = client.get(f"/cases/{case.pk}/ask/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def asked(client: Client, case: Case, text: str = "What is it about?") -> Question:
    response = client.post(f"/cases/{case.pk}/ask/", {"question": text})
    assert response.status_code == 302, response.content.decode()
    return Question.objects.latest("pk")


def worked(question: Question) -> Question:
    runner.run(question.job.instance_id, question.job.job)
    return Question.objects.select_related("job").get(pk=question.pk)


def given(question: Question) -> dict[str, str]:
    return {one["id"]: one["text"] for one in orjson.loads(bytes(question.job.input))["pieces"]}


def test_without_a_model_the_page_says_so_and_asks_nothing(
    client: Client, people: dict[str, User], open_case: Callable[..., Case]
) -> None:
    case = open_case()
    client.force_login(people["anna"])
    assert "No language model is set up" in page(client, case)
    assert client.post(f"/cases/{case.pk}/ask/", {"question": "Why?"}).status_code == 409
    assert not Question.objects.exists()


def test_an_answer_names_its_sources_and_each_of_them_opens(
    client: Client, people: dict[str, User], open_case: Callable[..., Case], provider: Provider
) -> None:
    registered(provider)
    case = open_case(message="My card was swallowed by the machine at the station.")
    client.force_login(people["anna"])
    question = asked(client, case)
    pieces = given(question)
    event = next(id for id in pieces if id.startswith("event:"))
    provider.does(
        answers(
            ("The card was swallowed by the machine at the station.", ["field:/message"]),
            (pieces[event], [event]),
            ("The customer has been a client for 12 years.", ["field:/message"]),
            ("The machine stood at the airport.", []),
            ("The card was swallowed by the machine.", ["field:/nowhere"]),
        )
    )
    worked(question)
    shown = page(client, case)
    assert [one["found"] for one in Question.objects.get().statements] == [True, True, False, False, False]
    assert shown.count("not found in what it names") == 3 and "3 of 5 sentences" in shown
    listed = shown[shown.index("What you asked") : shown.index("</main>")]
    addresses = [one.replace("&amp;", "&") for one in re.findall(r'<a href="(/[^"]+)"', listed)]
    assert len(addresses) == 4  # the call is one of them
    for address in addresses:
        where, _, anchor = address.partition("#")
        response = client.get(where)
        assert response.status_code == 200
        assert not anchor or f'id="{anchor}"' in response.content.decode(), address


def test_a_page_of_a_document_is_a_source(
    client: Client, people: dict[str, User], open_case: Callable[..., Case], provider: Provider
) -> None:
    registered(provider)
    case = open_case()
    added = document_add(by=people["anna"], case=case, name="letter.png", content=picture())
    assert isinstance(added, Added)
    text = "The machine broke at nine o'clock."
    words = orjson.dumps(packed(plain_page(text)))
    ReadPage.objects.create(document=added.document, number=1, words=words, text=text)
    client.force_login(people["anna"])
    question = asked(client, case, "When did the machine break?")
    provider.does(answers(("The machine broke at nine o'clock.", [f"page:{added.document.pk}.1"])))
    worked(question)
    shown = page(client, case)
    address = f"/cases/{case.pk}/documents/{added.document.pk}/?page=1"
    assert address in shown and "letter.png, page 1" in shown and "not found" not in shown
    assert client.get(address).status_code == 200


def test_asking_is_kept_in_history_and_ledger_and_changes_nothing_of_the_case(
    client: Client, people: dict[str, User], open_case: Callable[..., Case], provider: Provider
) -> None:
    registered(provider)
    case = open_case()
    before = bytes(case.instance.data)
    client.force_login(people["anna"])
    provider.does(answers())
    question = worked(asked(client, case))
    case.instance.refresh_from_db()
    assert bytes(case.instance.data) == before
    kept = AuditEvent.objects.filter(chain=case.instance_id, action="question.asked").get()
    assert kept.actor == "person:anna"
    call = ActorCall.objects.get(capability=CAPABILITY)
    assert (call.outcome, call.asked_by, call.job_id) == ("done", "person:anna", question.job_id)
    assert verify(case.instance).ok
    assert "Nothing that you may see of this case says anything about it." in page(client, case)


def test_nothing_that_names_the_customer_or_a_colleague_leaves(
    client: Client, people: dict[str, User], open_case: Callable[..., Case], provider: Provider
) -> None:
    registered(provider, {"leaves": True, "clearance": "restricted"})
    case = open_case(message=f"I am {PERSON['name']}, call {PERSON['phone']}, my account is {PERSON['iban']}.")
    client.force_login(people["clara"])
    client.get(f"/cases/{case.pk}/")
    anna = Client()
    anna.force_login(people["anna"])
    anna.get(f"/cases/{case.pk}/")
    assert client.post(f"/cases/{case.pk}/follow/").status_code == 302
    provider.does(answers())
    worked(asked(client, case, f"What does {PERSON['name']} want, and did {people['clara'].get_full_name()} see it?"))
    sent = provider.was_sent()
    assert "PERSON_1" in sent and "COLLEAGUE_" in sent
    values = [*PERSON.values(), "Sandoval", "clara", people["clara"].get_full_name(), people["anna"].get_full_name()]
    for value in values:
        assert value not in sent and value.replace(" ", "") not in sent


def test_who_asks_is_told_nothing_that_is_masked_for_them(
    client: Client, people: dict[str, User], open_case: Callable[..., Case], provider: Provider
) -> None:
    registered(provider)
    case = open_case(message=f"I am {PERSON['name']}, my account is {PERSON['iban']}.")
    client.force_login(people["anna"])
    clear = look(user=people["anna"], case=case, now=clock.utc_now(), most=1).view
    assert PERSON["iban"] not in str(clear.data)
    question = asked(client, case, f"Is the account {PERSON['iban']}?")
    assert not [text for text in given(question).values() if any(value in text for value in PERSON.values())]


def test_an_answer_is_shown_to_who_asked_alone(
    client: Client, people: dict[str, User], open_case: Callable[..., Case], provider: Provider
) -> None:
    registered(provider)
    case = open_case()
    client.force_login(people["clara"])
    provider.does(answers(("The secret word is marzipan.", ["case"])))
    worked(asked(client, case))
    call = ActorCall.objects.get(capability=CAPABILITY).pk
    assert "marzipan" in page(client, case)
    assert "marzipan" in client.get(f"/ledger/calls/{call}/").content.decode()
    client.force_login(people["anna"])
    for address in (f"/cases/{case.pk}/ask/", f"/ledger/calls/{call}/", f"/cases/{case.pk}/decisions/"):
        response = client.get(address)
        assert response.status_code == 200 and "marzipan" not in response.content.decode(), address


def test_one_question_at_a_time(
    client: Client, people: dict[str, User], open_case: Callable[..., Case], provider: Provider
) -> None:
    registered(provider)
    case = open_case()
    client.force_login(people["anna"])
    asked(client, case)
    assert "It is being answered" in page(client, case)
    second = client.post(f"/cases/{case.pk}/ask/", {"question": "And what else?"})
    assert second.status_code == 409 and "And what else?" in second.content.decode()
    client.force_login(people["clara"])
    asked(client, case)


def test_what_fails_for_good_is_said_and_opens_no_incident(
    client: Client, people: dict[str, User], open_case: Callable[..., Case], provider: Provider
) -> None:
    registered(provider)
    case = open_case()
    client.force_login(people["anna"])
    provider.does(status(401))
    question = worked(asked(client, case))
    assert question.job.state == Job.State.CANCELLED
    shown = page(client, case)
    assert "No answer: The model&#x27;s server answered 401" in shown
    assert not case.instance.incidents.exists()
    assert verify(case.instance).ok


def test_what_fails_for_the_moment_is_tried_again(
    client: Client, people: dict[str, User], open_case: Callable[..., Case], provider: Provider
) -> None:
    registered(provider)
    case = open_case()
    client.force_login(people["anna"])
    provider.does(status(503), answers(("It is open.", ["case"])))
    question = worked(asked(client, case))
    assert question.job.state == Job.State.WAITING and question.job.attempts == 1
    Job.objects.filter(pk=question.job_id).update(run_at=clock.utc_now())
    assert worked(question).statements and verify(case.instance).ok


def test_a_spent_budget_is_said_to_be_it(
    client: Client, people: dict[str, User], open_case: Callable[..., Case], provider: Provider
) -> None:
    registered(provider, {"price": {"amount": "0.02", "currency": "EUR", "per": "call"}})
    budget_set("actor:answers", Decimal("0.01"), "EUR", TEST, beyond="person")
    case = open_case()
    client.force_login(people["anna"])
    worked(asked(client, case))
    shown = page(client, case)
    assert "No answer: This month&#x27;s budget has no money left for the machine that would do it." in shown
    assert "The rules of this kind of case" not in shown and not provider.came


def test_a_stopped_model_is_not_asked_and_the_question_waits_for_it(
    client: Client, people: dict[str, User], open_case: Callable[..., Case], provider: Provider
) -> None:
    registered(provider)
    case = open_case()
    client.force_login(people["anna"])
    provider.does(answers(("It is open.", ["case"])))
    question = asked(client, case)
    stopping.stop("kind:language-model", TEST, "It is being looked at.")
    assert worked(question).job.state == Job.State.HELD and not provider.came
    assert "waits until it is let loose" in page(client, case)
    stopping.end("kind:language-model", TEST)
    assert worked(question).statements


def test_an_answer_that_leaks_is_kept_back(
    client: Client, people: dict[str, User], open_case: Callable[..., Case], provider: Provider
) -> None:
    registered(provider)
    case = open_case()
    client.force_login(people["anna"])
    provider.does(answers((f"Write to {PERSON['email']}.", ["case"])))
    question = worked(asked(client, case))
    assert question.statements is None and question.said
    assert PERSON["email"] not in page(client, case)


def test_who_only_reads_the_case_may_not_ask(
    client: Client, people: dict[str, User], open_case: Callable[..., Case]
) -> None:
    case = open_case()
    client.force_login(people["axel"])
    assert client.get(f"/cases/{case.pk}/ask/").status_code == 403
    assert f"/cases/{case.pk}/ask/" not in client.get(f"/cases/{case.pk}/").content.decode()
