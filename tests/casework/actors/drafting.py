"""What does a test of drafts by a language model start from? The rule, a provider that listens, and its actor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.actors.shipped import ensure_shipped
from casework.models import Case
from orchestration.actors import kinds
from orchestration.actors.connectors import Wanted, connector_register
from orchestration.actors.hosts.register import host_allow
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.jobs import runner
from orchestration.models import (
    ActorVersion,
    HumanTask,
)
from tests.orchestration.actors.language.provider import KEY, Provider, providing, says
from tests.orchestration.machines import Machines

DOCS = Path(__file__).parents[3] / "docs/language-models.md"
TEST = Origin("system:test")
REAL = kinds.load
DRAFT = {
    "text": "Dear {customer.name},\n\nwe have asked the merchant and will credit the amount.\n\nCustomer care",
    "sources": [],
}
MESSAGE = (
    "I am Maria Sandoval, write to maria.sandoval@example.org or call +49 170 5551234. My account is "
    "DE89 3704 0044 0532 0130 00, my card 4111 1111 1111 1111. Where is my refund?"
)


@pytest.fixture
def provider(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("CASEWRIGHT_SECRET_LLM_KEY", KEY)
    with providing() as found:
        host_allow("127.0.0.1", found.system.port, private=True, origin=TEST)
        found.does(says(DRAFT))
        yield found


@pytest.fixture
def drafting(complaint, machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule has a language model draft; language models are real ones, beside the test's machines."""

    def load(key: str, version: str, artefact: Any) -> Any:
        return (REAL if key in ("language-model", "knowledge", "support") else machines.load)(key, version, artefact)

    monkeypatch.setattr(runner.kinds, "load", load)
    files = folder_files(CASE_TYPES / "complaint")
    changed = re.sub(r'(id="r7"><text>)"template"', r'\1"language model"', files["routing.dmn"])
    assert changed != files["routing.dmn"]
    assert isinstance(deploy(files | {"routing.dmn": changed}, TEST), Published)
    ensure_shipped(CASE_TYPES / "complaint" / "actors")


def file_of(provider: Provider, *changes: tuple[str, str]) -> bytes:
    """The file of the documentation, for this provider."""
    found = re.search(r"```yaml\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert found
    text = found[1].replace("https://llm.example", provider.system.url)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def registered(provider: Provider, key: str = "drafter", *changes: tuple[str, str], use: bool = True) -> ActorVersion:
    outcome = connector_register(Wanted("language-model", key, file_of(provider, *changes), use=use), TEST)
    assert isinstance(outcome, ActorVersion), outcome
    return outcome


def data_of(case: Case) -> dict[str, Any]:
    case.instance.refresh_from_db()
    return orjson.loads(bytes(case.instance.data))


def open_tasks(case: Case) -> list[str]:
    return list(HumanTask.objects.filter(instance=case.instance_id, state="open").values_list("name", flat=True))
