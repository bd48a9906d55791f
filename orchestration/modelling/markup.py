"""How is a model written as XML? An element with what stands in it, as a text that people can read."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr


@dataclass(frozen=True, slots=True)
class Element:
    """`inside`: elements, or one text."""

    name: str
    attributes: tuple[tuple[str, str], ...]
    inside: tuple[Element, ...] | str = ()

    def lines(self, indent: int = 0) -> list[str]:
        pad = "  " * indent
        head = f"{pad}<{self.name}" + "".join(f" {name}={quoteattr(value)}" for name, value in self.attributes)
        if not self.inside:
            return [f"{head}/>"]
        if isinstance(self.inside, str):
            return [f"{head}>{escape(self.inside)}</{self.name}>"]
        found = [line for one in self.inside for line in one.lines(indent + 1)]
        return [f"{head}>", *found, f"{pad}</{self.name}>"]


def element(name: str, inside: tuple[Element, ...] | list[Element] | str = (), /, **attributes: str) -> Element:
    """An attribute with a prefix is written `prefix__name`; one that is empty is left out."""
    named = tuple((key.replace("__", ":"), value) for key, value in attributes.items() if value)
    return Element(name, named, inside if isinstance(inside, str) else tuple(inside))


def document(root: Element) -> str:
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *root.lines(), ""])
