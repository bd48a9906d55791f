"""What do the parts around tasks look like: what is suggested, judged, scored, handed on, snoozed, found by a search?

Plain values for the catalogue (`web.catalogue`), as the pages' own reads would give them; nobody's data.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django import forms

from casework.web.list_pieces import Shared

TEAM: Final = [{"username": "ben", "name": "Ben Bauer", "holds": 4}]
COLLEAGUES: Final = [{"username": "ben", "get_full_name": "Ben Bauer"}, {"username": "dora"}]


def desk(now: datetime) -> tuple[Shared, ...]:
    """All of them, as they are now."""
    return (*_of_tasks(now), *_judging(), *_scores(), *_for_others(now), *_typed(now), *_found(now), *_views())


class Drafted(forms.Form):
    """A text that a machine drafted."""

    answer = forms.CharField(initial="Dear Maria, we block it.")


def _of_tasks(now: datetime) -> tuple[Shared, ...]:
    page: dict[str, Any] = {"id": 90, "case": 1, "task": {"may_complete": False}}
    said = {"label": "Lost or stolen card", "confidence": 0.94, "text": "Dear customer, we block it."}
    row = {"name": "Approve the answer", "title": "Complaint C-10482"}
    presets = [("evening", "This evening"), ("day", "The day below")]
    loads = [
        {"key": "ben", "name": "Ben Bauer", "open": 7, "late": 2, "soon": 3, "groups": "Cards team"},
        {"key": "dora", "name": "Dora Dahl", "open": 0, "late": 0, "soon": 0, "away": now, "note": "Back on Monday"},
    ]
    return (
        ("What is suggested", "tasks/_suggestion.html", {
            "with a draft": {"suggestion": said, "page": {**page, "why_here": "Rule 3 of Routing sent it here.",
                             "messages": ["x"], "results": ["x"], "made": [{"sequence": 12}]}},
            "in the editor": {"suggestion": said, "page": {**page, "task": {"may_complete": True},
                              "text_in_editor": True}},
            "sent": {"suggestion": said, "page": {**page, "sent": True}},
            "no draft": {"suggestion": {"confidence": 0.3}, "page": page},
        }),
        ("To finish a task", "tasks/_finish.html", {
            "from a list": {"name": "Approve the answer", "carry": "?tab=mine"},
            "alone": {"name": "Approve the answer"},
        }),
        ("Where one goes then", "tasks/_then.html", {"from a list": {"carry": "?tab=mine"}, "alone": {}}),
        ("That something has happened", "tasks/_now.html", {
            "to the task": {"case": 1, "told": "Ben Bauer has taken this task."}, "in the case": {"case": 1},
        }),
        ("To give a task to somebody", "tasks/_hand_on.html", {
            "to one, or back": {"page": {**page, "receivers": TEAM, "task": {"assignee": "Anna Adler"}}},
            "with its order": {"page": {**page, "receivers": TEAM, "may_order": True}},
        }),
        ("To snooze a task", "tasks/_snooze.html", {
            "awake": {"page": page, "inbox_address": "/"}, "asleep": {"page": {**page, "asleep": True}},
        }),
        ("Until when a task is snoozed", "tasks/_snooze_fields.html", {
            "two ways": {"prefix": "seen-", "presets": presets, "most": 200},
        }),
        ("The button of a row", "tasks/_row_act.html", {
            "to take": {"action": "claim", "key": "c", "words": "Take", "row": {**row, "id": 91}},
            "to give back": {"action": "release", "key": "r", "words": "Give back", "row": {**row, "id": 92}},
        }),
        ("What became of rows", "tasks/_gone.html", {"one was taken": {"gone": {93: "Ben Bauer has taken it."}}}),
        ("The load of people, groups, units", "tasks/_board_loads.html", {
            "people": {"kind": "person", "loads": loads, "board": {"most": 7}},
            "groups": {"kind": "group", "loads": loads[:1], "board": {"unit": {"key": "cards"}}},
            "units": {"kind": "unit", "loads": [{**loads[0], "key": "cards", "name": "Cards"}], "board": {}},
            "nobody": {"loads": []},
        }),
    )  # fmt: skip


def _judging() -> tuple[Shared, ...]:
    right = {"value": "right", "icon": "check", "label": "Right", "words": "send it"}
    wrong = {"value": "wrong", "icon": "x", "label": "Wrong", "words": ""}
    finding = {"says": "The receipt is older than a year", "evidence": [("Bought", "2024-03-01")]}
    views = [
        {"title": "For", "answer": "pay", "why": "It fits the rule.", "found": [finding]},
        {"title": "Against", "answer": "", "why": "The receipt is old.", "found": []},
    ]
    return (
        ("To judge a draft", "tasks/_judge.html", {
            "two buttons": {"judging": {"path": "verdict", "buttons": [right, wrong]}, "task_id": 90},
            "one was chosen": {"judging": {"path": "verdict", "now": wrong, "chosen": "wrong"}, "task_id": 90},
        }),
        ("What agents found out", "tasks/_findings.html", {
            "for and against, with advice": {"findings": {"advice": "pay", "why": "For outweighs.", "views": views}},
            "no advice": {"findings": {"views": views[:1]}},
        }),
        ("What one agent found out", "tasks/_findings_of_one.html", {
            "with evidence": {"one": views[0]}, "nothing": {"one": views[1]},
        }),
    )  # fmt: skip


def _scores() -> tuple[Shared, ...]:
    raises = {"title": "Amount", "value": "9,000 EUR", "raises": True, "x": 50.0, "width": 30.0,
              "words": "raises it", "effect": 0.82}  # fmt: skip
    lowers = {**raises, "title": "Income", "value": "", "raises": False, "x": 35.0, "width": 15.0,
              "words": "lowers it", "effect": -0.41}  # fmt: skip
    score = {"title": "Not paid back", "probability": 0.27, "band": "middle", "here": 27.0}
    change = {"title": "Amount", "to": "under 5,000 EUR", "band": "low"}
    page = {"case": 1, "results": ["x"]}
    return (
        ("What a score says", "tasks/_score.html", {
            "with what moved it": {"page": page, "score": {**score, "first": [raises], "more": [lowers],
                                   "changes": [change]}},
            "unusual": {"page": {"case": 1}, "score": {**score, "unusual": ["Employer"]}},
        }),
        ("What moved a score", "tasks/_score_reasons.html", {
            "the strongest": {"caption": "What moved the score", "reasons": [raises, lowers]},
            "the rest": {"caption": "What moved it less", "is_more": True, "reasons": [lowers]},
        }),
        ("One reason of a score", "tasks/_score_reason.html", {
            "raises": {"reason": raises}, "lowers, not known": {"reason": lowers},
        }),
    )  # fmt: skip


def _for_others(now: datetime) -> tuple[Shared, ...]:
    one = {"id": 1, "types": ["Refund"], "begins": now, "begun": True, "until": now + timedelta(days=7),
           "reason": "On leave", "to": "Ben Bauer", "giver": "Anna Adler"}  # fmt: skip
    to_come = {**one, "id": 2, "types": [], "begins": now + timedelta(days=2), "begun": False}
    asked = {"colleagues": COLLEAGUES, "types": [("refund", "Refund")]}
    wrong = {"to": "Choose somebody.", "case_types": "Choose one.", "until": "It is over.", "reason": "Say more."}
    return (
        ("A delegation", "tasks/_delegation.html", {
            "has begun": {"one": one, "who": "Ben Bauer"},
            "to come, of all types": {"one": to_come, "who": "Dora Dahl"},
        }),
        ("Delegations", "tasks/_delegations_table.html", {
            "one’s own": {"head": "To whom", "mine": True, "rows": [one, to_come]},
            "of others": {"head": "Of whom", "rows": [one]},
        }),
        ("A new delegation", "tasks/_delegation_new.html", {
            "empty": asked,
            "wrong": {**asked, "chosen": ["refund"], "sent": {"to": "ben", "begins": "2026-11-30"},
                      "refused": {"message": "Please correct what is marked.", "errors": wrong}},
        }),
    )  # fmt: skip


def _typed(now: datetime) -> tuple[Shared, ...]:
    drafted, changed = Drafted(auto_id="drafted_%s"), Drafted({"answer": "Dear Maria"}, auto_id="changed_%s")
    for form in (drafted, changed):
        vars(form.fields["answer"]).update(drafted="Dear Maria, we block it.", fixed_when="right")
    fields = [{"name": "code", "kind": "text", "required": True, "about": "What it is called by"},
              {"name": "place", "kind": "of", "shape": "Place", "required": False}]  # fmt: skip
    return (
        ("A field that a machine drafted", "partials/drafted.html", {
            "not touched": {"field": drafted["answer"]}, "changed": {"field": changed["answer"]},
        }),
        ("What one had written", "partials/draft_had.html", {
            "an answer": {"keeping": {"draft": {"at": now}, "days": 14}, "had": [("Answer", "Dear Maria")]},
        }),
        ("What was not sent", "partials/unsent.html", {
            "a form": {"typed": {"action": "#", "fields": [("customer.name", "Maria")]}}, "nothing": {},
        }),
        ("Fields of an interface", "web/_fields.html", {"two": {"caption": "What it takes", "fields": fields}}),
        ("That one sees as another", "viewing/_banner.html", {
            "as a group": {"request": {"viewing": {"words": "a person of Analysts"}}}, "as oneself": {"request": {}},
        }),
    )  # fmt: skip


def _found(now: datetime) -> tuple[Shared, ...]:
    marked = {"html": "Complaint C-10482"}
    hit = {"id": 1, "title": marked, "state": "Pending review", "created": now,
           "matches": [{"label": "Message", "text": {"html": "My card"}}]}  # fmt: skip
    comment = {"case": 1, "number": 2, "title": "Complaint C-10482", "text": marked, "who": "Ben Bauer", "at": now}
    task = {"id": 90, "name": {"html": "Approve"}, "title": marked, "who": "", "due": now + timedelta(days=1)}
    tag, page = {"address": "#", "name": {"html": "vip"}, "cases": 3}, {"address": "#", "name": {"html": "Rules"}}
    person = {"name": {"html": "Dora Dahl"}, "groups": {"html": "Cards team"}}
    return (
        ("A case that was found", "search/_hit.html", {
            "with places": {"hit": hit}, "by its title": {"hit": {**hit, "matches": [], "closed": True}},
        }),
        ("A comment that was found", "search/_comment_row.html", {"one": {"one": comment}}),
        ("A task that was found", "search/_task_row.html", {
            "nobody has it": {"one": task}, "somebody has it": {"one": {**task, "who": "Ben Bauer", "due": None}},
        }),
        ("A tag that was found", "search/_tag_row.html", {"on three": {"one": tag}}),
        ("A page that was found", "search/_page_row.html", {"one": {"one": page}}),
        ("A colleague who was found", "search/_colleague_row.html", {
            "here": {"one": {**person, "address": "#"}}, "away": {"one": {**person, "away": now + timedelta(days=2)}},
        }),
        ("Found of one kind", "search/_group.html", {
            "tags": {"key": "seen", "title": "Tags", "rows": [tag], "row": "search/_tag_row.html"},
        }),
        ("Found beside cases", "search/_beside.html", {
            "of each kind": {"beside": {"comments": [comment], "tasks": [task], "tags": [tag], "people": [person],
                                        "pages": [page]}},
            "nothing": {"beside": {}},
        }),
    )  # fmt: skip


def _views() -> tuple[Shared, ...]:
    group = {"address": "#", "words": "Lost card", "count": 12}
    return (
        (
            "The head of a group",
            "lists/_group_head.html",
            {
                "all are shown": {"group": group, "span": 6},
                "there are more": {"group": {**group, "words": "Fees", "count": 1001, "more": True}, "span": 6},
            },
        ),
    )
