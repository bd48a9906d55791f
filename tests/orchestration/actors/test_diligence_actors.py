"""The actors of a customer review answer as their capabilities say, and refuse files that are not theirs."""

from __future__ import annotations

import pytest
import yaml

from casework.actors.bundled import CASE_TYPES
from orchestration.actors.artefacts import artefact_fault
from orchestration.actors.contract import Actor, ActorError, version_of
from orchestration.actors.kinds import load

FOLDER = CASE_TYPES / "kyc-review" / "actors"


def actor(name: str) -> Actor:
    shipped = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    artefact = yaml.safe_dump(shipped["file"], allow_unicode=True).encode()
    assert artefact_fault(shipped["kind"], artefact) == ""
    return load(shipped["kind"], version_of(artefact), artefact)


def test_a_name_is_held_against_the_list_with_its_other_names() -> None:
    said = actor("name-list").run({"name": "Sergej Varnikow", "others": ["Nightjar Shipping"]}, idempotency_key="1")
    assert [hit["id"] for hit in said.output["hits"]] == ["M-05", "M-01"]
    assert said.output["best"] == 100 and said.output["list"] == "Made-up list of Casewright"
    assert said.output["hits"][1]["asked"] == "Sergej Varnikow" and said.output["hits"][1]["why"]


def test_nobody_on_the_list_is_no_hit() -> None:
    said = actor("name-list").run({"name": "Lena Brandt", "others": None}, idempotency_key="1")
    assert (said.output["hits"], said.output["best"], said.output["names"]) == ([], 0.0, 8)


def test_transfers_are_told_with_the_pattern_that_they_are_of() -> None:
    text = "2026-10-02 A -> B: 900; 2026-10-04 B -> C: 880; 2026-10-09 C -> A: 860; 2026-10-01 A -> Shop: 12"
    said = actor("money-flows").run({"account": "A", "statement": text}, idempotency_key="1").output
    assert [edge["pattern"] for edge in said["edges"]] == ["circle"] * 3 + [""]
    assert len(said["signs"]) == 1 and said["transfers"] == 4


def test_no_transfers_show_no_pattern_and_bad_ones_are_said() -> None:
    flows = actor("money-flows")
    assert flows.run({"account": "A", "statement": None}, idempotency_key="1").output["signs"] == []
    with pytest.raises(ActorError) as refused:
        flows.run({"account": "A", "statement": "what?"}, idempotency_key="1")
    assert not refused.value.temporary and refused.value.code == "bad-statement"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("watchlist", b"{}"), ("watchlist", b"{nonsense"), ("watchlist", b"[1]"),
        ("watchlist", b'{"capability": "x", "source": "y", "entries": [{"id": "1"}]}'),
        ("money-flows", b"capability: x\nsenders: 1\n"), ("money-flows", b"- 1\n"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_with_a_sentence(kind: str, content: bytes) -> None:
    assert artefact_fault(kind, content).endswith(".")
    with pytest.raises(ActorError):
        load(kind, version_of(content), content)
