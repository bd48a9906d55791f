"""Does a WSDL become the draft of a SOAP connector that is sound, and does a hostile one become nothing?"""

from __future__ import annotations

import time
from typing import Any
from xml.sax.saxutils import escape

import pytest
import yaml

from orchestration.actors.kinds.files import FileRefused
from orchestration.actors.kinds.soap.file import soap_faults, soap_of
from orchestration.actors.kinds.soap.wsdl import Wsdl

SCHEMA = """
<xsd:element name="Order"><xsd:complexType><xsd:sequence>
  <xsd:element name="number" type="xsd:int"/>
  <xsd:element name="ship-to" type="t:Address" minOccurs="0"/>
  <xsd:element ref="t:note"/>
</xsd:sequence></xsd:complexType></xsd:element>
<xsd:element name="note" type="xsd:string"/>
<xsd:complexType name="Address"><xsd:sequence>
  <xsd:element name="city" type="xsd:string"/><xsd:element name="of" type="t:Address" minOccurs="0"/>
</xsd:sequence></xsd:complexType>
"""


def document(
    *, soap: str = "soap/", style: str = "document", part: str = 'element="t:Order"', schema: str = SCHEMA,
    form: str = "qualified", address: str = "https://shop.example/orders",
) -> bytes:  # fmt: skip
    return f"""<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
      xmlns:s="http://schemas.xmlsoap.org/wsdl/{soap}"
      xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:shop" targetNamespace="urn:shop">
      <wsdl:types><xsd:schema targetNamespace="urn:shop" elementFormDefault="{form}">{schema}</xsd:schema></wsdl:types>
      <wsdl:message name="In"><wsdl:part name="body" {part}/></wsdl:message>
      <wsdl:portType name="Port"><wsdl:operation name="Place"><wsdl:documentation>Place an order</wsdl:documentation>
        <wsdl:input message="t:In"/></wsdl:operation></wsdl:portType>
      <wsdl:binding name="Bound" type="t:Port">
        <s:binding style="{style}" transport="http://schemas.xmlsoap.org/soap/http"/>
        <wsdl:operation name="Place"><s:operation soapAction="urn:shop:Place"/></wsdl:operation></wsdl:binding>
      <wsdl:service name="Shop"><wsdl:port name="P" binding="t:Bound">
        <s:address location="{escape(address)}"/></wsdl:port></wsdl:service></wsdl:definitions>""".encode()


def drafted(content: bytes, base: str = "") -> dict[str, Any]:
    wsdl = Wsdl(content)
    (operation,) = wsdl.operations()
    text = wsdl.draft(operation, "place-order", base)
    assert soap_faults(text.encode()) == []
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def test_an_operation_becomes_a_file_whose_envelope_has_what_the_types_say() -> None:
    found = drafted(document())
    assert found["url"] == "https://shop.example/orders" and found["title"] == "Place an order"
    assert (found["action"], found["version"]) == ("urn:shop:Place", "1.1")
    envelope = " ".join(found["envelope"].split())
    assert "<n1:Order> <n1:number>{input.number}</n1:number> <n1:ship-to>" in envelope
    assert "<n1:city>{input.ship_to.city}</n1:city>" in envelope and "<n1:note>{input.note}</n1:note>" in envelope
    assert found["input"]["required"] == ["number", "note"]
    assert found["input"]["properties"]["number"] == {"type": "integer"}
    sent = soap_of(yaml.safe_dump(found).encode()).body
    assert sent is not None and "<n1:city>A&amp;B</n1:city>" in sent.filled(
        {"input": {"number": 7, "note": "", "ship_to": {"city": "A&B", "of": None}}}
    )


def test_the_forms_that_a_document_may_have_are_kept_to() -> None:
    assert "<number>{input.number}</number>" in drafted(document(form="unqualified"))["envelope"]
    called = drafted(document(style="rpc", part='type="xsd:boolean"', soap="soap12/"))
    assert "<n1:Place>\n      <body>{input.body}</body>\n    </n1:Place>" in called["envelope"]
    assert called["version"] == "1.2" and called["input"]["properties"] == {"body": {"type": "boolean"}}


def test_an_address_that_the_document_leaves_open_is_open_in_the_draft() -> None:
    assert drafted(document(address="/orders"))["url"] == "https://replace-this-host.example/orders"
    assert drafted(document(address="/orders"), "http://shop.test:81")["url"] == "http://shop.test:81/orders"


def test_what_its_types_name_and_nobody_has_is_left_empty_and_what_never_ends_ends() -> None:
    assert drafted(document(schema=""))["input"] == {"type": "object", "properties": {}}
    assert drafted(document())["envelope"].count("<n1:of>") <= 12


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "no XML that is read here"),
        (b"<definitions/>", "no document of WSDL 1.1"),
        (b"<a><b></a>", "no XML that is read here"),
    ],
)
def test_what_is_no_wsdl_is_refused_with_a_sentence(content: bytes, told: str) -> None:
    with pytest.raises(FileRefused, match=told):
        Wsdl(content)


