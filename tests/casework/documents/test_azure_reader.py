"""Does a document get read by Azure AI Document Intelligence as by our own reader? Over HTTP, with its stand-in."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.contrib.auth.models import User
from django.core.management import call_command

from audit.services import Origin
from casework.actors.azure_reader import DOCUMENT, azure_reader
from casework.documents.models import Document
from casework.models import Case
from casework.runtime.locations import ROOT
from casework.runtime.stand_ins.place import AZURE_DOCUMENTS, AZURE_DOCUMENTS_KEY, BY_SERVER, STAND_IN_HOST, connected
from casework.runtime.stand_ins.store import Store
from orchestration.actors.call import Call, limited
from orchestration.actors.contract import ActorError, Answer
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.kinds.document_intelligence.actor import DocumentIntelligenceActor
from orchestration.actors.kinds.document_intelligence.file import azure_faults
from orchestration.documents.printing import printed
from orchestration.ground import clock
from orchestration.models import Actor, ActorCall, ActorVersion, Job
from tests.casework.casetypes.test_invoice_story import FITS, Brings, brings, shipped
from tests.casework.stand_ins import Demo, demo, know, store
from tests.orchestration.actors.connectors.server import Reply, running
from tests.orchestration.machines import work_jobs

__all__ = ["brings", "demo", "shipped", "store"]
pytestmark = pytest.mark.django_db
KEY = "azure-document-reader"
Reads = Callable[..., Answer]


@pytest.fixture
def reads(brings: Brings, shipped: Demo, people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> Reads:
    """`reads(case)`: the document of this case, by the actor that the command registers."""
    know(shipped.url.replace("127.0.0.1", STAND_IN_HOST), monkeypatch)
    host_allow(STAND_IN_HOST, None, private=True, origin=Origin("system:test"))
    azure_reader(True, Origin("system:test"))
    version = ActorVersion.objects.get(actor__key=KEY)

    def read(case: Case, **changes: str) -> Answer:
        text = bytes(version.artefact).decode()
        for old, new in changes.items():
            text = text.replace(old.replace("_", "-"), new)
        actor = DocumentIntelligenceActor(KEY, version.version, text.encode())
        with limited(Call(actor=KEY, capability="read-document", case=case.instance_id)):
            return actor.run({}, idempotency_key="k")

    return read


def plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: one["value"] for name, one in fields.items()}


def test_the_fields_of_an_invoice_come_with_how_sure_they_are_their_page_and_their_place(
    reads: Reads, brings: Brings
) -> None:
    case = brings()
    answer = reads(case)
    assert plain(answer.output["fields"]) == {
        "company": "Nordlicht Werkzeuge GmbH", "number": "NW-26-9", "order": "PO-4711", "date": "2026-11-13",
        "due": "2026-12-13", "net": 1000.0, "tax": 190.0, "total": 1190.0, "currency": "EUR",
        "iban": "DE89370400440532013000",
    }  # fmt: skip
    total = answer.output["fields"]["total"]
    assert (
        0 < total["sure"] <= 1 and total["page"] == 1 and len(total["box"]) == 4 and total["box"][0] < total["box"][2]
    )
    assert answer.detail == {"reader": "prebuilt-invoice 2024-11-30"} and answer.usage["words"] > 10
    again = reads(case, prebuilt_invoice="prebuilt-read")
    assert plain(again.output["fields"])["total"] == 1190.0, "words alone, and our own rules"


def test_what_is_more_secret_than_its_card_allows_does_not_leave(reads: Reads, brings: Brings, store: Store) -> None:
    case = brings()
    before = len(store.rows("select 1 from azure_operations"))
    Document.objects.update(level="restricted")
    with pytest.raises(ActorError, match="more secret than this actor may see"):
        reads(case)
    assert len(store.rows("select 1 from azure_operations")) == before
    Actor.objects.filter(key=KEY).update(card=Actor.objects.get(key=KEY).card | {"clearance": "restricted"})
    assert reads(case).output["fields"]


@pytest.mark.parametrize(
    ("answers", "said", "temporary"),
    [
        ([Reply(401, {"error": {"code": "401"}})], "401: it does not accept our key", False),
        ([Reply(429, {}, {"Retry-After": "7"})], "429", True),
        ([Reply(202, {}, {"Operation-Location": "http://elsewhere.example/x"})], "another system's", False),
        ([Reply(202, {})], "answered|address", False),
        ([Reply(202, {}, {"Operation-Location": "/r"}), Reply(200, {"status": "failed"})], "could not read", False),
        ([Reply(202, {}, {"Operation-Location": "/r"}), Reply(503, {})], "503", True),
        ([Reply(202, {}, {"Operation-Location": "/r"}), Reply(200, {"status": "succeeded"})], "the shape", False),
        ([Reply(202, {}, {"Operation-Location": "/r"}), Reply(200, {"status": "running"}, {"Retry-After": "19"})],
         "in time", True),
    ],
)  # fmt: skip
def test_what_goes_wrong_there_is_tried_again_or_a_persons(
    answers: list[Reply], said: str, temporary: bool, reads: Reads, brings: Brings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = brings()
    with running() as system:
        host_allow("127.0.0.1", system.port, private=True, origin=Origin("system:test"))
        monkeypatch.setenv("CASEWRIGHT_SERVER_AZURE_DOCUMENTS", system.url)
        left = iter([*answers, answers[-1]])
        system.says = lambda came: next(left)
        with pytest.raises(ActorError, match=said) as caught:
            reads(case, timeout="timeout", **{"120": "3"})
    assert caught.value.temporary is temporary
    first = system.came[0]
    assert (
        first.headers["ocp-apim-subscription-key"] and first.body.startswith(b"%PDF-") and "api-version" in first.path
    )


def test_a_case_is_read_by_it_and_by_the_reader_of_this_machine_where_it_is_away(
    reads: Reads, brings: Brings, shipped: Demo
) -> None:
    case = brings()
    assert asked(case) == [(KEY, "done")]
    shipped.fault("azure", "down")
    case = brings(FITS.replace("NW-26-9", "NW-26-10").replace("PO-4711", "PO-4717"))
    Job.objects.update(run_at=clock.utc_now())
    work_jobs(case.instance_id)
    assert asked(case) == [(KEY, "failed"), ("document-reader", "done")]
    call_command("azure_reader", "off", stdout=(said := StringIO()))
    assert "read first by: document-reader" in said.getvalue() and not Actor.objects.get(key=KEY).enabled


def asked(case: Case) -> list[tuple[str, str]]:
    calls = ActorCall.objects.filter(instance=case.instance_id, capability="read-document").order_by("pk")
    return [(one.actor, one.outcome) for one in calls]


def test_a_reading_that_was_under_way_when_the_service_died_is_done_by_the_next(tmp_path: Path) -> None:
    """Killed as soon as it has taken the document, and begun anew on the same folder."""
    program, url = begun(tmp_path)
    try:
        place = sent(f"{url}/documentintelligence/documentModels/prebuilt-invoice:analyze?api-version=2024-11-30")
        program.send_signal(signal.SIGKILL)
        program.wait(10)
        program, url = begun(tmp_path)
        told = looked(url + "/" + place.split("/", 3)[3])
    finally:
        program.kill()
        program.wait(10)
    assert told["analyzeResult"]["documents"][0]["fields"]["InvoiceTotal"]["valueCurrency"]["amount"] == 1190.0
    page = told["analyzeResult"]["pages"][0]
    assert page["unit"] == "inch" and {"content", "polygon", "confidence"} <= page["words"][0].keys()


def begun(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    command = [sys.executable, "-m", "casework.runtime.stand_ins", "--folder", str(folder)]
    program = subprocess.Popen(
        [*command, "--listener", str(listener.fileno())], cwd=ROOT, pass_fds=[listener.fileno()],
        env={**os.environ, **connected(url)},
    )  # fmt: skip
    listener.close()
    return program, url


KEYS = {"Ocp-Apim-Subscription-Key": BY_SERVER[AZURE_DOCUMENTS][AZURE_DOCUMENTS_KEY]}


def sent(url: str) -> str:
    """Where the result of this document will be."""
    headers = {**KEYS, "Content-Type": "application/octet-stream"}
    with urllib.request.urlopen(urllib.request.Request(url, printed(FITS), headers), timeout=20) as answer:
        assert answer.status == 202
        return str(answer.headers["Operation-Location"])


def looked(url: str) -> Any:
    """The result, when it is there."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with urllib.request.urlopen(urllib.request.Request(url, headers=KEYS), timeout=20) as answer:
            told = json.loads(answer.read())
        if told["status"] == "succeeded":
            return told
        assert told["status"] == "running"
        time.sleep(0.2)
    raise AssertionError("It was never done.")


def test_a_file_that_names_another_model_or_an_address_of_a_case_is_refused() -> None:
    good = {
        "capability": "read-document",
        "url": "https://r.cognitiveservices.azure.com",
        "auth": DOCUMENT["file"]["auth"],
    }
    assert azure_faults(yaml.safe_dump(good).encode()) == []
    for wrong in ({"model": "mine"}, {"url": "https://r.example/{input.document}"}, {"capability": "other"}):
        assert azure_faults(yaml.safe_dump(good | wrong).encode())
