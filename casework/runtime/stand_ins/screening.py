"""How does a service that looks for names on lists answer? (SOAP 1.1)

POST /screening    Screen: a name, and others of the same customer        GET /screening?wsdl    its description

Everybody on its lists is made up. How alike two names are, Python's difflib says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from typing import Any, Final
from xml.sax.saxutils import escape

from casework.runtime.stand_ins.answers import SAID, Answer, Request
from casework.runtime.stand_ins.store import Store
from orchestration.actors.kinds.xml_value import value_of_xml

Json = Any

NAMESPACE: Final = "urn:casewright:demo:screening"
LIST: Final = f"Lists of a vendor. {SAID}"
ENTRIES: Final = (
    ("V-001", "Varnikov Sergei Aleksandrovich", "individual", "Made-up list A"),
    ("V-002", "Oriental Lamp Trading Company", "company", "Made-up list A"),
    ("V-003", "Al-Hadrani Yusuf Khalid", "individual", "Made-up list B"),
    ("V-004", "Nightjar Shipping Ltd", "company", "Made-up list B"),
    ("V-005", "Night Jar Maritime", "company", "Made-up list B"),
    ("V-006", "Copper Heron Holdings", "company", "Made-up list C"),
    ("V-007", "Dragoslavic Mirko", "individual", "Made-up list C"),
    ("V-008", "Kestrel Bay Minerals", "company", "Made-up list D"),
    ("V-009", "Oyelaran-Finch Tobias", "individual", "Made-up list D"),
)
LEAST: Final = 80.0
"""How alike a name is told from."""
BETWEEN: Final = ";"
"""What stands between other names of a customer."""
MOST_NAMES: Final = 51
ENVELOPE: Final = (
    '<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
    "<soap:Body>{}</soap:Body></soap:Envelope>"
)
WSDL: Final = f"""<?xml version="1.0" encoding="UTF-8"?>
<!-- {SAID} -->
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:s="{NAMESPACE}" name="Screening" targetNamespace="{NAMESPACE}">
  <wsdl:types>
    <xsd:schema targetNamespace="{NAMESPACE}" elementFormDefault="qualified">
      <xsd:element name="Screen"><xsd:complexType><xsd:sequence>
        <xsd:element name="name" type="xsd:string"/>
        <xsd:element name="others" type="xsd:string" minOccurs="0"/>
      </xsd:sequence></xsd:complexType></xsd:element>
      <xsd:element name="ScreenResponse"><xsd:complexType><xsd:sequence>
        <xsd:element name="list" type="xsd:string"/>
        <xsd:element name="names" type="xsd:int"/>
        <xsd:element name="hit" type="s:Hit" minOccurs="0" maxOccurs="unbounded"/>
      </xsd:sequence></xsd:complexType></xsd:element>
      <xsd:complexType name="Hit"><xsd:sequence>
        <xsd:element name="id" type="xsd:string"/>
        <xsd:element name="name" type="xsd:string"/>
        <xsd:element name="kind" type="xsd:string"/>
        <xsd:element name="programme" type="xsd:string"/>
        <xsd:element name="asked" type="xsd:string"/>
        <xsd:element name="score" type="xsd:decimal"/>
      </xsd:sequence></xsd:complexType>
    </xsd:schema>
  </wsdl:types>
  <wsdl:message name="ScreenIn"><wsdl:part name="parameters" element="s:Screen"/></wsdl:message>
  <wsdl:message name="ScreenOut"><wsdl:part name="parameters" element="s:ScreenResponse"/></wsdl:message>
  <wsdl:portType name="ScreeningPort">
    <wsdl:operation name="Screen">
      <wsdl:documentation>Look for a name on lists</wsdl:documentation>
      <wsdl:input message="s:ScreenIn"/><wsdl:output message="s:ScreenOut"/>
    </wsdl:operation>
  </wsdl:portType>
  <wsdl:binding name="ScreeningBinding" type="s:ScreeningPort">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="Screen">
      <soap:operation soapAction="{NAMESPACE}:Screen"/>
      <wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>
    </wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="Screening">
    <wsdl:port name="ScreeningPort" binding="s:ScreeningBinding"><soap:address location="/screening"/></wsdl:port>
  </wsdl:service>
</wsdl:definitions>
"""


def describe(store: Store, request: Request) -> Answer:
    return _xml(200, WSDL)


def screen(store: Store, request: Request) -> Answer:
    try:
        given = value_of_xml(request.body)["Envelope"]["Body"]["Screen"]
        asked = [name for name in _names(given) if name][:MOST_NAMES]
    except (ValueError, KeyError, TypeError):
        asked = []
    if not asked:
        return _xml(500, ENVELOPE.format(
            "<soap:Fault><faultcode>soap:Client</faultcode><faultstring>A Screen with a name is expected."
            "</faultstring></soap:Fault>"
        ))  # fmt: skip
    hits = "".join(_hit(*found) for name in asked for found in _found(name))
    said = f"<s:list>{escape(LIST)}</s:list><s:names>{len(ENTRIES)}</s:names>{hits}"
    return _xml(200, ENVELOPE.format(f'<s:ScreenResponse xmlns:s="{NAMESPACE}">{said}</s:ScreenResponse>'))


def _names(given: Json) -> list[str]:
    """The name, and those beside it. Raises TypeError, KeyError."""
    texts = (given["name"], given.get("others", "")) if isinstance(given, dict) else ()
    return [name.strip() for text in texts if isinstance(text, str) for name in text.split(BETWEEN)]


def _found(name: str) -> Iterator[tuple[tuple[str, str, str, str], str, float]]:
    for entry in ENTRIES:
        score = round(100 * SequenceMatcher(None, _plain(name), _plain(entry[1])).ratio(), 1)
        if score >= LEAST:
            yield entry, name, score


def _plain(name: str) -> str:
    """Its words in the order of the alphabet, so that the order in which they are written counts for nothing."""
    return " ".join(sorted(name.lower().replace("-", " ").replace(",", " ").split()))


def _hit(entry: tuple[str, str, str, str], asked: str, score: float) -> str:
    values = dict(zip(("id", "name", "kind", "programme"), entry, strict=True)) | {"asked": asked, "score": str(score)}
    return "<s:hit>" + "".join(f"<s:{name}>{escape(text)}</s:{name}>" for name, text in values.items()) + "</s:hit>"


def _xml(status: int, text: str) -> Answer:
    return Answer(status, text.encode(), {"Content-Type": "text/xml; charset=utf-8"})


ROUTES: Final[tuple[tuple[str, str, str, Callable[..., Answer]], ...]] = (
    ("GET", "/screening", "screening", describe),
    ("POST", "/screening", "screening", screen),
)
