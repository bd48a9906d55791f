"""How do expressions read XML?

As names with values: an element is the text in it, or an object of its parts; parts of one name are a list; attributes
begin with `@`, the text beside parts is `#text`. Prefixes and namespaces are left out. Read without DTD, entities and
processing instructions, within limits (`orchestration.engine.xml`).
"""

from __future__ import annotations

from typing import Any

from orchestration.engine.xml import Element, parse

Json = Any


def value_of_xml(content: bytes) -> dict[str, Json]:
    """The document as one object with its root's name. Raises XmlRefused."""
    root = parse(content)
    return {root.name: _value(root)}


def _value(element: Element) -> Json:
    found: dict[str, Json] = {f"@{name.rpartition('}')[2]}": value for name, value in element.attributes.items()}
    for child in element.children:
        below = _value(child)
        if child.name not in found:
            found[child.name] = below
        elif isinstance(found[child.name], list):
            found[child.name].append(below)
        else:
            found[child.name] = [found[child.name], below]
    text = element.text.strip()
    if not found:
        return text
    return found | ({"#text": text} if text else {})
