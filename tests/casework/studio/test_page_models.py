"""Can an admin see what a version is made of, bring in changed models, and can nobody else?"""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from audit.models import AuditEvent
from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.models import Proposal
from casework.studio.upload_archive import MOST_UPLOADED, unpacked, zipped
from orchestration.casetypes.case_type import current, folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.models import Definition
from tests.casework.reading import told
from tests.orchestration.actors.test_guardrails_declared import every_kind

pytestmark = pytest.mark.django_db

FILES = folder_files(CASE_TYPES / "refund")
STRICTER = FILES["approval.dmn"].replace("&gt;= 1000", "&gt;= 500")


@pytest.fixture
def refund_type(complaint: Definition) -> Definition:
    outcome = deploy(FILES, Origin("system:test"))
    assert isinstance(outcome, Published)
    return outcome.definition


@pytest.fixture
def admin(people: dict[str, Any], client: Client) -> Client:
    client.force_login(people["ada"])
    return client


def upload(who: Client, name: str, content: bytes | str, belongs_to: str = "") -> Any:
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    return who.post("/models/import/", {"file": file, "belongs_to": belongs_to}, follow=True)


def publish(who: Client, note: str = "Stricter") -> Any:
    return who.post(f"/models/import/{Proposal.objects.get().pk}/", {"do": "publish", "note": note}, follow=True)


# What a version is made of


def test_the_page_of_models_says_what_uses_a_process_in_how_many_places(refund_type: Definition, admin: Client) -> None:
    answer = admin.get(f"/models/{refund_type.pk}/")
    (pay,) = [row for row in answer.context["overview"].models if row.anchor == "process-pay"]
    assert sorted((use.step, use.name) for use in pay.used_by) == [
        ("Pay the credit", "Goodwill credit"),
        ("Pay the fee back", "Correction of a fee"),
        ("Pay the refund", "Refund"),
    ]
    assert "3 places" in told(answer)
    assert 'href="#process-goodwill"' in told(answer)


def test_what_a_model_is_made_of_is_said_in_words(refund_type: Definition, admin: Client) -> None:
    (refund,) = [row for row in admin.get(f"/models/{refund_type.pk}/").context["overview"].models
                 if row.anchor == "process-refund"]  # fmt: skip
    assert set(refund.made_of.split(", ")) == {
        "4 start events", "3 sub-processes", "4 business rule tasks", "6 exclusive gateways", "6 user tasks",
        "3 service tasks", "6 boundary events", "7 end events", "4 call activities",
    }  # fmt: skip


def test_the_page_of_models_names_who_can_do_what_is_asked_of_machines(
    refund_type: Definition, admin: Client, machines: Any
) -> None:
    answer = admin.get(f"/models/{refund_type.pk}/")
    row = {row.asked.capability: row for row in answer.context["overview"].asked}["sentiment"]
    assert [actor.key for actor in row.actors] == ["sentiment"]
    assert "The machine could not read it" in told(answer)


def test_a_capability_that_nobody_has_is_marked(refund_type: Definition, admin: Client) -> None:
    assert "nobody" in told(admin.get(f"/models/{refund_type.pk}/"))


def test_a_version_is_downloaded_as_its_files(refund_type: Definition, admin: Client) -> None:
    answer = admin.get(f"/models/{refund_type.pk}/download/")
    assert answer["Content-Disposition"] == 'attachment; filename="refund-v1.zip"'
    assert unpacked("x.zip", answer.content).files == FILES


def test_an_auditor_reads_and_downloads_models_and_uploads_none(
    refund_type: Definition, people: dict[str, Any], client: Client
) -> None:
    client.force_login(people["axel"])
    assert client.get(f"/models/{refund_type.pk}/").status_code == 200
    assert client.get(f"/models/{refund_type.pk}/download/").status_code == 200
    assert "Change by upload" not in told(client.get(f"/models/{refund_type.pk}/"))
    assert client.get("/models/import/").status_code == 403


@pytest.mark.parametrize("who", ["anna", "olga"])
def test_outsiders_see_nothing_change_nothing_and_are_on_record(
    refund_type: Definition, people: dict[str, Any], admin: Client, who: str
) -> None:
    upload(admin, "approval.dmn", STRICTER, "refund")
    outsider, proposal = Client(), Proposal.objects.get()
    outsider.force_login(people[who])
    for address in (f"/models/{refund_type.pk}/", f"/models/{refund_type.pk}/download/"):
        assert outsider.get(address).status_code == 403
    assert upload(outsider, "approval.dmn", STRICTER, "refund").status_code == 403
    assert outsider.post(f"/models/import/{proposal.pk}/", {"do": "publish", "note": "x"}).status_code == 403
    assert outsider.post(f"/models/import/{proposal.pk}/", {"do": "discard"}).status_code == 403
    assert current("refund").version == 1
    assert Proposal.objects.count() == 1
    denied = AuditEvent.objects.filter(chain__lt=0, action="access.denied", actor=f"person:{who}")
    assert denied.count() == 5


