"""Does the example of `docs/connectors.md` work, against the stand-in that the demo calls?"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.services import Origin
from casework.runtime.stand_ins.place import STAND_IN, STAND_IN_HOST
from casework.runtime.stand_ins.server import server
from casework.runtime.stand_ins.store import Store
from orchestration.actors.contract import ActorError
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.kinds.declared import file_faults
from orchestration.actors.kinds.http_connector.actor import HttpConnector

DOCS = Path(__file__).parents[4] / "docs/connectors.md"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[Store]:
    """The stand-in's rows; it listens, and connectors know where."""
    found = Store(tmp_path / "stand-ins.sqlite")
    listener = socket.create_server(("127.0.0.1", 0))
    serving = server(found, listener)
    thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    monkeypatch.setenv(STAND_IN, f"http://{STAND_IN_HOST}:{listener.getsockname()[1]}")
    monkeypatch.setenv("CASEWRIGHT_SECRET_PAYMENTS_TOKEN", "s3cr3t-of-payments")
    host_allow(STAND_IN_HOST, None, private=True, origin=Origin("system:test"))
    yield found
    serving.shutdown()
    serving.server_close()
    thread.join()


def _example(heading: str) -> bytes:
    section = DOCS.read_text().partition(f"## {heading}")[2]
    found = re.search(r"```yaml\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found[1].encode()


def test_the_documented_connector_pays_exactly_once_whatever_fails(store: Store) -> None:
    pay = HttpConnector("http", "1", _example("HTTP"))
    asked = {"order": "R-20441", "amount": 79.95, "reference": "REFUND-001"}
    store.rows("insert into troubles values ('payments', 'error', 0, 1, 0)")
    with pytest.raises(ActorError) as failed:
        pay.run(asked, idempotency_key="k")
    assert failed.value.temporary and failed.value.after == 1
    store.rows("insert into troubles values ('payments', 'wrong', 0, 0, 0)")
    with pytest.raises(ActorError, match="no rule") as failed:
        pay.run(asked, idempotency_key="k")
    store.rows("delete from troubles")
    assert pay.run(asked, idempotency_key="k").output == {"payment": "P-000001"}
    counts = {name: count for name, count in store.counts().items() if not name.startswith("erp_")}
    assert counts.pop("calls of payments") == 3 and counts.pop("payments") == 1
    assert not any(counts.values())


def test_what_the_payment_system_refuses_is_a_business_error(store: Store) -> None:
    pay = HttpConnector("http", "1", _example("HTTP"))
    with pytest.raises(ActorError) as failed:
        pay.run({"order": "R-20441", "amount": 5_001, "reference": "x"}, idempotency_key="k")
    assert failed.value.code == "limit" and store.counts()["payments"] == 0


@pytest.mark.parametrize(
    ("heading", "kind"),
    [("HTTP", "http"), ("SOAP", "soap"), ("SQL", "sql"), ("Models served elsewhere", "served-model")],
)
def test_each_documented_file_is_sound(heading: str, kind: str) -> None:
    assert file_faults(kind, _example(heading)) == []


def test_the_documented_language_model_is_sound() -> None:
    found = re.search(r"```yaml\n(.*?)```", DOCS.with_name("language-models.md").read_text("utf-8"), re.DOTALL)
    assert found and file_faults("language-model", found[1].encode()) == []
