"""Does a SOAP connector put values into its envelope as text, and read answers without trusting them?"""

from __future__ import annotations

import pytest

from orchestration.actors.contract import ActorError
from orchestration.actors.kinds.soap.actor import SoapConnector
from orchestration.actors.kinds.soap.file import soap_faults
from orchestration.engine.xml import parse
from tests.orchestration.actors.connectors.server import System

FILE = """
capability: read-account
url: HERE/services/accounts
action: urn:bank:ReadAccount
envelope: |
  <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:b="urn:bank">
    <soap:Body><b:ReadAccount><b:iban>{input.iban}</b:iban><b:closed>{input.closed}</b:closed></b:ReadAccount></soap:Body>
  </soap:Envelope>
answers:
  - when: fault != null and contains(fault.faultstring, "unknown")
    error: {code: account-unknown, message: There is no such account.}
  - when: status = 200 and body.ReadAccountResponse != null
    output:
      balance: "= number(body.ReadAccountResponse.balance)"
      currency: "= body.ReadAccountResponse.currency"
"""
ANSWER = b"""<?xml version="1.0"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><r:ReadAccountResponse xmlns:r="urn:bank">
<r:balance>12.50</r:balance><r:currency>EUR</r:currency></r:ReadAccountResponse></s:Body></s:Envelope>"""
FAULT = b"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode>
<faultstring>unknown account</faultstring></s:Fault></s:Body></s:Envelope>"""


def connector(system: System, text: str = FILE) -> SoapConnector:
    return SoapConnector("soap", "1", text.replace("HERE", system.url).encode())


def test_an_envelope_goes_out_and_its_answer_is_mapped(listed: System) -> None:
    listed.reply(200, ANSWER, Content_Type="text/xml; charset=utf-8")
    answer = connector(listed).run({"iban": "DE89", "closed": True}, idempotency_key="k")
    assert answer.output == {"balance": 12.5, "currency": "EUR"}
    (came,) = listed.came
    assert came.headers["soapaction"] == '"urn:bank:ReadAccount"' and came.headers["content-type"].startswith(
        "text/xml"
    )
    assert b"<b:iban>DE89</b:iban><b:closed>true</b:closed>" in came.body


def test_a_value_is_text_whatever_signs_it_holds(listed: System) -> None:
    listed.reply(200, ANSWER, Content_Type="text/xml")
    evil = "</b:iban><b:admin>yes</b:admin><b:iban>&quot;]]>"
    connector(listed).run({"iban": evil}, idempotency_key="k")
    (asked,) = parse(listed.came[0].body).walk()[2:3]
    assert [child.name for child in asked.children] == ["iban", "closed"] and asked.children[0].text == evil


@pytest.mark.parametrize("value", ["a\0b", "a\x08b", "\ud800", ["x"], {"a": 1}])
def test_what_xml_cannot_hold_is_not_sent(value: object, listed: System) -> None:
    with pytest.raises(ActorError):
        connector(listed).run({"iban": value}, idempotency_key="k")
    assert not listed.came


def test_a_fault_is_what_its_rule_says(listed: System) -> None:
    listed.reply(500, FAULT, Content_Type="text/xml")
    with pytest.raises(ActorError) as failed:
        connector(listed).run({"iban": "x"}, idempotency_key="k")
    assert failed.value.code == "account-unknown"


def test_a_call_that_may_have_been_carried_out_is_not_repeated_unless_the_file_says_so(listed: System) -> None:
    listed.reply(500, ANSWER, Content_Type="text/xml")
    for more, temporary in (("", False), ("repeatable: true", True)):
        with pytest.raises(ActorError) as failed:
            connector(listed, FILE + more).run({"iban": "x"}, idempotency_key="k")
        assert failed.value.temporary is temporary


@pytest.mark.parametrize(
    "answer",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;">]><a>&y;</a>',
        b"<a>" * 500 + b"</a>" * 500,
        b"<a>",
        b"no xml",
    ],
)
def test_a_document_type_entities_and_depth_are_not_read(answer: bytes, listed: System) -> None:
    listed.reply(200, answer, Content_Type="text/xml")
    with pytest.raises(ActorError, match="not what its type says"):
        connector(listed).run({"iban": "x"}, idempotency_key="k")


def test_soap_1_2_has_its_own_type(listed: System) -> None:
    listed.reply(200, ANSWER, Content_Type="application/soap+xml")
    connector(listed, FILE + 'version: "1.2"').run({"iban": "x"}, idempotency_key="k")
    came = listed.came[0]
    assert came.headers["content-type"] == 'application/soap+xml; charset=utf-8; action="urn:bank:ReadAccount"'
    assert "soapaction" not in came.headers


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("</soap:Body>", "", "envelope: line"),
        ("{input.iban}", "{inptu.iban}", "inptu is not known"),
        ("soap:Envelope", "soap:Letter", "outermost element"),
        ("{input.iban}", "<!DOCTYPE x>", "envelope"),
        ("urn:bank:ReadAccount", 'a"b', "form that belongs"),
    ],
)
def test_a_fault_of_its_file_is_said(before: str, after: str, words: str) -> None:
    text = FILE.replace("HERE", "https://bank.example").replace(before, after)
    assert words in " ".join(soap_faults(text.encode()))
