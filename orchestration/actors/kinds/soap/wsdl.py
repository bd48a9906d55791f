"""How does an operation that a WSDL describes become the draft of a SOAP connector? (WSDL 1.1 with SOAP 1.1 and 1.2)

The draft is a file to be looked at, tried and corrected. Read are messages that are literal, of the document and of the
rpc style, with the types that stand in the document itself: what it would have to be fetched for stays open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

import yaml

from orchestration.actors.kinds.files import FileRefused
from orchestration.engine.xml import Element, XmlRefused, parse

Json = Any
Pair = tuple[str, str]
"""Namespace and name."""

XSD: Final = "http://www.w3.org/2001/XMLSchema"
WSDL: Final = "http://schemas.xmlsoap.org/wsdl/"
VERSIONS: Final = {
    "http://schemas.xmlsoap.org/wsdl/soap/": ("1.1", "http://schemas.xmlsoap.org/soap/envelope/"),
    "http://schemas.xmlsoap.org/wsdl/soap12/": ("1.2", "http://www.w3.org/2003/05/soap-envelope"),
}
"""Namespace of a binding -> version of SOAP, and the namespace of its envelope."""
NOWHERE: Final = "https://replace-this-host.example"
MOST_OPERATIONS: Final = 1_000
MOST_PARTS: Final = 3_000
MOST_BASES: Final = 50
"""Types that one type extends, each the next."""
DEEPEST: Final = 12
TYPES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("boolean",), "boolean"),
    **dict.fromkeys(("decimal", "double", "float"), "number"),
    **dict.fromkeys(
        ("int", "integer", "long", "short", "byte", "unsignedInt", "unsignedLong", "unsignedShort",
         "nonNegativeInteger", "positiveInteger"), "integer"),
}  # fmt: skip
"""Type of XML Schema -> that of JSON Schema; all others are texts."""
GROUPS: Final = ("sequence", "all", "choice", "complexContent", "extension")


@dataclass(frozen=True, slots=True)
class SoapOperation:
    """An operation of a port; `name` tells it from others in the document."""

    port: str
    called: str
    action: str
    address: str
    soap: str
    style: str
    summary: str

    @property
    def name(self) -> str:
        return f"{self.called} of {self.port}"

    @property
    def method(self) -> str:
        """What its capability is named by where nobody names one."""
        return self.called


@dataclass(frozen=True, slots=True)
class _Stands:
    """An element with its namespace ("" where it has none), and that of the schema in whose words it is written."""

    element: Element
    namespace: str
    schema: str


@dataclass(slots=True)
class _Drawn:
    """What of an envelope is drawn so far: its XML, and the schema of what goes in."""

    xml: str
    schema: dict[str, Json]


class Wsdl:
    """A document. Raises FileRefused where it is none of WSDL 1.1."""

    def __init__(self, content: bytes) -> None:
        try:
            self.root = parse(content)
        except XmlRefused as refused:
            raise FileRefused([f"This is no XML that is read here: {refused}."]) from None
        if (self.root.namespace, self.root.name) != (WSDL, "definitions"):
            raise FileRefused(["This is no document of WSDL 1.1: its outermost element is not definitions."])
        self.target = self.root.get("targetNamespace", "") or ""
        schemas = [one for types in self.root.all("types") for one in types.all("schema")]
        self.elements = _named(schemas, "element")
        self.complex = _named(schemas, "complexType")
        self.qualified = {
            one.get("targetNamespace", "") for one in schemas if one.get("elementFormDefault") == "qualified"
        }
        self._names = {kind: _by_name(self.root.all(kind)) for kind in ("binding", "portType", "message")}
        self._asked_of: dict[str, dict[str, Element]] = {}
        self._parts = 0

    def operations(self) -> list[SoapOperation]:
        """What can be called over SOAP, in the order of the document."""
        found = list(islice(self._operations(), MOST_OPERATIONS))
        if not found and (elsewhere := [one.get("location") or "another document" for one in self.root.all("import")]):
            said = f"What can be called stands in {elsewhere[0]}, which is not fetched"
            raise FileRefused([f"{said}: paste the WSDL as one document (many servers give it at ?singleWsdl)."])
        return found

    def _operations(self) -> Iterator[SoapOperation]:
        for port in (one for service in self.root.all("service") for one in service.all("port")):
            binding = self._at("binding", port.get("binding"))
            over = None if binding is None else next((one for one in binding.all("binding")), None)
            if binding is None or over is None or over.namespace not in VERSIONS:
                continue
            address = port.first("address")
            for one in binding.all("operation"):
                soap, called = one.first("operation"), one.get("name") or ""
                yield SoapOperation(
                    port.get("name") or "", called, (None if soap is None else soap.get("soapAction")) or "",
                    (None if address is None else address.get("location")) or "", over.namespace,
                    (None if soap is None else soap.get("style")) or over.get("style") or "document",
                    self._said(binding, called),
                )  # fmt: skip

    def _said(self, binding: Element, called: str) -> str:
        operation = self._asked(binding.get("type"), called)
        told = None if operation is None else operation.first("documentation")
        return "" if told is None else " ".join(told.text.split())[:200]

    def _asked(self, port_type: str | None, called: str) -> Element | None:
        found = self._at("portType", port_type)
        if found is None:
            return None
        name = _name_of(found)
        if name not in self._asked_of:
            self._asked_of[name] = _by_name(found.all("operation"))
        return self._asked_of[name].get(called)

    def _at(self, kind: str, reference: str | None) -> Element | None:
        return self._names[kind].get(_local(reference))

    def draft(self, operation: SoapOperation, capability: str, base: str = "") -> str:
        """The file of a connector for this operation; `base`: where the server stands, if the document does not say."""
        version, envelope = VERSIONS[operation.soap]
        prefixes: dict[str, str] = {}
        self._parts = 0
        drawn = self._body(operation, prefixes)
        declared = "".join(f" xmlns:{prefix}={quoteattr(uri)}" for uri, prefix in prefixes.items())
        file: dict[str, Json] = {
            "capability": capability,
            "title": (operation.summary or operation.called)[:200],
            "url": _address(operation.address, base),
            "action": operation.action,
            "version": version,
            "envelope": f"<soap:Envelope xmlns:soap={quoteattr(envelope)}{declared}>\n"
            f"  <soap:Body>\n{drawn.xml}  </soap:Body>\n</soap:Envelope>\n",
            "input": drawn.schema,
            "output": {"type": "object", "required": ["result"], "properties": {"result": {}}},
            "answers": [
                {"when": "fault != null", "error": {"code": "soap-fault", "message": "The system refused it."}},
                {"when": "status = 200", "output": {"result": "= body"}},
            ],
        }
        text = yaml.dump(file, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=110)
        return "".join(f"# {one}\n" for one in self._left_open(operation)) + text

    def _left_open(self, operation: SoapOperation) -> Iterator[str]:
        """What goes in and stands in no type of the document."""
        for part in () if operation.style == "rpc" else self._parts_of(operation):
            if part.get("element") and _pair(part, part.get("element")) not in self.elements:
                named = " ".join(str(part.get("element")).split())
                yield f"The document does not say what {named} is made of: its envelope is empty here."

    def _body(self, operation: SoapOperation, prefixes: dict[str, str]) -> _Drawn:
        parts = self._parts_of(operation)
        if operation.style == "rpc":
            return self._wrapped(operation, parts, prefixes)
        drawn = _Drawn("", {"type": "object", "properties": {}})
        for part in parts:
            found = _pair(part, part.get("element"))
            if found in self.elements:
                stands = _Stands(self.elements[found], found[0], found[0])
                drawn = self._drawn(stands, ("input",), prefixes, 2, top=True)
        return drawn

    def _parts_of(self, operation: SoapOperation) -> list[Element]:
        """The parts of the message that goes in."""
        asked = self._asked(self._binding_of(operation).get("type"), operation.called)
        given = None if asked is None else asked.first("input")
        message = None if given is None else self._at("message", given.get("message"))
        return [] if message is None else message.all("part")

    def _binding_of(self, operation: SoapOperation) -> Element:
        ports = (one for service in self.root.all("service") for one in service.all("port"))
        found = (self._at("binding", one.get("binding")) for one in ports if one.get("name") == operation.port)
        return next(one for one in found if one is not None)

    def _wrapped(self, operation: SoapOperation, parts: Sequence[Element], prefixes: dict[str, str]) -> _Drawn:
        """A call of the rpc style: an element named like the operation around its parts, which have no namespace."""
        prefix = _prefix(self.target, prefixes)
        inner = [(part, self._drawn(_Stands(part, "", ""), ("input", _name(part)), prefixes, 3)) for part in parts]
        schema = _object({_name(part): drawn.schema for part, drawn in inner}, [_name(part) for part, _ in inner])
        tag = f"{prefix}:{operation.called}"
        return _Drawn(f"    <{tag}>\n{''.join(drawn.xml for _, drawn in inner)}    </{tag}>\n", schema)

    def _drawn(
        self, stands: _Stands, path: tuple[str, ...], prefixes: dict[str, str], depth: int, *, top: bool = False
    ) -> _Drawn:
        """One element, and all below it. Values go in where nothing is below. Raises FileRefused."""
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise FileRefused(
                [f"What goes into this operation has more than {MOST_PARTS:,} elements: too many to draft."]
            )
        element = stands.element
        indent, tag = "  " * depth, element.get("name") or ""
        if stands.namespace:
            tag = f"{_prefix(stands.namespace, prefixes)}:{tag}"
        below = self._below(stands) if depth < DEEPEST else []
        if not below:
            value = "" if top else "{" + ".".join(path) + "}"
            schema = _object({}, []) if top else {"type": TYPES.get(_local(element.get("type")), "string")}
            return _Drawn(f"{indent}<{tag}>{value}</{tag}>\n", schema)
        inner = [(one.element, self._drawn(one, (*path, _name(one.element)), prefixes, depth + 1)) for one in below]
        schema = _object(
            {_name(one): drawn.schema for one, drawn in inner},
            [_name(one) for one, _ in inner if one.get("minOccurs") != "0"],
        )
        return _Drawn(f"{indent}<{tag}>\n{''.join(drawn.xml for _, drawn in inner)}{indent}</{tag}>\n", schema)

    def _below(self, stands: _Stands) -> list[_Stands]:
        """The elements that its type has, each as it is declared."""
        own, named = stands.element.first("complexType"), _pair(stands.element, stands.element.get("type"))
        kind, schema = (self.complex.get(named), named[0]) if own is None else (own, stands.schema)
        return [] if kind is None else [self._declared(*one) for one in self._particles(kind, schema, set())]

    def _declared(self, element: Element, schema: str) -> _Stands:
        """The element itself, or the one that it refers to."""
        found = _pair(element, element.get("ref"))
        if found in self.elements:
            return _Stands(self.elements[found], found[0], found[0])
        default = "qualified" if schema in self.qualified else ""
        return _Stands(element, schema if element.get("form", default) == "qualified" else "", schema)

    def _particles(self, kind: Element, schema: str, based: set[Pair]) -> Iterator[tuple[Element, str]]:
        """The elements of a type, through its groups and what it extends, with the schema that each stands in.

        `based`: what it extends so far, each once. Raises FileRefused.
        """
        for child in kind.children:
            if child.namespace == XSD and child.name == "element":
                yield child, schema
            elif child.namespace == XSD and child.name in GROUPS:
                base = _pair(child, child.get("base"))
                if base in self.complex and base not in based:
                    based.add(base)
                    if len(based) > MOST_BASES:
                        raise FileRefused(
                            [f"{base[1]} is extended by more than {MOST_BASES} types: too many to draft."]
                        )
                    yield from self._particles(self.complex[base], base[0], based)
                yield from self._particles(child, schema, based)


class _Readable(yaml.SafeDumper):
    """Texts of several lines stand as lines."""


def _lines(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Readable.add_representer(str, _lines)


def _named(schemas: Sequence[Element], kind: str) -> dict[Pair, Element]:
    return {
        (schema.get("targetNamespace") or "", one.get("name") or ""): one
        for schema in schemas
        for one in schema.all(kind)
    }


def _by_name(elements: Sequence[Element]) -> dict[str, Element]:
    """The first of each name."""
    return {_name_of(one): one for one in reversed(elements)}


def _name_of(element: Element) -> str:
    return element.get("name") or ""


def _pair(element: Element, reference: str | None) -> Pair:
    """Namespace and name of what is referred to in the words of an element."""
    prefix, _, name = (reference or "").rpartition(":")
    return element.prefixes.get(prefix, ""), name


def _local(reference: str | None) -> str:
    return (reference or "").rpartition(":")[2]


def _prefix(uri: str, prefixes: dict[str, str]) -> str:
    return prefixes.setdefault(uri, f"n{len(prefixes) + 1}")


def _name(element: Element) -> str:
    """A name as expressions can read it."""
    found = re.sub(r"\W", "_", element.get("name") or _local(element.get("ref")), flags=re.ASCII)
    return f"p_{found}" if not found or found[0].isdigit() else found


def _object(properties: dict[str, Json], required: list[str]) -> dict[str, Json]:
    return {"type": "object", **({"required": required} if required else {}), "properties": properties}


def _address(written: str, base: str) -> str:
    """Where it is called: as the document says, or at the base, with the path of the document."""
    split = urlsplit(written)
    if not base and split.scheme in ("http", "https") and split.netloc:
        return written
    return (base or NOWHERE).rstrip("/") + (split.path or "/")
