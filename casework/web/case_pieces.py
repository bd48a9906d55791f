"""What do the smaller parts of a case look like: its head, tags, documents, explanations, and who may do what by units?

Plain values for the catalogue (`web.catalogue`), as the pages' own reads would give them; nobody's data.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace as Made
from typing import Any, Final

from casework.web.list_pieces import Shared

UNIT: Final = {"pk": 1, "name": "Cards", "parent": {"key": "bank"}}
PARENTS: Final = ({"key": "bank", "name": "Bank"}, {"key": "loans", "name": "Loans"})
WRONG: Final = {"person": "Nobody is called so.", "group": "Choose a group.", "reason": "Say more."}


def cases(now: datetime) -> tuple[Shared, ...]:
    """All of them, as they are now."""
    return (
        *_of_cases(now), *_of_data(now), *_documents(), *_told(now), *_units(), *_who_comes_in(now),
    )  # fmt: skip


def _of_data(now: datetime) -> tuple[Shared, ...]:
    sheet = {"columns": ("Number", "Heading"), "rows": [[("Number", 1), ("Heading", "Term")],
                                                        [("Number", 2), ("Heading", None)]]}  # fmt: skip
    read = {"said": 0.61, "source": "the intent model", "confidence": 0.61}
    part = {
        "label": "Confidence",
        "input": Made(**read),
        "asked": [{"label": "Confidence", "text": "< 0.75"}],
        "alone": True,
    }
    other = {"label": "Tone", "input": Made(**{**read, "said": "upset"}), "asked": [], "alone": False}
    answer = {"call": 7, "capability": "Draft a reply", "at": now - timedelta(days=1),
              "fields": [("Drafted answer", "Dear customer,\n\nwe have it."), ("", None)]}  # fmt: skip
    return (
        ("A list in the data of a case", "cases/_sheet.html", {"two lines": {"sheet": sheet, "named": "Clauses"}}),
        ("What part each value played", "proof/_parts.html", {
            "two values": {"fired": True, "parts": [part, other]},
            "something is masked": {"fired": True, "hides": True, "parts": [part]},
            "no rule decided": {"parts": [part]},
        }),
        ("What is read for the knowledge base", "knowledge/_progress.html", {
            "documents, and an index": {"progress": {"reading": 2, "indexing": {
                "done": 4_000, "total": 30_000, "left": 2, "ends": now + timedelta(minutes=2)}}},
            "an index that is not begun": {"progress": {"indexing": {"done": None, "total": 30_000}}},
            "nothing": {"progress": {}},
        }),
        ("How far a document is read", "knowledge/_state.html", {
            "in the middle": {"row": {"pk": 1, "get_state_display": "is being read"},
                              "how_far": "a worker reads page 12 of 40"},
            "a page is a picture": {"row": {"pk": 3, "get_state_display": "can be found",
                                            "said": "1 of its 40 pages is a picture, not read here."}},
            "read": {"row": {"pk": 2, "get_state_display": "can be found"}},
        }),
        ("How far a document of a case is read", "documents/_progress.html", {
            "in the middle": {"view": {"id": 1, "case": 1, "progress": {
                "under_way": True, "how_far": "A worker reads it: page 13 of 40 is next, 12 are read."}}},
            "its reader is silent": {"view": {"id": 2, "case": 1, "progress": {
                "under_way": True, "how_far": "A worker has it: page 13 of 40 is next, 12 are read.",
                "silent": now - timedelta(minutes=4), "taken_over": now + timedelta(minutes=2)}}},
            "read": {"view": {"id": 3, "case": 1, "here": "#", "progress": {"how_far": "It is read: 40 pages."}}},
            "it cannot be read": {"view": {"id": 4, "reading": {
                "state": "failed", "said": "This document takes too long to open."}}},
        }),
        ("What was answered from a withdrawn source", "knowledge/_lost_source.html", {
            "one answer": {"review": {"case": {"pk": 1}, "answers": [answer]}},
            "not for this reader, and empty": {"review": {"case": {"pk": 1}, "answers": [
                {**answer, "fields": None}, {**answer, "fields": []},
            ]}},
            "a case that one may not see": {"review": {"case": None}},
        }),
    )  # fmt: skip


def _of_cases(now: datetime) -> tuple[Shared, ...]:
    take = {"what": "Approve the answer", "button": "Take it", "address": "#", "posts": True}
    head: dict[str, Any] = {
        "owner": "Analysts",
        "due": now + timedelta(days=1),
        "waits": ["Analysts to finish “Approve”"],
    }
    marks = {"comments": 2, "tags": ["vip"], "suggested": ["call-back"]}
    row: dict[str, Any] = {
        "kind": "Complaint", "source": "the web form", "reference": "C-10482", "title": "Complaint C-10482",
        "state": "Pending review", "created": now - timedelta(days=2), "updated": now - timedelta(hours=1),
    }  # fmt: skip
    holds = Made(name="Over 500", text="amount > 500", holds=True, saw=[("Amount", 612)])
    return (
        ("The head of a case", "cases/_head.html", {
            "next for me": {"head": {**head, "next": take}},
            "mine, at risk": {"head": {**head, "risk": "at risk", "next": {**take, "button": "Work", "posts": False}}},
            "late, waits for many": {"head": {**head, "risk": "late", "due": now - timedelta(hours=3),
                                              "waits": ["a letter", "the bank", "a clerk", "a form"]}},
            "suspended": {"head": {"due": now + timedelta(days=1), "suspended": True}}, "nothing": {"head": {}},
        }),
        ("Tags of a case, and following it", "cases/_marks.html", {
            "may be tagged": {"marks": marks, "may_tag": True, "number": 1, "longest": 200},
            "to read, followed": {"marks": {**marks, "following": True}, "number": 1},
            "none": {"marks": {"comments": 0}, "number": 1},
        }),
        ("A golden case", "cases/_golden.html", {
            "it is": {"golden": {"added": now - timedelta(days=9), "note": "A lost card"}}, "to be made": {"number": 1},
        }),
        ("A line of the list of cases", "cases/_row.html", {
            "open": {"row": {**row, "id": 71}},
            "closed, with a column": {"row": {**row, "id": 72, "state": "Resolved", "closed": True, "cells": [
                {"label": "Amount", "shown": "212.50 EUR", "is_number": True}, {"label": "Channel", "shown": None},
            ]}},
        }),
        ("Because of which rules", "cases/_because.html", {
            "they hold, and not": {"because": [holds, Made(text="urgent", saw=[])]}, "none": {"because": []},
        }),
        ("Who did something", "cases/_who.html", {
            "one of two": {
                "actors": [("person:ben", "Ben Bauer"), ("model:intent", "AI intent")], "actor": "person:ben",
            },
        }),
    )  # fmt: skip


def _documents() -> tuple[Shared, ...]:
    case = {"pk": 1}
    part, lit = {"text": "You owe us "}, {"text": "212.50 EUR", "name": "amount", "lit": True}
    said = {"address": "#", "at": 3, "clock": "0:03", "text": "My card is gone."}
    return (
        ("Documents beside a form", "documents/_beside.html", {
            "one, one hidden": {"case": case, "documents": [
                {"id": 1, "name": "letter.pdf", "kind": "letter"}, {"name": "A document", "hidden": True},
            ]},
            "none": {"case": case, "documents": []},
        }),
        ("Lines of a document", "documents/_lines.html", {
            "a place and a hit": {"view": {"lines": [[part, lit], [{"text": "today", "hit": True}]]}},
        }),
        ("A recording", "documents/_recording.html", {
            "heard": {"given": [1], "view": {"case": 1, "id": 1, "name": "call.wav", "sentences": [
                said, {**said, "at": 6, "clock": "0:06", "doubtful": True},
            ]}},
            "may not be heard": {"view": {"id": 2}},
        }),
    )  # fmt: skip


def _told(now: datetime) -> tuple[Shared, ...]:
    seen = {"who": "Ben Bauer", "did": "signed", "sequence": 41, "at": now, "mark": "b81xYw",
            "said": "Made anew from the history: the same."}  # fmt: skip
    said = {"number": 1, "at": now, "who": "Ben Bauer", "words": {"text": "They called."}}
    parts = [
        {"title": "What was decided", "sentences": [{"text": "The amount is over 500 EUR.", "event": 12}]},
        {"title": "By whom", "none": "Nobody decided anything yet."},
    ]
    drafted = {"outline": "First ask, then answer.",
               "runs": [{"run": "A refund"}, {"run": "A complaint", "message": "It stops at “Ask”."}]}  # fmt: skip
    first = {"key": "waits", "title": "Waits for somebody", "nothing": "Nothing waits.", "more": "All", "address": "#"}
    return (
        ("An explanation", "explaining/_sentences.html", {"in two parts": {"case": {"pk": 1}, "parts": parts}}),
        ("What is contested", "explaining/_contested.html", {"a decision": {"contest": {"pk": 3, "case_id": 1}}}),
        ("A comment in a file", "proof/_capsule_comment.html", {
            "said": {"one": said}, "an answer, edited": {"one": {**said, "thread": 1, "edited": now}},
            "withdrawn": {"one": {**said, "withdrawn": now}}, "erased": {"one": {**said, "words": None}},
        }),
        ("What somebody looks at first", "governance/_part.html", {
            "some of each kind": {"part": first | {"shown": (
                {"words": "All 34 controls held", "address": "#", "sign": "done", "at": now - timedelta(hours=2)},
                {"words": "1 proposal of agents to decide", "address": "#", "sign": "wait"},
                {"words": "Tone of a text", "address": "#", "sign": "bad", "said": "In trouble, 3 jobs held back"},
            ), "left": 4}},
            "nothing": {"part": first},
        }),
        ("What people had on their screens", "proof/_shown.html", {
            "as it was": {"moment": {"shown": [seen]}},
            "apart": {"moment": {"shown": [{**seen, "is_apart": True, "said": "Made anew: another."}]}},
        }),
        ("That nobody has to agree", "proof/_second_person.html", {"as it is set": {}}),
        ("A draft of a case type", "studio/words/_drafted.html", {
            "one example fails": {"drafted": drafted}, "nothing": {},
        }),
    )  # fmt: skip


def _units() -> tuple[Shared, ...]:
    form: dict[str, Any] = {"unit": UNIT, "every": ("Analysts", "Cards team"), "parents": PARENTS, "kinds": [
        ("masking", {"name": "What a group sees at most", "subject": "group", "value": "a level"}),
    ]}  # fmt: skip
    does = {"home": "Take in", "role": "Give", "group": "Let in", "address": "Add", "policy": "Set", "rename": "Rename",
            "move": "Move", "remove": "Remove"}  # fmt: skip
    known = {"pk": 4, "username": "dora"}
    out = {"unit": UNIT, "who": "Dora Dahl", "username": "dora", "group": "Analysts"}
    return (
        ("A change of a unit", "people/_unit_form.html", {
            **{do: {**form, "do": do, "label": label} for do, label in does.items()},
            "wrong": {**form, "do": "role", "label": "Give", "given": {"do": "role", "person": "nobody", "reason": "x"},
                      "refused": {"errors": WRONG}},
        }),
        ("A person by sign-in name", "people/_unit_person.html", {
            "empty": {"do": "in"}, "wrong": {"do": "to", "value": "nobody", "wrong": WRONG["person"]},
        }),
        ("Somebody of a unit", "people/_unit_known.html", {
            "whose page one sees": {"somebody": known, "known": {4}}, "or not": {"somebody": known, "known": ()},
        }),
        ("To take somebody out of a unit", "people/_unit_out.html", {
            "of the unit": {**out, "do": "home-out"}, "a role": {**out, "do": "role-out"},
        }),
    )  # fmt: skip


def _who_comes_in(now: datetime) -> tuple[Shared, ...]:
    waits = {"id": 1, "of": "Dora Dahl", "what": ["into Auditors"], "reason": "She audits now", "by": "ada", "by_id": 2,
             "at": now - timedelta(hours=1)}  # fmt: skip
    claim = {"pk": 1, "value": "bank-cards", "group": {"name": "Cards team"}}
    asked = {"mapping": [claim], "groups": ("Cards team",), "is_set": True, "may_change": True}
    leaves = {"user": {"has_usable_password": True}}
    return (
        ("What waits for a second administrator", "people/_waiting.html", {
            "for me": {"waiting": [waits], "may_change": True, "me": 1},
            "my own": {"waiting": [{**waits, "id": 2}], "may_change": True, "me": 2}, "to read": {"waiting": [waits]},
        }),
        ("To take off a group of a provider", "people/_claim_off.html", {"one": {"claim": claim}}),
        ("Groups of a provider", "people/_claims.html", {
            "one": {**asked, "mapping": [{**claim, "pk": 2}]}, "none, to read": {"mapping": []},
            "wrong": {**asked, "mapping": [], "given": {"value": "x", "reason": "x"},
                      "refused": {"message": "Please correct what is marked.", "errors": WRONG}},
        }),
        ("Sign-in by a provider", "account/_provider.html", {
            "linked": {"provider": "Acme ID", "linked": True, **leaves}, "the only way in": {
                "provider": "Acme ID", "linked": True, "user": {"has_usable_password": False},
            },
            "not linked, two ways": {"provider": "Acme ID", "saml": "Acme (SAML)", **leaves},
        }),
    )  # fmt: skip