def many(ports: int, operations: int) -> bytes:
    """A document with so many ports of one binding with so many operations."""
    named = [f'<wsdl:operation name="o{one}"' for one in range(operations)]
    asked = "".join(f"{one}><wsdl:documentation>Told</wsdl:documentation></wsdl:operation>" for one in named)
    bound = "".join(f"{one}/>" for one in named)
    places = "".join(f'<wsdl:port name="p{one}" binding="t:Bound"/>' for one in range(ports))
    return f"""<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
      xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:t="urn:shop" targetNamespace="urn:shop">
      <wsdl:portType name="Port">{asked}</wsdl:portType>
      <wsdl:binding name="Bound" type="t:Port"><s:binding style="document"/>{bound}</wsdl:binding>
      <wsdl:service name="Shop">{places}</wsdl:service></wsdl:definitions>""".encode()


def test_a_small_document_that_names_millions_of_operations_is_soon_read() -> None:
    began = time.process_time()
    found = Wsdl(many(1_000, 3_000)).operations()
    assert (len(found), found[-1].name, found[-1].summary) == (1_000, "o999 of p0", "Told")
    assert time.process_time() - began < 2


def test_an_operation_that_takes_thousands_of_elements_is_refused_and_the_next_one_is_drafted() -> None:
    wide = "".join(f'<xsd:element name="e{one}" type="t:Wide"/>' for one in range(60))
    schema = f"{SCHEMA}<xsd:complexType name='Wide'><xsd:sequence>{wide}</xsd:sequence></xsd:complexType>"
    wsdl = Wsdl(document(schema=schema, style="rpc", part='type="t:Wide"'))
    with pytest.raises(FileRefused, match="more than 3,000 elements"):
        wsdl.draft(wsdl.operations()[0], "place-order")
    plain = Wsdl(document())
    assert len({plain.draft(plain.operations()[0], "place-order") for _ in range(150)}) == 1


OTHER = """
<xsd:complexType name="Base"><xsd:sequence><xsd:element name="id" type="xsd:long"/></xsd:sequence></xsd:complexType>
<xsd:complexType name="Person"><xsd:complexContent><xsd:extension base="d:Base"><xsd:sequence>
  <xsd:element name="name" type="xsd:string"/><xsd:element name="plain" form="unqualified" type="xsd:string"/>
</xsd:sequence></xsd:extension></xsd:complexContent></xsd:complexType>
<xsd:complexType name="Loop"><xsd:complexContent><xsd:extension base="d:Loop"/></xsd:complexContent></xsd:complexType>
<xsd:element name="remark" type="xsd:string"/>
"""


def test_what_a_type_extends_is_in_it_and_each_element_has_the_namespace_of_its_own_schema() -> None:
    order = (
        '<xsd:element name="Order"><xsd:complexType><xsd:sequence><xsd:element name="by" type="d:Person"/>'
        '<xsd:element ref="d:remark"/><xsd:element name="never" type="d:Loop" minOccurs="0"/>'
        "</xsd:sequence></xsd:complexType></xsd:element>"
    )
    two = document(schema=order).replace(b"</wsdl:types>", (
        f'<xsd:schema targetNamespace="urn:data" elementFormDefault="qualified">{OTHER}</xsd:schema></wsdl:types>'
    ).encode()).replace(b'xmlns:t="urn:shop"', b'xmlns:t="urn:shop" xmlns:d="urn:data"')  # fmt: skip
    found = drafted(two)
    envelope = " ".join(found["envelope"].split())
    assert 'xmlns:n1="urn:shop" xmlns:n2="urn:data"' in envelope
    assert "<n1:by> <n2:id>{input.by.id}</n2:id> <n2:name>{input.by.name}</n2:name> <plain>" in envelope
    assert "</n1:by> <n2:remark>{input.remark}</n2:remark> <n1:never>" in envelope
    assert found["input"]["properties"]["by"]["required"] == ["id", "name", "plain"]


def test_what_stands_in_another_document_is_said_with_what_to_do() -> None:
    whole = document()
    parts = whole.partition(b"<wsdl:types>")[0] + b'<wsdl:import namespace="urn:x" location="part.wsdl"/>'
    with pytest.raises(
        FileRefused, match=r"stands in part\.wsdl, which is not fetched: paste the WSDL as one document"
    ):
        Wsdl(parts + b"</wsdl:definitions>").operations()
    wsdl = Wsdl(document(schema=""))
    assert wsdl.draft(wsdl.operations()[0], "a").startswith("# The document does not say what t:Order is made of")


def extending(types: int, times: int) -> bytes:
    extends = ('<xsd:extension base="t:A{}"/>' * times).format
    made = "".join(
        f'<xsd:complexType name="A{one}"><xsd:complexContent>{extends(*[one + 1] * times)}</xsd:complexContent>'
        "</xsd:complexType>"
        for one in range(types)
    )
    last = '<xsd:sequence><xsd:element name="last" type="xsd:string"/></xsd:sequence>'
    return document(schema=f'{made}<xsd:complexType name="A{types}">{last}</xsd:complexType>'
                           '<xsd:element name="Order" type="t:A0"/>')  # fmt: skip


def test_types_that_extend_one_another_are_each_read_once_and_not_without_end() -> None:
    assert [*drafted(extending(40, 2))["input"]["properties"]] == ["last"]
    with pytest.raises(FileRefused, match="more than 50 types"):
        drafted(extending(3_000, 1))


def test_what_the_document_calls_a_thing_stands_in_one_line_of_the_draft() -> None:
    wsdl = Wsdl(document(part='element="t:None&#10;method: stolen"'))
    assert "\nmethod" not in wsdl.draft(wsdl.operations()[0], "a")
