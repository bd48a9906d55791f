"""Are rules of keeping, holds and orders what the histories say?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import psycopg

from audit.reading import Row
from audit.sealed_values import opened_text_or_words, read
from casework.erasure.models import ErasureOrder, RetentionRule
from casework.erasure.orders import said_of
from orchestration.shell.verification.cases import Case, with_every_verification
from orchestration.shell.verification.change import Change
from orchestration.shell.verification.control import with_every_control
from orchestration.shell.verification.told import Told, on_fact

HOLDS: Final = """
select c.instance_id, h.by, h.reason from casework_legalhold h join casework_case c on c.id = h.case_id
where c.instance_id = any(%s)
"""
REPLACED: Final = """
select p.body from audit_auditevent e join audit_auditpayload p on p.chain = e.chain and p.sequence = e.sequence
where e.chain = 0 and e.action = 'content.replaced'
"""
NOTED: Final = "select chain, sequence, digest from audit_replacedcontent where chain = any(%s)"
STATES: Final = {"erasure.agreed": ("agreed", "done"), "erasure.refused": ("refused",)}


def _placed(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    told.notes["hold"] = [link[3], detail["reason"]]


def _lifted(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    told.notes.pop("hold", None)


def _replaced(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    told.notes.setdefault("replaced", []).append([detail["order"], link[11].hex()])


def replaced_apart(cursor: psycopg.Cursor[Any], cases: Mapping[int, Case]) -> Iterator[tuple[int, str]]:
    """(case, sentence) for each content that was replaced by an order that the chain of rules does not tell of."""
    whole = [number for number, case in cases.items() if not case.known]
    noted: dict[int, dict[int, str]] = {}
    for number, event, digest in cursor.execute(NOTED, [whole], binary=True).fetchall():
        noted.setdefault(number, {})[event] = digest.hex()
    for number in whole:
        if noted.get(number, {}) != cases[number].told.replaced:
            yield number, "what is noted of contents that were replaced is not what the history says"
    found = {number: case.told.notes["replaced"] for number, case in cases.items() if "replaced" in case.told.notes}
    if not found:
        return
    bodies = [read(body) for (body,) in cursor.execute(REPLACED, binary=True).fetchall()]
    told = {(said["chain"], said["order"], said["digest"]) for said in bodies}
    for number, replaced in found.items():
        for order, digest in replaced:
            if (number, order, digest) not in told:
                yield number, f"a person was taken out by order {order}, and the chain of rules does not say so"


def holds_apart(cursor: psycopg.Cursor[Any], cases: Mapping[int, Case]) -> Iterator[tuple[int, str]]:
    """(case, sentence) for each hold that the history does not tell of as it stands."""
    rows = cursor.execute(HOLDS, [list(cases)], binary=True).fetchall()
    found = {number: [by, opened_text_or_words(why)] for number, by, why in rows}
    for number, case in cases.items():
        if case.told.notes.get("hold") != found.get(number):
            yield number, "the legal hold on the case is not what the history says"


def rules_apart(changes: list[Change]) -> Iterator[str]:
    """How long cases are kept, and what was ordered to be erased."""
    told: dict[str, tuple[int, int, str]] = {}
    orders: dict[int, tuple[dict[str, Any], str]] = {}
    states: dict[int, tuple[str, str]] = {}
    for change in changes:
        if change.action == "retention.changed":
            said = change.detail
            told[said["case_type"]] = (said["floor_days"], said["keep_days"], said["law"])
        elif change.action == "erasure.asked":
            orders[change.detail["order"]] = (change.detail, change.actor)
        elif change.action in STATES:
            states[change.detail["order"]] = (change.action, change.actor)
    for row in RetentionRule.objects.order_by("pk"):
        if told.pop(row.pk, None) != (row.floor_days, row.keep_days, row.law):
            yield f"how long cases of {row.pk} are kept is not what the last change made it"
    for key in told:
        yield f"the rule for how long cases of {key} are kept is gone"
    yield from _orders_apart(orders, states)


def _orders_apart(orders: dict[int, tuple[dict[str, Any], str]], states: dict[int, tuple[str, str]]) -> Iterator[str]:
    for row in ErasureOrder.objects.order_by("pk"):
        action, actor = states.get(row.pk, ("", ""))
        if orders.pop(row.pk, None) != (said_of(row), row.by):
            yield f"order {row.pk} to erase is not the one that was asked for"
        elif row.state not in STATES.get(action, ("asked",)) or row.decided_by != actor or (actor and actor == row.by):
            yield f"order {row.pk} to erase stands as {row.state}, and nobody decided so"
    for number in orders:
        yield f"order {number} to erase was asked for, and is gone"


def hang_in() -> None:
    if holds_apart not in with_every_verification:
        on_fact(_placed, "hold.placed")
        on_fact(_lifted, "hold.lifted")
        on_fact(_replaced, "content.replaced")
        with_every_verification.append(holds_apart)
        with_every_verification.append(replaced_apart)
        with_every_control.append(rules_apart)
