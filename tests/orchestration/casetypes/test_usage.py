"""Does the list of what uses what name every place, and nothing else?"""

from __future__ import annotations

from datetime import UTC, datetime

from casework.actors.bundled import CASE_TYPES
from orchestration.casetypes.case_type import checked, folder_files
from orchestration.casetypes.usage import Usage, usage

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def of(name: str, **changed: str) -> Usage:
    """The usage of a case type that ships, with pieces of its files replaced: `refund_bpmn="was|becomes"`."""
    files = folder_files(CASE_TYPES / name)
    for file, change in changed.items():
        was, becomes = change.split("|")
        file = file.replace("_", ".")
        assert was in files[file]
        files[file] = files[file].replace(was, becomes)
    return usage(checked(files, NOW))


def places(found: Usage, kind: str, key: str) -> list[tuple[str, str]]:
    return sorted((use.by[1], use.name) for use in found.used_by((kind, key)))


def test_one_process_that_three_others_call_is_used_in_three_places() -> None:
    assert places(of("refund"), "process", "pay") == [
        ("fee_correction", "Pay the fee back"), ("goodwill", "Pay the credit"), ("refund", "Pay the refund"),
    ]  # fmt: skip


def test_a_call_taken_away_is_gone_from_the_list() -> None:
    found = of("refund", goodwill_bpmn='calledElement="pay"|calledElement="fee_correction"')
    assert ("goodwill", "Pay the credit") not in places(found, "process", "pay")
    assert ("goodwill", "Pay the credit") in places(found, "process", "fee_correction")


def test_decisions_and_forms_have_their_users_too() -> None:
    found = of("refund")
    assert places(found, "decision", "approval") == [
        ("approval_chain", "Who approves"), ("refund", "Choose the approval"),
    ]  # fmt: skip
    assert places(found, "form", "approval") == [
        ("refund", "Approve the refund"), ("refund", "Approve the refund too"),
        ("refund", "Decide after the deadline"),
    ]  # fmt: skip


def test_what_nothing_uses_has_no_users() -> None:
    found = of("refund", pay_bpmn='casewright:form="account"|casewright:form="payment"')
    assert places(found, "form", "account") == []


def test_a_case_uses_decisions_and_one_decision_another() -> None:
    found = of("complaint")
    assert places(found, "decision", "route") == [("complaint", "Choose the route")]
    assert places(found, "decision", "template") == [("draft_answer", "Drafted answer")]
    assert places(found, "form", "reply") == [("complaint", "The customer's reply")]
    assert places(found, "case", "complaint") == [("complaint", "Every case begins with it")]


def test_what_is_called_by_an_expression_is_known_only_when_it_runs() -> None:
    computed = 'calledElement="pay"|calledElement="=called"'
    found = of("refund", goodwill_bpmn=computed)
    assert ("goodwill", "Pay the credit") not in places(found, "process", "pay")
    (use,) = [use for use in found.uses_of(("process", "goodwill")) if use.what[0] == "process"]
    assert (use.computed, use.what[1]) == (True, "=called")


def test_elements_are_counted_by_their_kind() -> None:
    (refund,) = [model for model in of("refund").models if model.at == ("process", "refund")]
    counts = dict(refund.counts)
    assert (counts["user task"], counts["service task"], counts["call activity"], counts["boundary event"]) == (
        6, 3, 4, 6,
    )  # fmt: skip
    assert refund.file == "refund.bpmn"
    (rules,) = [model for model in of("refund").models if model.at == ("decision", "approval")]
    assert (rules.counts, rules.file) == ((("rule", 8),), "approval.dmn")


def test_work_for_machines_says_what_goes_in_what_comes_back_and_what_happens_when_it_fails() -> None:
    asked = {each.capability: each for each in of("refund").asked}["sentiment"]
    assert (asked.name, asked.capability, asked.inputs, asked.outputs, asked.on_failure) == (
        "Read the tone", "sentiment", ("text",), ("sentiment",), ("The machine could not read it",),
    )  # fmt: skip
    complaint = {asked.capability: asked for asked in of("complaint").asked}
    assert complaint.keys() == {
        "intent",
        "sentiment",
        "send-message",
        "draft-reply",
        "find-passages",
        "check-support",
        "read-document",
        "consider-steps",
    }
    assert (complaint["intent"].inputs, complaint["intent"].on_failure) == (("text",), ())


def test_a_service_task_that_names_nothing_asks_for_its_id_as_the_engine_does() -> None:
    found = of("refund", refund_bpmn=' casewright:capability="sentiment"|')
    assert "read_tone" in [asked.capability for asked in found.asked]
