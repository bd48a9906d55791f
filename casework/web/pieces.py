"""What do the parts that several pages share look like: signs of states, small forms, notes, parts of cases?

Plain values for the catalogue (`web.catalogue`), as the pages' own reads would give them; nobody's data.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace as Made
from typing import Any, Final

from django import forms
from django.utils import timezone

from casework.web.actor_pieces import machines
from casework.web.case_pieces import cases
from casework.web.desk_pieces import desk
from casework.web.list_pieces import Shared, States, lists

COLUMN: Final = Made(label="Amount", is_number=True)
TYPES: Final = ({"key": "complaint", "name": "Complaint"}, {"key": "refund", "name": "Refund"})
GROUPS: Final = ("Analysts", "Cards team")
UNITS: Final = ({"key": "cards", "name": "Cards"}, {"key": "loans", "name": "Loans"})
REFUSED: Final = {
    "message": "Please correct what is marked.",
    "errors": {"groups": "Choose a group.", "scope": "Choose what it may.", "reason": "Say more."},
}


class Token(forms.Form):
    """A text and a choice, with what is said of them."""

    name = forms.CharField(label="Name", help_text="What it is for.")
    scope = forms.ChoiceField(label="What it may", help_text="Never more than you may.", choices=[("read", "Read")])


def shared() -> tuple[Shared, ...]:
    """All of them, as they are now."""
    now = timezone.now()
    here = (*_signs(now), *_fields(), *_notes(now), *_of_cases(now), *_comments(now))
    return (*here, *lists(now), *desk(now), *cases(now), *machines(now))


def _signs(now: datetime) -> tuple[Shared, ...]:
    each: Callable[[str, str, tuple[str, ...]], States] = lambda name, key, states: {  # noqa: E731 - one line of it
        state: {name: {key: state}} for state in states
    }
    versions: States = each("version", "state", ("registered", "shadow", "quarantined", "retired"))
    runs: States = {name: {"run": {"state": "over", "outcome": name}} for name in
                    ("reached", "asks", "stopped", "given-up", "ended")}  # fmt: skip
    left = {"plain": "12 days left", "wait": "5 hours left", "bad": "2 days late", "done": "met"}
    wanted = each("one", "state", ("held", "done", "rejected", "undone", "expired", "refused"))
    wanted["done, approved"] = {"one": {"state": "done", "decided_by": "Clara Conti"}}
    wanted["held"] = {"one": {"state": "held", "expires": now + timedelta(hours=4)}}
    return (
        ("The state of an actor", "actors/_state.html", each("row", "state", ("work", "trouble", "none", "off"))
         | {"stopped": {"row": {"state": "off", "stopped_with": "all"}}}),
        ("The state of a version", "actors/_version_state.html", versions
         | {"at work": {"version": {"active": True}}, "share": {"version": {"state": "share", "share": 20}}}),
        ("Switching an actor", "actors/_switch.html", {
            "on": {"row": {"enabled": True, "key": "intent", "name": "Intent"}},
            "off": {"row": {"enabled": False, "key": "intent", "name": "Intent"}},
        }),
        ("The state of an agent", "agents/_state.html", runs | each("run", "state", ("waiting", "working"))),
        ("What an agent wanted", "agents/_wanted_state.html", wanted),
        ("What somebody revealed in a case", "comments/_told_reveal.html", {
            "new": {"one": {"who": "Anna Adler", "what": "the name", "case": 1, "title": "A card is lost", "at": now,
                            "is_new": True, "reason": "The customer is on the telephone."}},
        }),
        ("A deadline of which somebody is told", "comments/_told_deadline.html", {
            "it comes near": {"one": {"deadline": "Answer the customer", "missed": False, "due": now, "case": 1,
                                      "title": "A card is lost", "at": now, "is_new": True}},
            "it was met since": {"one": {"deadline": "Answer the customer", "missed": False, "due": None, "case": 1,
                                         "title": "A card is lost", "at": now, "is_new": False}},
            "it was missed": {"one": {"deadline": "Answer the customer", "missed": True, "due": now, "case": 1,
                                      "title": "A card is lost", "at": now, "is_new": False}},
        }),
        ("What stands on each page of a bundle", "documents/_facts.html", {
            "one page": {"facts": [({"page": 1, "begins": "Invoice", "values": ("Ox Ltd", "R-17", "3 Dec", "12.50")},
                                    "/")], "target": "this", "swap": "innerHTML"},
        }),
        ("What is left of a deadline", "deadlines/_left.html", {
            tone: {"deadline": {"tone": tone, "left": words}} for tone, words in left.items()
        }),
        ("A deadline in a row", "deadlines/_in_row.html", {
            "some time left": {"row": {"deadline": {"title": "Answer", "tone": "plain", "left": "9 days left"}}},
        }),
        ("Deadlines of a case", "deadlines/_of_case.html", {
            "two": {"case_id": 1, "deadlines": [
                {"title": "Answer", "key": "answer", "due": now + timedelta(days=9), "is_open": True, "tone": "plain",
                 "left": "9 days left"},
                {"title": "Confirm", "key": "confirm", "due": None, "tone": "done", "left": "met"},
            ]},
            "none": {"deadlines": []},
        }),
    )  # fmt: skip


def _fields() -> tuple[Shared, ...]:
    named = {"name": "first", "label": "First name"}
    people = [{"username": "ben", "name": "Ben Bauer", "holds": 4},
              {"username": "dora", "name": "Dora Dahl", "away": timezone.now()}]  # fmt: skip
    return (
        ("Why", "partials/why.html", {
            "asked for": {"needed": True}, "may stay empty": {}, "wrong": {"reason": "x", "wrong": "Say more."},
        }),
        ("What was refused", "partials/refused.html", {"refused": {"refused": REFUSED}}),
        ("A field of one line", "partials/text_field.html", {
            "empty": {**named, "optional": True}, "filled": {**named, "value": "Anna"},
            "wrong": {**named, "value": "\u200b", "wrong": "This is no name."},
        }),
        ("Why, beside other forms", "people/_why.html", {
            "empty": {"do": "groups"},
            "wrong": {"do": "out", "given": {"do": "out", "reason": "x"}, "refused": REFUSED},
        }),
        ("A unit", "people/_unit_choice.html", {
            "one of two": {"name": "unit", "label": "Unit", "parents": UNITS, "chosen": "cards"},
            "or all": {"name": "within", "label": "Within", "parents": UNITS, "whole": True, "all": "The whole house"},
            "wrong": {"name": "parent", "label": "Below", "parents": UNITS, "wrong": "It would stand below itself."},
        }),
        ("Groups", "people/_groups.html", {
            "some": {"groups": GROUPS, "chosen": GROUPS[:1], "may_change": True},
            "to read": {"groups": GROUPS, "chosen": GROUPS, "may_change": False},
            "wrong": {"groups": GROUPS, "may_change": True, "refused": REFUSED},
        }),
        ("What a service may", "people/_may.html", {
            "chosen": {"scopes": [("read", "Read"), ("act", "Act")], "scope": "act", "types": TYPES},
            "wrong": {"scopes": [("read", "Read")], "refused": REFUSED, "types": TYPES},
        }),
        ("Case types", "partials/case_types.html", {
            "some": {"types": TYPES, "types_chosen": ["refund"]}, "wrong": {"types": TYPES, "wrong": "Choose one."},
        }),
        ("A token", "account/_token_fields.html", {
            "empty": {"form": Token()}, "wrong": {"form": Token({}), "types": TYPES},
        }),
        ("A new password", "access/_new_password.html", {
            "empty": {}, "wrong": {"form": {"new_password1": {"errors": ["Too short."]},
                                            "new_password2": {"errors": ["Not the same."]}}},
        }),
        ("A text of several lines", "explaining/_text.html", {
            "empty": {"name": "why", "label": "What is wrong"},
            "wrong": {"name": "why", "label": "What is wrong", "value": "x", "wrong": "Say more."},
        }),
        ("To whom a task is given", "tasks/_give.html", {
            "a colleague": {"prefix": "one-", "people": people},
            "or back": {"prefix": "two-", "people": people, "may_take_back": True},
        }),
        ("How urgent, and when due", "tasks/_order_fields.html", {"at first": {"prefix": "order-"}}),
        ("The next version of what is there", "studio/words/_over.html", {"one": {"taken": "complaint"}, "none": {}}),
        ("By what a person is known", "erasure/_known_by.html", {
            "empty": {}, "wrong": {"given": {"marks": "x"}, "wrong": {"marks": "Too short to be told apart."}},
        }),
    )  # fmt: skip


def _notes(now: datetime) -> tuple[Shared, ...]:
    verdict = Made(ok=True, events=51, sequence=0, reason="", faults=())
    faults = ({"reason": "event 12 was changed"}, {"reason": "the state is another"})
    broken = Made(ok=False, events=51, sequence=12, reason="event 12 was changed", faults=faults)
    begun = {"kind": "inbox", "words": ["Amount from 500", "Tag: vip"], "at": now}
    typed = [("answer", "Dear Maria, we look into it."), ("reason", "She called.")]
    return (
        ("What became of many", "tasks/_many_results.html", {
            "all done": {"told": {"said": "3 tasks are yours now.", "undo": "word"}, "here": "/"},
            "some were not": {"told": {"failures": 2, "failed": [
                ("C-10482", "Ben Bauer has taken it."), ("C-10479", "It is suspended."),
            ]}},
            "nothing was asked": {"told": {"wrong": "Choose at least one task."}}, "nothing": {},
        }),
        ("What was typed in vain", "partials/typed.html", {
            "two fields": {"typed": typed}, "none": {},
        }),
        ("A filter that was begun", "lists/_begun.html", {
            "with words": {"begun": begun}, "without": {"begun": begun | {"words": []}}, "none": {},
        }),
        ("Faults of a connector", "actors/_connector_faults.html", {
            "one": {"what": "description", "faults": ["No address stands in it."]},
            "two": {"what": "answer", "faults": ["`amount` is missing.", "`date` is no date."]},
        }),
        ("Warnings of an agent", "agents/_warned.html", {
            "one": {"warned": [{"name": "Refund agent", "found": {"signs": ["It was refused 4 times today."]}}]},
            "none": {"warned": []},
        }),
        ("Faults of a model", "studio/models/_faults.html", {
            "two": {"caption": "What is wrong", "found": [
                {"file": "refund.bpmn", "place": "Task_1", "words": "Nothing leads to it."}, {"words": "No manifest."},
            ]},
        }),
        ("Before and after", "actors/_places.html", {
            "changed, new, gone": {"places": [
                {"name": "Limit", "before": "500", "after": "700"}, {"name": "Currency", "after": "EUR"},
                {"name": "Note", "before": "Test"},
            ]},
        }),
        ("Messages of words", "studio/words/_messages.html", {"two": {"found": ["One step is unnamed.", "No end."]}}),
        ("A suspended case", "cases/_suspension.html", {
            "one may resume": {"case_id": 1, "suspension": {"by": "Clara Conti", "at": now, "why": "The bank is asked.",
                                                            "may_resume": True}},
            "one may not": {"case_id": 1, "suspension": {"by": "Clara Conti", "at": now}}, "nothing is known": {},
        }),
        ("Whether a history holds", "cases/_verdict.html", {
            "it does": {"verdict": verdict, "at": now},
            "up to here": {"verdict": Made(**{**vars(verdict), "reason": "The state is of a later event"}), "at": now},
            "it does not": {"verdict": broken, "at": now},
        }),
        ("How one disagrees", "explaining/_rights.html", {"said": {"case": {"pk": 1}, "letter": {"decision": 12}}}),
    )  # fmt: skip


def _of_cases(now: datetime) -> tuple[Shared, ...]:
    told = Made(icon="robot", text="decided: Lost card", tone="ai")
    line = Made(
        sequence=12, at=now - timedelta(hours=2), who="Intent model", told=told, fired=(), part="", touched=None
    )
    change = Made(label="Amount", before="18.40 EUR", after="212.50 EUR", known=True)
    step: Callable[[str, str], Any] = lambda name, status: Made(  # noqa: E731
        name=name, kind="task of a person", status=status, note="", detour=False, depth=0, done=now, waits=False
    )
    shown = [step("Understand", "done"), step("Answer", "active"), step("Ask the customer", "possible")]
    strip = Made(name="", state="active", shown=shown, left_out=[step("Escalate", "left out")])
    result = Made(who="AI intent", capability="classify-message", version="3", at=now, latency_ms=31.0, confidence=0.94,
                  answer="lost_card", alternatives=(("double_charge", 0.04),))  # fmt: skip
    same, gone, new = (
        Made(text="Dear Maria, ", how="same"),
        Made(text="sorry. ", how="gone"),
        Made(text="we pay.", how="new"),
    )
    field = Made(group="Customer", name="Name", value="M••• S•••", masked=True, revealed=False, source="the web form",
                 since=now, event=0, anchor="", owner="", pointer="/customer/name")  # fmt: skip
    clear = Made(
        **{**vars(field), "group": "", "name": "Amount", "value": "212.50 EUR", "masked": False, "owner": "ERP"}
    )
    signed = Made(task="Release the payment", since=None, state="signed", who="Clara Conti", acted_for="", at=now,
                  said="seen and right", mark="8f3a", became="")  # fmt: skip
    waits = Made(**{**vars(signed), "state": "open", "since": now - timedelta(hours=3)})
    return (
        ("What happened", "cases/_thread.html", {
            "plain, with a change, new": {"lines": [line, Made(**{**vars(line), "sequence": 13, "changes": [change]})],
                                          "new": {13}},
            "nothing": {"lines": []},
        }),
        ("The way of a process", "cases/_steps.html", {
            "at work": {"strips": [strip]},
            "stands still": {"strips": [Made(**{**vars(strip), "name": "Refund", "state": "suspended"})]},
        }),
        ("What machines found", "cases/_results.html", {"one": {"results": [result]}, "nothing": {"results": []}}),
        ("Drafted and sent", "cases/_sent.html", {
            "changed": {"sent": [Made(label="Answer", pieces=[same, gone, new], is_as_drafted=False)]},
            "as it was": {"sent": [Made(label="Answer", pieces=[same], is_as_drafted=True)]},
        }),
        ("Data", "cases/_data_table.html", {
            "masked, and a copy": {"data": [field, clear], "case_id": 1},
            "one may reveal": {"data": [field], "case_id": 1, "may_reveal": True}, "nothing": {"data": []},
        }),
        ("Approvals", "cases/_approvals.html", {"signed, and escalated": {"approvals": [signed, waits], "case_id": 1}}),
        ("Answers", "tasks/_answers.html", {"two": {"answers": [("Answer", "Dear Maria"), ("Why", "She called")]}}),
        ("Against golden cases", "studio/_golden.html", {
            "all hold": {"held": {"cases": 3, "decisions": 7}},
            "one does not": {"held": {"cases": 3, "decisions": 7, "otherwise": [{"golden": 2, "decision": "Route"}]}},
        }),
    )  # fmt: skip


def _comments(now: datetime) -> tuple[Shared, ...]:
    words = Made(at=now - timedelta(hours=2), text="They called.", html="They called.", whole=True)
    one: Callable[..., Any] = lambda number, **given: Made(**{  # noqa: E731
        "number": number, "thread": 0, "who": "Ben Bauer", "mine": False, "at": now - timedelta(hours=3),
        "words": words, "edited": None, "withdrawn": None, "former": (), "task": None, "replies": (),
        "later": False, **given,
    })  # fmt: skip
    told = Made(case=1, number=1, title="Complaint 1", who="Ben Bauer", why="named you", at=now, is_new=True,
                text="Look at this, please.")  # fmt: skip
    states: States = {
        "of somebody else": {"one": one(1), "case_id": 1, "may": ""},
        "one’s own, edited, with its words of before": {
            "one": one(2, mine=True, edited=now, former=(words,)), "case_id": 1, "may": frozenset({"work"}),
        },
        "about a task": {"one": one(3, task=(1, "Answer the customer")), "case_id": 1, "may": ""},
        "withdrawn": {"one": one(4, words=None, withdrawn=now), "case_id": 1, "may": ""},
        "erased": {"one": one(5, words=None), "case_id": 1, "may": ""},
        "of another moment, changed since": {"one": one(6, words=None, later=True), "case_id": 1, "may": ""},
    }  # fmt: skip
    kept = Made(draft=None, address="/drafts/?form=x", names="", unkept=False, days=14)
    form = Made(address="/cases/1/comments/", text="", keeping=kept, once="a", wrong="", task=None, to=None,
                editing=None, longest=5000)  # fmt: skip
    thread = (one(11, replies=(one(12, thread=11),)), one(13))
    return (
        ("A comment", "comments/_one.html", states),
        ("Threads of comments", "comments/_threads.html", {"two": {"threads": thread, "case_id": 1, "may": ""}}),
        ("A comment that one is told of", "comments/_told_row.html", {
            "new": {"one": told}, "withdrawn": {"one": Made(**{**vars(told), "text": "", "is_new": False})},
        }),
        ("The form of a comment", "comments/_form.html", {
            "a new one": {"case_id": 1, "form": form},
            "an answer, refused": {"case_id": 1, "form": Made(**{
                **vars(form), "to": one(21), "text": "@otto, look", "wrong": "@otto may not see this case.",
            })},
            "about a task": {"case_id": 1, "form": Made(**{**vars(form), "task": (1, "Answer the customer")})},
        }),
        ("Where comments come up", "comments/_beside.html", {"of a case": {"case_id": 1, "task_id": ""}}),
    )  # fmt: skip
