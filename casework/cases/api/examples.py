"""What does an answer look like? Examples for the description; a test holds them against the answers' shapes."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

AT = "2026-11-21T09:30:00Z"

NEW_CASE: Json = {
    "case_type": "complaint", "reference": "CRM-20417",
    "data": {"message": "I was charged twice for one transfer.", "customer": {"name": "Mia Wolf"}, "channel": "mail"},
}  # fmt: skip
RECEIPT: Json = {
    "id": 17, "case_type": "complaint", "reference": "CRM-20417", "source": "api:intake-bot", "created": True
}  # fmt: skip

_SUMMARY: Json = {
    "id": 17, "title": "Complaint CRM-20417", "reference": "CRM-20417", "source": "api:intake-bot",
    "state": "Pending review", "closed": False, "created": AT, "updated": AT,
}  # fmt: skip
_DEADLINE: Json = {
    "key": "answer", "title": "Answer the customer", "state": "running", "due": AT, "left": "3 days left",
}  # fmt: skip
CASES: Json = {
    "results": [
        _SUMMARY
        | {"kind": "Complaint", "about": "Fees and charges · “I was charged twice”", "values": {"channel": "web"}}
        | {"deadline": _DEADLINE}
    ],
    "next": "",
}

_TASK: Json = {
    "id": 5, "name": "Approve the answer", "due": AT, "overdue": False, "urgent": False, "assignee": "Anna Adler",
    "mine": True,
}  # fmt: skip
_OPEN_TASK: Json = _TASK | {
    "part": "Answer",
    "groups": ["Analysts"],
    "may": ["complete", "release"],
    "suspended": False,
}
_DECISION: Json = {
    "sequence": 23, "name": "Route", "at": AT, "version": "complaint v4",
    "fired": [{
        "decision": "Route", "number": 6, "of": 6, "id": "otherwise",
        "asked": [{"label": "Confidence", "text": "-", "said": "anything"}],
        "gave": [{"label": "path", "text": "\"draft\"", "said": "draft"}],
    }],
    "inputs": [{"label": "Intent", "value": "fees_and_charges", "source": "Intent model", "confidence": 0.93}],
    "output": {"Path": "draft", "Group": "Analysts"}, "problems": [], "contested": "",
}  # fmt: skip
_RESULT: Json = {
    "capability": "intent", "actor": "intent", "version": "3f2a91c0b7de", "at": AT, "latency_ms": 14.2,
    "confidence": 0.93, "answer": "fees_and_charges", "alternatives": {"refund_request": 0.04},
}  # fmt: skip
_DATA: Json = {
    "message": "I was charged twice for one transfer.", "customer": {"name": "M••• W•••"}, "channel": "mail",
    "draft": "Dear {customer.name}, we have looked into the fee ...",
}  # fmt: skip
_READ: Json = {"data": _DATA, "masked": ["/customer/name"], "results": [_RESULT], "decisions": [_DECISION]}

CASE: Json = _SUMMARY | _READ | {
    "kind": "Customer complaint", "version": "complaint v4", "goal": "The customer has a reviewed answer.",
    "stages": [{"name": "Understand", "status": "done"}, {"name": "Answer", "status": "active"}],
    "milestones": [{"name": "Routed", "reached": AT}, {"name": "Answered", "reached": None}],
    "tasks": [_OPEN_TASK], "waiting": [], "machine_work": [], "incidents": [],
    "processes": [], "coming": [],
    "plannable": [{
        "item": "ask_customer", "name": "Ask the customer", "within": 12, "part": "Answer", "roles": [], "because": [],
        "refused": "",
    }],
    "not_plannable": [], "added": [], "by_hand": [], "changes": ["suspend", "terminate"], "may": ["work"],
    "memory": [{
        "job": 7, "name": "Find out what it is about", "part": "Understand", "capability": "intent",
        "actor": "intent", "version": "3f2a91c0b7de", "rules": "complaint v4", "at": AT,
        "asked": {"label": "asked", "sequence": 9}, "given": [{"label": "Message", "sequence": 2}],
        "answers": [{"label": "answered", "sequence": 14}], "wrote": [{"label": "Intent", "sequence": 16}],
        "planned": [], "refused": [],
    }],
}  # fmt: skip

BROUGHT: Json = {"new": 8, "there": 0, "more": False, "bad": []}
HISTORY: Json = {
    "results": [{
        "sequence": 23, "at": AT, "actor": "model:sentiment", "on_behalf_of": "", "cause": "job 7",
        "action": "engine.DecisionEvaluated", "version": "complaint v4", "words": "The rules of “Route” decided.",
        "rules": "Rule 6 of Route", "detail": {"decision": "route", "output": {"path": "draft", "group": "Analysts"}},
    }],
    "next": None,
}  # fmt: skip

_ROW: Json = {
    "about": "Fees and charges · “Why was I charged 12.50 for my account?”", "suggested": "Fees and charges",
    "sure": 0.93, "why": "A known kind of complaint: an analyst checks the drafted answer.", "at_risk": False,
    "suspended": False, "troubled": False, "groups": ["Analysts"], "tags": ["call-back"], "asleep": None,
    "deadline": None, "ended": None,
}  # fmt: skip
TASKS: Json = {
    "results": [
        _TASK | {name: _SUMMARY[name] for name in ("title", "reference", "state")}
        | {"case": 17, "values": {"channel": "web"}} | _ROW
    ],
    "counts": {
        "mine": 1, "groups": 12, "unassigned": 9, "soon": 2, "all": 13, "snoozed": 1,
        "pending": 14, "blocked": 0, "approaching": 3, "completed": 21,
    }, "next": "",
}  # fmt: skip
TASK: Json = _READ | {
    "seen": "",
    "id": 5, "name": "Approve the answer", "part": "Answer", "state": "open", "ended": None,
    "open": _OPEN_TASK, "case": 17,
    "title": "Complaint CRM-20417", "case_state": "Pending review", "version": "complaint v4",
    "suggestion": {"label": "Fees and charges", "confidence": 0.93, "text": _DATA["draft"]},
    "why_here": "Rule 5 of Routing sent it to Analysts: A known kind of complaint: an analyst checks the draft.",
    "form": [{
        "path": "verdict", "label": "The suggestion is", "widget": "text", "help": "",
        "choices": {"accept": "right: send it as it is"}, "required": True, "asked_when": {},
        "required_when": {}, "required_unless": {},
        "unchanged_when": {}, "least": 0,
    }],
    "initial": {"answer": _DATA["draft"]},
}  # fmt: skip
