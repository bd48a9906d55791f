"""What do the parts of the pages of machines look like: actors, their versions and prompts, the ledger, agents?

Plain values for the catalogue (`web.catalogue`), as the pages' own reads would give them; nobody's data.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace as Made
from typing import Any, Final

from casework.web.list_pieces import Shared
from orchestration.actors.calibration import Share

INTENT: Final = {"key": "intent", "name": "Intent"}
SPENT: Final = {"words": "12.40 EUR", "unknown": 2, "amounts": ["12.40 EUR"]}


def machines(now: datetime) -> tuple[Shared, ...]:
    """All of them, as they are now."""
    return (*_of_actors(now), *_versions(now), *_ledger(now), *_people_and_drift(now), *_prompts(now), *_agents(now))


def _of_actors(now: datetime) -> tuple[Shared, ...]:
    change = {"at": now - timedelta(days=2), "who": "Ada", "words": "switched it off"}
    day = {"day": now.date(), "calls": 120, "failures": 3, "contained": 1, "median_ms": 31.2, "slow_ms": 120.7}
    job = {"number": 4, "state": "held", "step": "Read the message", "since": now - timedelta(hours=2), "attempts": 1}
    sent = {"method": "POST", "url": "https://crm.example.org/cases", "headers": {"Accept": "application/json"},
            "body": '{"reference": "C-10482"}'}  # fmt: skip
    answered = {"status": 200, "seconds": 0.31, "request": sent, "verdicts": [
        {"stage": "Before it is sent", "guardrail": "identifiers", "outcome": "passed", "sentence": ""},
    ]}  # fmt: skip
    return (
        ("Actors stopped together", "actors/_stopped.html", {
            "all": {"stops": [("All machines", "They answer nonsense")]}, "none": {"stops": []},
        }),
        ("What was changed of an actor", "actors/_changes.html", {
            "with a reason, and without": {"changes": [{**change, "reason": "It answers nonsense"}, change]},
            "nothing": {"changes": []},
        }),
        ("An actor’s last days", "actors/_days.html", {
            "one": {"row": INTENT, "page": {"days": [day]}}, "not called": {"row": INTENT, "page": {}},
        }),
        ("What an actor has under way", "actors/_work.html", {
            "one held, to be given": {"row": INTENT, "may_change": True, "page": {"may_be_given": True, "work": [job]}},
            "nothing": {"row": INTENT, "page": {}},
        }),
        ("A try-out of a connector", "actors/_connector_tried.html", {
            "an output": {"tried": answered, "output": '{"number": 7}'},
            "none, tried again": {
                "tried": {"status": None, "error": "No answer in 10 s.", "seconds": 10, "temporary": True},
            },
            "none, by its model": {"tried": {**answered, "status": 404, "error": "Not found.", "code": "gone"}},
        }),
        ("A switch", "events/_switch.html", {
            state: {"row": {"enabled": state == "on", "name": "New mail"}, "words": "Switch it off,Switch it on",
                    "address": "#"} for state in ("on", "off")
        }),
        ("Why, of a part of a system", "systems/_why.html", {
            "empty": {"part": {"key": "crm"}, "label": "Why"},
            "wrong": {"part": {"key": "erp"}, "label": "Why", "wrong_at": "erp", "reason": "x",
                      "wrong": {"reason": "Say more."}},
        }),
    )  # fmt: skip


def _versions(now: datetime) -> tuple[Shared, ...]:
    used = {"id": 2, "version": "2026.2", "created": now - timedelta(days=9), "active": True,
            "metrics": [("accuracy", "0.94")],
            "health": {"calls": 120, "failures": 3, "latency_ms": 31.0, "confidence": 0.91}}  # fmt: skip
    new = {"id": 3, "version": "2026.3", "created": now - timedelta(hours=3), "state": "registered"}
    step = {"to": "in-use", "words": "Put it to work", "on": True, "refusal": ""}
    weight = {"title": "Income", "bar": 80.0, "spread": 1.4, "lowers": "over 5,000 EUR", "raises": "none"}
    reliability = {"low": 0.1, "high": 0.2, "cases": 40, "came_true": 0.15}
    card = {"words": "is not paid back", "bands": [("low", 0.1), ("high", 1.0)], "method": "A sum of effects.",
            "left_out": "Age is left out.", "weights": [weight]}  # fmt: skip
    mine = {"row": {"pk": 3, "share": 20}, "actor": INTENT}
    return (
        ("Versions of an actor", "actors/_versions.html", {
            "in use, and a new one": {"row": INTENT, "may_change": True, "versions": [(used, []), (new, [step])]},
            "to read": {"row": INTENT, "versions": [(used, [])]}, "none": {"row": INTENT, "versions": []},
        }),
        ("A step of a version", "actors/_step.html", {
            "a share": {**mine, "step": {"to": "share", "words": "Give it a share", "refusal": ""}},
            "put to work": {**mine, "step": step},
            "refused": {**mine, "step": {**step, "refusal": "It was not tried on golden cases."}},
        }),
        ("What a score rests on", "actors/_score.html", {
            "with what came true": {"card": {**card, "said": [reliability]}}, "without": {"card": card},
        }),
    )  # fmt: skip


def _ledger(now: datetime) -> tuple[Shared, ...]:
    group = {"label": "Intent", "calls": 120, "failed": 3, "seconds": 0.03, "waited": None, "cost": SPENT}
    call = {"pk": 7, "capability": "classify-message", "started": now, "case_id": 12, "actor": "intent",
            "version": "2026.2", "outcome": "answered", "queue_ms": 4.0, "latency_ms": 31.0,
            "currency": "EUR"}  # fmt: skip
    calls = [Made(**call, cost=Decimal("0.0012")), Made(**{**call, "pk": 6, "queue_ms": None}, cost=None)]
    point = {"x": 190, "y": 160, "low": 180, "high": 140, "radius": 4.0}
    curve = {"ticks": [("0 %", 40, 310), ("50 %", 190, 160), ("100 %", 340, 10)], "line": "40,310 190,160 340,10",
             "points": [point]}  # fmt: skip
    return (
        ("Budgets that run out", "actors/ledger/_banner.html", {
            "nearly, and used up": {"warned": [
                {"scope": "actor:intent", "share": 0.84}, {"scope": "case-type:refund", "is_used_up": True},
            ]},
            "none": {"warned": []},
        }),
        ("Answers on sample cases", "actors/ledger/_on_samples.html", {
            "one": {"on_samples": 1}, "several": {"on_samples": 12}, "none": {"on_samples": 0},
        }),
        ("Single calls", "actors/ledger/_calls.html", {
            "one known, one unknown": {"next": "#", "page": {"following": "7", "rows": calls}, "rows": [
                (one, "Intent", "Say what a message is about", "done") for one in calls
            ]},
            "none": {"page": {}},
        }),
        ("Calls in groups", "actors/ledger/_groups.html", {
            "by actor": {"wanted": {"by": "actor"}, "rows": [(group, "Intent", "#")], "together": group},
            "more than are shown": {"wanted": {"by": "day"}, "rows": [(group, "", "")], "together": group, "more": 12},
            "none": {"rows": []},
        }),
        ("A share with its interval", "actors/ledger/_interval.html", {
            "of many": {"share": Share(75, 93), "of": "judged"}, "of few": {"share": Share(0, 3), "of": "judged"},
        }),
        ("How sure, and how right", "actors/ledger/_curve.html", {"three points": {"curve": curve}}),
        ("What a model was told", "actors/ledger/_sent.html", {
            "shown": {"page": {"content": {"sent": "Read this message."}}},
            "not kept": {"page": {}, "asked_sent": True}, "not asked for": {"page": {}},
        }),
    )  # fmt: skip


def _people_and_drift(now: datetime) -> tuple[Shared, ...]:
    work = {"label": "Analysts", "tasks": 9, "hours": 2.25, "cost": SPENT}
    of: dict[str, Any] = {"answers": 100, "confidence": 0.9, "overridden": 2, "judged": 40}
    drift = {"actor": "intent", "index": 0.31, "before": of, "lately": {**of, "overridden": 9},
             "label": {"name": "lost_card", "before": 0.1, "lately": 0.4}}  # fmt: skip
    unknown = {**drift, "sign": "steady", "index": None, "lately": {**of, "confidence": None}}
    analysts = {"pk": 1, "name": "Analysts"}
    return (
        ("Work of people", "actors/ledger/_work.html", {
            "of one group": {"wanted": {"by": "case-type"}, "work": [work], "work_together": work},
            "none": {"work": []},
        }),
        ("What an hour counts as", "actors/ledger/_rates.html", {
            "to set, and unknown": {"may_change": True, "rates": [
                (analysts, {"amount": Decimal("45.00"), "currency": "EUR"}), ({"pk": 2, "name": "Cards team"}, None),
            ]},
            "to read": {"rates": [(analysts, None)]},
        }),
        ("The sign of drift", "actors/_drift_sign.html", {
            "drifted": {"sign": "drifted"}, "moved": {"sign": "moved"}, "steady": {"sign": "steady"},
        }),
        ("Whether answers drift", "actors/ledger/_drift.html", {
            "drifted, moved, steady": {"drifts": [
                ("Intent", {**drift, "sign": "drifted"}), ("Tone", {**drift, "sign": "moved"}), ("Gist", unknown),
            ]},
            "too few": {"drifts": [], "too_few": ["Gist"]}, "nothing": {"drifts": []},
        }),
    )  # fmt: skip


def _prompts(now: datetime) -> tuple[Shared, ...]:
    first, second = {"digest": "8f3a"}, {"digest": "91bc"}
    row = {"pk": 3, "actor": {"key": "reply", "name": "Reply writer"}, "version": "2", "created": now,
           "get_state_display": "in use"}  # fmt: skip
    by = {"row": row, "model": "small-7b", "can_be_tried": True}
    job = {"pk": 5, "capability": "draft-reply", "ended": now - timedelta(hours=1)}
    side = {"version": "2", "output": [("Answer", "Dear Maria")], "cost": "0.01 EUR", "latency_ms": 812.0}
    tried = {"job": job, "case": 1, "given": [("Message", "My card is gone")], "used": [("Temperature", "0")]}
    trying = {"jobs": [job], "prompts": [{"by": [by]}], "version": {"pk": 3}, "tried": tried}
    return (
        ("Names with texts", "actors/prompts/_values.html", {
            "one": {"values": [("Message", "My card is gone")]}, "none": {"values": []},
        }),
        ("Who works by a prompt", "actors/prompts/_workers.html", {
            "one": {"prompt": {"by": [by]}}, "nobody": {"prompt": {}},
        }),
        ("Two prompts compared", "actors/prompts/_compared.html", {
            "they differ": {"prompts": [first, second], "one": first, "other": second,
                            "lines": [("", "You write"), ("minus", "-briefly."), ("plus", "+kindly.")]},
            "they do not": {"prompts": [first], "one": first, "other": first},
        }),
        ("To try a prompt", "actors/prompts/_try.html", {
            "on a job": {**trying, "may_change": True}, "to read": trying, "no job": {"jobs": []},
        }),
        ("A prompt tried", "actors/prompts/_tried.html", {
            "answered, and not yet": {"version": {"version": "3"}, "tried": {**tried, "sides": [
                {**side, "said": ["Kinder than before."]}, {"version": "3", "waits": True},
            ]}},
            "failed": {"version": {"version": "3"}, "tried": {**tried, "sides": [
                {**side, "version": "3", "error": "It took too long."},
            ]}},
        }),
    )  # fmt: skip


def _agents(now: datetime) -> tuple[Shared, ...]:
    wanted = {"id": 3, "name": "Call the customer", "state": "done", "reason": "She asked for it.", "can_undo": True}
    run = {"id": 2, "who": "Complaint agent", "began": now - timedelta(hours=1), "state": "over", "outcome": "reached"}
    worth = {"decided": 40, "approved": 0.9, "seconds": 12.5, "at_a_glance": 0.1, "shown": 0.5, "blind": 0.05,
             "blind_count": 20, "fell": 0.0, "known_count": 4}  # fmt: skip
    nothing = {"decided": 0}
    share = {"of": 1, "name": "Customer complaint", "blind": "0", "known": "0", "wrong": 0}
    flight = {"row": {"pk": 2, "actor": "agent", "state": "working", "seen": now}, "name": "Complaint agent",
              "used": [("steps", "3 of 20"), ("cost", "0.02 EUR")], "waiting": 1}  # fmt: skip
    link = {"title": "Complaint C-10482", "case": 1, "came_from": True, "at": now, "who": "Complaint agent"}
    none = dict.fromkeys(("approved", "seconds", "at_a_glance", "shown", "blind", "fell"))
    return (
        ("What agents did in a case", "agents/_case.html", {
            "with a plan, one to take back": {"case": 1, "may": {"work"}, "runs": [
                {**run, "plan": [("Ask", "Something is missing")], "wanted": [wanted], "why": "All is done."},
            ]},
            "nothing": {"runs": []},
        }),
        ("What could be done instead", "agents/_choices.html", {
            "two": {"case": {"pk": 1}, "choices": [("call", "Call the customer"), ("write", "Write a letter")]},
        }),
        ("What an agent may do", "agents/_governance.html", {
            "nothing was held against it": {"one": {"name": "Complaint agent", "may": ("Ask the customer",)},
                                            "run": {"actor": "complaint-agent"}},
            "something was": {"one": {"name": "Complaint agent"}, "run": {"actor": "complaint-agent", "verdicts": (
                {"guardrail": "schema", "outcome": "stopped", "sentence": "The output does not fit its schema."},)}},
        }),
        ("Who decides about an agent", "agents/_loop.html", {
            "some": {"one": {"asks": ("true", 24)}, "loop": (("Approved", 2), ("Turned down", 1))},
            "none": {"one": {"asks": ("amount > 500", 1)}},
        }),
        ("What an agent remembers", "agents/_memory.html", {
            "two": {"run": {"memory": ({"passage": 4}, {"passage": 7})}}, "nothing": {"run": {}},
        }),
        ("Runs of agents", "agents/_flights.html", {
            "ours, and one outside": {"caption": "Runs under way", "flights": [flight, {**flight, "outside": True}]},
        }),
        ("A case that another led to", "agents/_link.html", {
            "seen": {"one": link}, "not seen": {"one": {**link, "title": "", "came_from": False}},
        }),
        ("How much is put to people otherwise", "agents/_share.html", {
            "may be changed": {"what": "type", "button": "Propose a version with it", "may_change": True, "one": share},
            "is read": {"what": "agent", "one": {**share, "blind": "0.1", "wrong": 2}},
        }),
        ("A field of such a share", "agents/_share_field.html", {
            "fine": {"one": {**share, "of": 3}, "name": "blind", "label": "Without what it says", "value": "0.1"},
            "refused": {"one": {**share, "of": 4}, "name": "known", "label": "With something wrong", "value": "2",
                        "wrong": "A share from 0 to 1."},
        }),
        ("What looking at proposals was worth", "agents/_worth_row.html", {
            "known": {"row": {"name": "Refunds"}, "found": worth},
            "not known": {"row": {"name": "Letters"}, "found": {**nothing, **none}},
        }),
    )  # fmt: skip