def test_who_has_not_signed_in_is_sent_to_sign_in(refund_type: Definition, client: Client) -> None:
    for address in ("/models/import/", f"/models/{refund_type.pk}/", f"/models/{refund_type.pk}/download/"):
        assert client.get(address)["Location"].startswith("/login/")


# Bringing models in


def test_one_changed_file_is_shown_line_by_line_and_published_with_a_note(
    refund_type: Definition, admin: Client
) -> None:
    answer = upload(admin, "approval.dmn", STRICTER, "refund")
    assert answer.status_code == 200
    assert "&gt;= 500" in told(answer).replace("&amp;", "&")
    (change,) = answer.context["review"].changes
    assert (change.name, change.kind, change.added, change.removed) == ("approval.dmn", "changed", 1, 1)
    assert current("refund").version == 1
    assert "Version 2 is published" in told(publish(admin))
    row = Definition.objects.get(pk=current("refund").pk)
    assert (row.version, row.note, row.deployed_by.username) == (2, "Stricter", "ada")
    assert row.files == {**FILES, "approval.dmn": STRICTER}
    event = AuditEvent.objects.get(chain=0, action="definition.deployed", actor="person:ada")
    assert event.cause == "upload of approval.dmn"
    assert not Proposal.objects.exists()


def test_a_new_case_type_comes_in_as_a_zip_with_its_groups(complaint: Definition, admin: Client) -> None:
    assert "a new case type" in told(upload(admin, "refund.zip", zipped(FILES)))
    publish(admin, "For the refund team")
    assert current("refund").version == 1
    assert "New: Refund" in told(_signed_in_as("clara").get("/cases/"))


def _signed_in_as(username: str) -> Client:
    from django.contrib.auth.models import User

    found = Client()
    found.force_login(User.objects.get(username=username))
    return found


def test_a_zip_is_the_whole_what_is_not_in_it_is_removed(refund_type: Definition, admin: Client) -> None:
    smaller = {name: text for name, text in FILES.items() if name != "fee.bpmn"}
    smaller["refund.bpmn"] = smaller["refund.bpmn"].replace("fee_correction", "goodwill")
    smaller["manifest.yaml"] = smaller["manifest.yaml"].replace(", reverse_booking", "")
    answer = upload(admin, "refund.zip", zipped(smaller))
    assert {change.name: change.kind for change in answer.context["review"].changes} == {
        "fee.bpmn": "removed", "refund.bpmn": "changed", "manifest.yaml": "changed",
    }  # fmt: skip
    publish(admin)
    assert Definition.objects.get(pk=current("refund").pk).files.keys() == smaller.keys()


def test_running_cases_stay_and_new_ones_follow(refund_type: Definition, admin: Client) -> None:
    from casework.intake.services import Opened, case_open

    def opened(reference: str) -> str:
        outcome = case_open(by=None, case_type="refund", reference=reference, source="test", data={"message": "Hello"})
        assert isinstance(outcome, Opened)
        return str(outcome.case.instance.definition)

    before = opened("A")
    assert upload(admin, "approval.dmn", STRICTER, "refund").context["review"].running == 1
    publish(admin)
    assert (before, opened("B")) == ("refund v1", "refund v2")


def test_every_fault_is_named_at_once_with_file_and_element_and_nothing_is_kept(
    refund_type: Definition, admin: Client
) -> None:
    broken = FILES | {
        "refund.bpmn": FILES["refund.bpmn"].replace('default="refusing"', 'default="nowhere"'),
        "pay.bpmn": FILES["pay.bpmn"].replace('targetRef="pay_done"', 'targetRef="lost"'),
        "manifest.yaml": FILES["manifest.yaml"].replace("goal:", "gaol:"),
    }
    answer = upload(admin, "refund.zip", zipped(broken))
    assert answer.status_code == 400
    found = {(fault.file, fault.place) for fault in answer.context["faults"]}
    assert {("refund.bpmn", "verdict_is"), ("pay.bpmn", "taken"), ("manifest.yaml", "")} <= found
    assert "leaves this element" not in told(answer)
    assert not Proposal.objects.exists()
    assert current("refund").version == 1


