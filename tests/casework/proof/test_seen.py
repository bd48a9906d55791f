"""What people had on their screens is made anew from the history, and is the same; what was forged is not."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import orjson
import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.reading import links_upto
from casework.cases import shown, shown_verification
from casework.cases.answers import Seen, seen_in
from casework.cases.revealing import field_reveal
from casework.cases.services import case_change, case_verify
from casework.cases.shown_verification import APART, NOTED, OTHERWISE, SAME, marked_anew
from casework.documents.services import Added, document_add
from casework.models import Case, Reveal
from casework.proof.replay import replayed
from casework.proof.seen import ERASED
from orchestration.casetypes.case_type import by_definition
from orchestration.ground import clock
from orchestration.models import Definition
from orchestration.privacy.classification import classify
from orchestration.privacy.masking import mask
from orchestration.privacy.principal import Principal
from orchestration.shell import selectors
from tests.casework.conftest import PERSON
from tests.casework.proof.test_then import Opens, acts, at, fresh, live, then
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

People = dict[str, User]
Json = Any
MOMENTS = 50
SCHEMA = {
    "type": "object",
    "properties": {
        "message": {"type": "string", "x-classification": "internal", "x-mask": "text"},
        "customer": {
            "type": "object",
            "properties": {
                name: {"type": "string", "x-classification": level, "x-mask": name}
                for name, level in (("name", "internal"), ("email", "confidential"), ("phone", "confidential"),
                                    ("iban", "restricted"), ("card", "restricted"))
            },
        },
    },
}  # fmt: skip
GOLDEN = ["a45188d834edadf7c9d25667", "380db5f3f95eff0a783d6d98", "bd074407f05f77e578a6ba43"]


def on_screen(case: Case, who: User) -> dict[str, Json]:
    """What the history would keep of what somebody is shown of a case now."""
    case, key = fresh(case), f"test {who.pk}"
    case_type = by_definition(case.instance.definition_id)
    look = seen_in(case_type, selectors.state_of(case.instance), clock.utc_now(), case, User.objects.get(pk=who.pk))
    found = shown.marks_of(key, look, shown.papers_in(case.instance_id))
    return shown.kept(found, shown.eyes(key, case.pk, look, None))


def anew(case: Case, sequence: int, kept: dict[str, Json]) -> str:
    """Its mark, from the events up to this one alone."""
    built = replayed(links_upto(case.instance_id, sequence))
    assert built is not None
    return marked_anew(built.told, orjson.loads(orjson.dumps(kept["eyes"])), built.last.definition)


def added(case: Case, who: User, number: int) -> None:
    outcome = document_add(
        by=who, case=fresh(case), name=f"{number}.txt", content=f"Letter {number}".encode(),
        level=("internal", "confidential", "restricted")[number % 3],
    )  # fmt: skip
    assert isinstance(outcome, Added), outcome


def test_fifty_pages_of_as_many_moments_and_readers_are_made_anew_as_they_were(people: People, analysed: Opens) -> None:
    chance, recorded = random.Random(15), []
    cases = [analysed(), analysed()]
    readers = [people[name] for name in ("anna", "ben", "clara", "dora", "emil", "axel", "olga")]
    for number in range(MOMENTS):
        case, reader = chance.choice(cases), chance.choice(readers)
        sequence = fresh(case).instance.head_sequence
        recorded.append((case, reader, sequence, on_screen(case, reader), live(case, reader)))
        if number % 7 == 0:
            added(case, people["clara"], number)
        chance.choice(acts(case, people))()
    assert len({kept["seen"] for *_, kept, _ in recorded}) > MOMENTS // 2
    for case, reader, sequence, kept, page in recorded:
        assert anew(case, sequence, kept) == kept["seen"]
        assert then(case, reader, sequence) == page


def revealed(case: Case, who: User, path: str = "/customer/iban") -> Reveal:
    outcome = field_reveal(by=who, case=fresh(case), path=path, reason="To compare it with the transfer")
    assert isinstance(outcome, Reveal), outcome
    return outcome


def outcomes(case: Case, who: User) -> list[str]:
    return [one.outcome for one in at(case, who, fresh(case).instance.head_sequence).shown]


def test_what_was_revealed_is_told_with_its_mark_and_made_anew(people: People, analysed: Opens, client: Client) -> None:
    case = analysed()
    revealed(case, people["clara"])
    case_change(by=people["clara"], case=fresh(case), transition="suspend", reason="She asked for it")
    client.force_login(people["anna"])
    page = told(client.get(f"/cases/{case.pk}/then/"))
    assert "What people had on their screens" in page and "Clara Conti</strong> had a value revealed" in page
    assert "Made anew from the history: the same." in page
    assert "What people had" not in told(client.get(f"/cases/{case.pk}/then/?at=3"))
    assert case_verify(by=people["axel"], case=case).ok


def test_a_mark_that_is_not_of_the_history_is_a_fault_and_one_of_another_key_is_said_to_be(
    people: People, analysed: Opens, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = analysed()
    added(case, people["clara"], 0)
    revealed(case, people["clara"])
    assert outcomes(case, people["anna"]) == [SAME]
    monkeypatch.setattr(shown_verification, "visible", lambda state, item: {"message": "Another"})
    assert case_verify(by=people["axel"], case=case).faults[0].reason.startswith("what was shown at event")
    monkeypatch.undo()
    settings.SECRET_KEY = "another"
    assert outcomes(case, people["anna"]) == [OTHERWISE]


def test_a_history_that_was_forged_whole_gives_another_mark(people: People, analysed: Opens) -> None:
    """Each digest of a chain can be computed anew by who owns the database; a mark needs a key outside of it."""
    case = analysed()
    revealed(case, people["clara"])
    rows = links_upto(case.instance_id, 10**6)
    forged = [(*row[:13], row[13] and bytes(row[13]).replace(b"swallowed", b"destroyed")) for row in rows]
    assert forged != rows
    for links, outcome in ((rows, SAME), (forged, APART)):
        built = replayed(links)
        assert built is not None and list(built.told.notes[NOTED].values()) == [outcome]


def test_where_an_order_took_words_out_it_says_so(
    people: People, analysed: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = analysed()
    revealed(case, people["clara"])
    monkeypatch.setattr("casework.proof.seen.REPLACED", "field.revealed")
    monkeypatch.setattr(shown_verification, "visible", lambda state, item: {})
    assert outcomes(case, people["anna"]) == [ERASED]


def test_what_is_kept_of_one_and_the_same_stays_the_same_from_release_to_release(
    complaint: Definition, settings: Any
) -> None:
    """Where this fails, marks of before cannot be made anew: raise `shown.WAY` with the change."""
    settings.SECRET_KEY = "a fixed one"
    case_type = replace(by_definition(complaint.pk), classification=classify(SCHEMA))
    data = {"message": "Write to maria@example.org, says Maria Sandoval.", "customer": PERSON}
    marks = []
    for clearance in ("public", "internal", "confidential"):
        reader = Principal(clearance, revealed=frozenset({"/customer/card"}))
        look = Seen(case_type, data, mask(data, case_type.classification, reader, [data]), data)
        marks.append(shown.whole(shown.marks_of("one", look, lambda levels: [(1, "digest")], without=["draft"])))
    assert (shown.WAY, marks) == (1, GOLDEN)
