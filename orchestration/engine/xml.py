"""How is a model's XML read without trusting it?

Case types are uploaded by people, so a model file is hostile until shown otherwise: no DTD, no entity, no processing
instruction, no network, a size limit and a depth limit. Expat does the parsing; elements know the line they stand on,
so that a refusal can say where.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 200
MAX_ELEMENTS = 200_000


class XmlRefused(ValueError):
    """The bytes are not XML that this product reads; the message says why and where."""


@dataclass(slots=True)
class Element:
    """One element: `{namespace}local` split in two, attributes by local name or `{namespace}local`, text and children.

    `start` and `stop` are byte offsets in the source, so that a file can be edited in place: of the start tag, and of
    the end tag (where one tag is both: of what follows it).
    """

    namespace: str
    name: str
    attributes: dict[str, str]
    line: int
    prefixes: dict[str, str]
    start: int = 0
    stop: int = 0
    children: list[Element] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The character data that stands directly in this element."""
        return "".join(self.parts)

    def get(self, name: str, default: str | None = None) -> str | None:
        return self.attributes.get(name, default)

    def all(self, *names: str) -> list[Element]:
        """Children with one of these local names, in document order."""
        return [child for child in self.children if child.name in names]

    def first(self, *names: str) -> Element | None:
        return next((child for child in self.children if child.name in names), None)

    def walk(self) -> list[Element]:
        """This element and everything below it, in document order."""
        found, todo = [], [self]
        while todo:
            element = todo.pop()
            found.append(element)
            todo.extend(reversed(element.children))
        return found


class _Builder:
    def __init__(self, parser: expat.XMLParserType) -> None:
        self.parser = parser
        self.root: Element | None = None
        self.stack: list[Element] = []
        self.scopes: list[dict[str, str]] = [{}]
        self.pending: dict[str, str] = {}
        self.count = 0

    def refuse(self, what: str) -> None:
        raise XmlRefused(f"line {self.parser.CurrentLineNumber}: {what}")

    def external_entity(self, *_: str | None) -> int:
        self.refuse("external entities are not allowed")
        return 0

    def namespace(self, prefix: str | None, uri: str | None) -> None:
        self.pending[prefix or ""] = uri or ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MAX_ELEMENTS:
            self.refuse(f"more than {MAX_ELEMENTS} elements")
        if len(self.stack) >= MAX_DEPTH:
            self.refuse(f"elements nested more than {MAX_DEPTH} deep")
        if self.pending:
            self.scopes.append({**self.scopes[-1], **self.pending})
            self.pending = {}
        else:
            self.scopes.append(self.scopes[-1])
        namespace, _, local = tag.rpartition(" ")
        named = {
            (f"{{{ns}}}{name}" if ns else name): value
            for (ns, _, name), value in ((key.rpartition(" "), value) for key, value in attributes.items())
        }
        element = Element(namespace, local, named, self.parser.CurrentLineNumber, self.scopes[-1])
        element.start = self.parser.CurrentByteIndex
        if self.stack:
            self.stack[-1].children.append(element)
        else:
            self.root = element
        self.stack.append(element)

    def end(self, _tag: str) -> None:
        self.stack.pop().stop = self.parser.CurrentByteIndex
        self.scopes.pop()

    def characters(self, data: str) -> None:
        if self.stack:
            self.stack[-1].parts.append(data)


def parse(source: bytes) -> Element:
    """bytes -> root element. Raises XmlRefused for anything but plain, bounded XML without a document type."""
    if len(source) > MAX_BYTES:
        raise XmlRefused(f"the file has {len(source)} bytes; at most {MAX_BYTES} are read")
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    builder = _Builder(parser)
    parser.StartNamespaceDeclHandler = builder.namespace
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartDoctypeDeclHandler = lambda *_: builder.refuse("a document type (DTD) is not allowed")
    parser.EntityDeclHandler = lambda *_: builder.refuse("entities are not allowed")
    parser.ExternalEntityRefHandler = builder.external_entity
    try:
        parser.Parse(source, True)
    except expat.ExpatError as error:
        raise XmlRefused(f"line {error.lineno}: {expat.errors.messages[error.code]}") from None
    except (LookupError, ValueError) as error:
        if isinstance(error, XmlRefused):
            raise
        raise XmlRefused(f"line 1: the encoding cannot be read ({error})") from None
    if builder.root is None:
        raise XmlRefused("the file holds no element")
    return builder.root