def test_a_fault_of_a_model_hides_none_between_the_files(refund_type: Definition, admin: Client) -> None:
    broken = FILES | {
        "refund.bpmn": FILES["refund.bpmn"].replace('default="refusing"', 'default="nowhere"'),
        "pay.bpmn": FILES["pay.bpmn"].replace('casewright:form="payment"', 'casewright:form="paymant"'),
        "manifest.yaml": FILES["manifest.yaml"].replace("stages: [understand", "stages: [undrestand"),
    }
    answer = upload(admin, "refund.zip", zipped(broken))
    assert {(fault.file, fault.place) for fault in answer.context["faults"]} == {
        ("refund.bpmn", "verdict_is"), ("pay.bpmn", "pay_out"), ("manifest.yaml", "stages"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "attack",
    ['[<!ENTITY a "b">]', '[<!ENTITY a SYSTEM "file:///etc/passwd">]', 'SYSTEM "http://127.0.0.1:9/x.dtd"'],
)  # fmt: skip
def test_a_model_with_entities_is_refused(refund_type: Definition, admin: Client, attack: str) -> None:
    head, _, rest = FILES["pay.bpmn"].partition("\n")
    answer = upload(
        admin, "pay.bpmn", f"{head}\n<!DOCTYPE d {attack}>\n{rest}".replace('name="Pay"', 'name="&a;"'), "refund"
    )
    assert answer.status_code == 400
    assert "(DTD) is not allowed" in told(answer)
    assert "root:" not in told(answer)


def test_a_schema_that_would_fetch_from_elsewhere_is_refused(refund_type: Definition, admin: Client) -> None:
    for away in ('"not": {"$ref": "http://127.0.0.1:9/x.json"}', '"$dynamicRef": "http://127.0.0.1:9/x.json"'):
        schema = FILES["data.schema.json"].replace('"title": "Refund",', f'"title": "Refund", {away},', 1)
        answer = upload(admin, "data.schema.json", schema, "refund")
        assert answer.status_code == 400, away
        assert "http://127.0.0.1:9/x.json" in told(answer)


def test_a_title_with_a_blank_that_nobody_fills_is_refused(refund_type: Definition, admin: Client) -> None:
    manifest = FILES["manifest.yaml"].replace("Refund {reference}", "Refund {customer}")
    assert upload(admin, "manifest.yaml", manifest, "refund").status_code == 400


@pytest.mark.parametrize(
    ("name", "content"), [("notes.txt", b"x"), ("refund.zip", b"PK\x03\x04 no zip"), ("a.bpmn", b"\xff")]
)
def test_what_cannot_be_read_is_refused_in_words(
    refund_type: Definition, admin: Client, name: str, content: bytes
) -> None:
    answer = upload(admin, name, content, "refund")
    assert answer.status_code == 400
    assert "was not taken in: 1 fault" in told(answer)


def test_a_file_that_is_too_large_is_refused_in_words(refund_type: Definition, admin: Client) -> None:
    answer = upload(admin, "a.bpmn", b"x" * (MOST_UPLOADED + 5_000_000), "refund")
    assert answer.status_code == 400
    assert "at most 5,242,880 are read" in told(answer)


def test_no_file_is_asked_for_again(admin: Client) -> None:
    answer = admin.post("/models/import/", {"belongs_to": "complaint"})
    assert answer.status_code == 400
    assert "Choose a file." in told(answer)
    assert 'value="complaint" selected' in told(answer)


def test_a_zip_of_another_case_type_is_not_mistaken_for_this_one(refund_type: Definition, admin: Client) -> None:
    answer = upload(admin, "refund.zip", zipped(FILES), "complaint")
    assert "this would be the case type &#x27;refund&#x27;, not &#x27;complaint&#x27;" in told(answer)


def test_of_two_admins_the_second_is_told_that_the_first_was_faster(refund_type: Definition, admin: Client) -> None:
    upload(admin, "approval.dmn", STRICTER, "refund")
    late = Proposal.objects.get()
    upload(admin, "approval.dmn", FILES["approval.dmn"].replace("&gt;= 1000", "&gt;= 700"), "refund")
    first = Proposal.objects.exclude(pk=late.pk).get()
    admin.post(f"/models/import/{first.pk}/", {"do": "publish", "note": "First"})
    assert "cannot be published any more" in told(admin.get(f"/models/import/{late.pk}/"))
    answer = admin.post(f"/models/import/{late.pk}/", {"do": "publish", "note": "Second"})
    assert answer.status_code == 409
    assert "Another version of refund was published after approval.dmn was compared with version 1." in told(answer)
    assert current("refund").version == 2


def test_a_new_case_type_that_somebody_else_brought_in_meanwhile_is_not_replaced(
    complaint: Definition, admin: Client
) -> None:
    upload(admin, "refund.zip", zipped(FILES | {"approval.dmn": STRICTER}))
    deploy(FILES, Origin("system:test"))
    assert publish(admin).status_code == 409
    assert current("refund").version == 1


def test_publishing_needs_a_note_and_keeps_what_was_typed(refund_type: Definition, admin: Client) -> None:
    upload(admin, "approval.dmn", STRICTER, "refund")
    assert "what you changed and why" in told(publish(admin, " "))
    answer = publish(admin, "Why\x07")
    assert answer.status_code == 400
    assert 'id="note-wrong"' in told(answer)
    assert current("refund").version == 1


def test_what_was_uploaded_is_found_again_until_it_is_published(
    refund_type: Definition, people: dict[str, Any], admin: Client
) -> None:
    upload(admin, "approval.dmn", STRICTER, "refund")
    page = f"/models/import/{Proposal.objects.get().pk}/"
    assert page in told(admin.get("/rules/"))
    assert page not in told(_signed_in_as("axel").get("/rules/"))
    publish(admin)
    assert page not in told(admin.get("/rules/"))


def test_a_discarded_upload_is_gone(refund_type: Definition, admin: Client) -> None:
    upload(admin, "approval.dmn", STRICTER, "refund")
    answer = admin.post(f"/models/import/{Proposal.objects.get().pk}/", {"do": "discard"}, follow=True)
    assert "was discarded. Nothing has changed." in told(answer)
    assert not Proposal.objects.exists()


def test_the_files_in_force_change_nothing(refund_type: Definition, admin: Client) -> None:
    answer = upload(admin, "refund.zip", zipped(FILES))
    assert "in force already" in told(answer)
    assert "Nothing was changed" in told(publish(admin))
    assert current("refund").version == 1


def test_a_review_says_what_the_models_would_need(refund_type: Definition, admin: Client) -> None:
    asking = FILES["refund.bpmn"].replace('capability="sentiment"', 'capability="palmistry"')
    manifest = FILES["manifest.yaml"].replace("  Intake:", "  Palm readers: {may: [view]}\n  Intake:")
    answer = upload(admin, "refund.zip", zipped(FILES | {"refund.bpmn": asking, "manifest.yaml": manifest}))
    words = " ".join(warning.words for warning in answer.context["review"].warnings)
    assert "“Read the tone” asks for 'palmistry', which no actor in use can do" in words
    assert "The group “Palm readers” is new" in words


def test_a_case_type_that_loosens_what_a_shipped_capability_promises_is_not_taken_in(
    refund_type: Definition, admin: Client
) -> None:
    loose = "key: sentiment\ntitle: Tone\ninput: {type: object}\nguardrails: {before: [{size: 1 MB}]}\n"
    page = told(upload(admin, "refund.zip", zipped(FILES | {"tone.capability.yaml": loose})))
    assert "tone.capability.yaml" in page
    assert "the guardrail size (before) of sentiment may be tightened, not loosened" in page
    assert "the input may be tightened, not loosened: text at the top is not required any more." in page
    assert not Proposal.objects.exists()
    strict = "key: sentiment\ntitle: Tone\nguardrails: {after: [{confidence: 0.6}]}\n"
    upload(admin, "refund.zip", zipped(FILES | {"tone.capability.yaml": strict}))
    assert "Version 2 is published." in told(publish(admin))


def test_published_models_that_ask_for_what_nobody_offers_are_said_to_need_a_person(
    refund_type: Definition, admin: Client
) -> None:
    asking = FILES["refund.bpmn"].replace('capability="sentiment"', 'capability="palmistry"')
    upload(admin, "refund.zip", zipped(FILES | {"refund.bpmn": asking}))
    page = told(publish(admin))
    assert "Version 2 is published." in page
    assert "“Read the tone” asks for &#x27;palmistry&#x27;, which no actor in use can do" in page


def test_pages_of_models_need_no_get_to_change_and_no_script(refund_type: Definition, admin: Client) -> None:
    upload(admin, "approval.dmn", STRICTER, "refund")
    page = told(admin.get(f"/models/import/{Proposal.objects.get().pk}/?do=publish&note=x"))
    assert current("refund").version == 1
    assert "hx-" not in page.split("<main", 1)[1]


def test_what_drops_the_guardrails_of_a_template_is_refused_on_the_page_by_the_name_of_each(
    complaint: Definition, admin: Client
) -> None:
    files = folder_files(CASE_TYPES / "complaint")
    template, mine = every_kind(), {"key": "mine", "title": "Mine", "extends": "of-type"}
    middle = {"key": "of-type", "title": "Of the type", "extends": template["key"]}
    dropped = mine | {"guardrails": {"before": [], "after": []}}
    for name, document in (("template", template), ("of-type", middle), ("mine", dropped)):
        files[f"{name}.capability.yaml"] = yaml.safe_dump(document)
    page = told(upload(admin, "complaint.zip", zipped(files), "complaint"))
    for name in ("budget (before)", "rate (before)", "injection (before)", "consistent (after)", "limit (after)"):
        assert f"the guardrail {name} of of-type is dropped" in page, name
    assert "the guardrail confidence (after) of of-type may be tightened, not loosened" in page
    assert not Proposal.objects.exists()
