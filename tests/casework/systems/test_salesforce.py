"""A refund's customer is kept in Salesforce: copied, changed, compared and healed over real HTTP, with its stand-in."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from jsonschema import Draft202012Validator

from audit.selectors import timeline
from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.cases.services import case_verify
from casework.intake.services import Opened, case_open
from casework.management.commands import deploy as deploy_command
from casework.models import Case, OwnerChange
from casework.runtime.stand_ins.place import SALESFORCE, SALESFORCE_CLIENT, SALESFORCE_SECRET, STAND_IN_HOST
from casework.runtime.stand_ins.store import Store
from casework.systems import changing, comparing
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.kinds.http_connector.actor import HttpConnector
from orchestration.jobs import runner
from orchestration.models import ActorVersion
from orchestration.shell import nudges
from tests.casework.casetypes.test_refund_investigation import OFTEN, REAL
from tests.casework.stand_ins import Demo, demo, know, store
from tests.casework.systems.test_copies import Killed, Reader, data, killed_once, work
from tests.orchestration.actors.connectors.server import Came, Reply, running
from tests.orchestration.machines import Machines, work_jobs

__all__ = ["demo", "store"]
pytestmark = pytest.mark.django_db
Opens = Callable[[], Case]


@pytest.fixture
def odd(people: dict[str, User], machines: Machines, demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Opens:
    """`odd()`: an odd refund, whose customer an agent has read in Salesforce."""
    know(demo.url.replace("127.0.0.1", STAND_IN_HOST), monkeypatch)
    host_allow(STAND_IN_HOST, None, private=True, note="a test's", origin=Origin("system:test"))
    monkeypatch.setattr(nudges, "_after_commit", lambda *_, **__: None)
    monkeypatch.setattr(deploy_command, "ensure_actors", lambda folder: [])

    def load(key: str, version: str, artefact: Any) -> Any:
        return (REAL if key in ("agent", "http") else machines.load)(key, version, artefact)

    monkeypatch.setattr(runner.kinds, "load", load)
    call_command("deploy", CASE_TYPES / "refund", stdout=StringIO(), stderr=StringIO())

    def opened() -> Case:
        found = case_open(by=None, case_type="refund", reference="R-1", source="test", data=OFTEN)
        assert isinstance(found, Opened), found
        work_jobs(found.case.instance_id)
        return Case.objects.get(pk=found.case.pk)

    return opened


def contact(store: Store, external: str = "C-1005") -> dict[str, Any]:
    (row,) = store.rows("select document from crm_rows where external = ?", external)
    found: dict[str, Any] = json.loads(row["document"])
    return found


def set_contact(store: Store, **fields: Any) -> None:
    document = json.dumps(contact(store) | fields)
    store.rows("update crm_rows set document = ? where external = 'C-1005' returning id", document)


def test_what_salesforce_has_is_copied_compared_and_healed(odd: Opens, people: dict[str, User], store: Store) -> None:
    case = odd()
    assert data(case)["account"] == {
        "since": 2019, "refunds": 4, "standing": "Standard", "email": "daniel.kim@example.net",
        "phone": "+49 30 5550 0004",
    }  # fmt: skip
    reader = Reader(people["clara"], case)
    assert reader.compares("customer")["state"] == "same"
    set_contact(store, Refunds__c=6.0, Email="d.kim@example.org")
    part = reader.compares("customer")
    assert part["state"] == "differs" and part["system"] == "Salesforce"
    assert {one["path"] for one in part["copies"] if one["verdict"] != "same"} == {"account.refunds", "account.email"}
    assert reader.api(owner="customer", wish="heal", told=part["told"], reason="It has changed.")[0] == 200
    assert data(case)["account"]["refunds"] == 6 and reader.compares("customer")["state"] == "same"
    assert case_verify(by=people["axel"], case=case).ok


def test_a_change_is_made_in_salesforce_first_and_only_then_in_the_copy(
    odd: Opens, people: dict[str, User], store: Store, demo: Demo
) -> None:
    case = odd()
    reader = Reader(people["clara"], case)
    demo.fault("customers", "error", times=1)
    assert asks(reader, "account.phone", "+49 30 777")[0] == 200
    assert data(case)["account"]["phone"] == "+49 30 5550 0004", "not before its owner has it"
    work()
    row = OwnerChange.objects.get()
    assert (row.state, row.tries) == ("waiting", 1), "it was not carried out, so it is tried again"
    OwnerChange.objects.update(since=row.asked)
    work()
    assert OwnerChange.objects.get().state == "done" and contact(store)["Phone"] == "+49 30 777"
    assert data(case)["account"]["phone"] == "+49 30 777"
    assert [entry.action for entry in timeline(case.instance_id) if entry.action.startswith("copy.")] == [
        "copy.asked", "copy.changed",
    ]  # fmt: skip
    assert contact(store)["Email"] == "daniel.kim@example.net", "nothing else was touched"
    assert case_verify(by=people["axel"], case=case).ok


def asks(reader: Reader, path: str, value: str) -> tuple[int, Any]:
    copy = next(one for one in reader.part("customer")["copies"] if one["path"] == path)
    return reader.api(
        owner="customer", wish="change", path=path, value=value, stood=copy["stood"], reason="The customer told us."
    )


def test_a_worker_killed_after_salesforce_has_taken_a_change_leaves_one_change_and_a_copy_that_agrees(
    odd: Opens, people: dict[str, User], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = odd()
    reader = Reader(people["clara"], case)
    assert asks(reader, "account.email", "kim@example.org")[0] == 200
    calls = killed_once(monkeypatch)
    row = OwnerChange.objects.get()
    with pytest.raises(Killed):
        changing.change(row.pk)
    assert contact(store)["Email"] == "kim@example.org"
    assert data(case)["account"]["email"] == "daniel.kim@example.net"
    row.refresh_from_db()
    OwnerChange.objects.update(since=row.since - comparing.LOST_AFTER - timedelta(seconds=1))
    changing.look_after()
    work()
    work()
    assert OwnerChange.objects.get().state == "done" and calls[0] == calls[1]
    assert data(case)["account"]["email"] == "kim@example.org"
    assert reader.part("customer")["state"] == "same" and case_verify(by=people["axel"], case=case).ok


def test_a_token_that_salesforce_has_forgotten_is_asked_for_anew_and_nobody_notices(
    odd: Opens, people: dict[str, User], store: Store
) -> None:
    reader = Reader(people["clara"], odd())
    assert reader.compares("customer")["state"] == "same"
    store.rows("delete from crm_sessions")
    assert reader.compares("customer")["state"] == "same"
    assert len(store.rows("select 1 from crm_sessions")) == 1, "one token for one worker, however often it asks"


def test_where_salesforce_refuses_the_page_says_so_and_the_copies_stay(
    odd: Opens, people: dict[str, User], store: Store
) -> None:
    case = odd()
    reader = Reader(people["clara"], case)
    store.rows("insert into crm_settings values ('a_day', 1) returning name")
    assert reader.compares("customer")["state"] == "failed" and "It could not be asked" in reader.page
    store.rows("delete from crm_settings")
    assert asks(reader, "account.email", "nobody")[0] == 200
    work()
    row = OwnerChange.objects.get()
    assert (row.state, row.error) == ("refused", "Salesforce does not take what is to stand there.")
    assert contact(store)["Email"] == "daniel.kim@example.net"
    assert data(case)["account"]["email"] == "daniel.kim@example.net"


def test_it_is_pointed_at_another_org_by_configuration_alone(
    odd: Opens, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address and two secrets; no file, no version, no case type is another."""
    reader = Reader(people["clara"], odd())
    with running() as org:
        host_allow("127.0.0.1", org.port, private=True, note="a test's", origin=Origin("system:test"))
        for name, value in {SALESFORCE: org.url, SALESFORCE_CLIENT: "our-key", SALESFORCE_SECRET: "our-secret"}.items():
            monkeypatch.setenv(name, value)

        def says(came: Came) -> Reply:
            if came.path == "/services/oauth2/token":
                return Reply(200, {"access_token": "00D-of-ours", "token_type": "Bearer", "instance_url": org.url})
            row = {"Customer_Since__c": 2001.0, "Refunds__c": 4.0, "Standing__c": None, "Email": None, "Phone": None}
            return Reply(200, {"totalSize": 1, "done": True, "records": [row]})

        org.says = says
        part = reader.compares("customer")
        assert part["state"] == "differs"
        assert {one["path"]: one["theirs"] for one in part["copies"]}["account.since"] == 2001
        token, asked = org.came[0], org.came[1]
    assert b64decode(token.headers["authorization"].split()[1]) == b"our-key:our-secret"
    assert asked.headers["authorization"] == "Bearer 00D-of-ours" and asked.path.startswith(
        "/services/data/v62.0/query?q="
    )
    assert "Customer_Number__c = 'C-1005'" in unquote(asked.path)


def test_a_number_that_could_end_a_text_of_the_query_is_not_sent(odd: Opens, store: Store) -> None:
    odd()
    version = ActorVersion.objects.get(actor__key="customer-records")
    reader = HttpConnector("customer-records", version.version, bytes(version.artefact))
    assert list(Draft202012Validator(reader.input_schema).iter_errors({"number": "x' OR Email != '"}))
    assert not list(Draft202012Validator(reader.input_schema).iter_errors({"number": "C-1005"}))
