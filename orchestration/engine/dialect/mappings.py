"""What goes into an activity, and what comes out of it?

`flowable:in` and `out`, `camunda:inputOutput` (also of a connector), `zeebe:ioMapping`, our own `input` and `output`:
each becomes a transfer from a formula to the name of a variable.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from orchestration.engine.dialect.scripts import feel, value_of
from orchestration.engine.dialect.texts import Texts
from orchestration.engine.dialect.values import Transfer
from orchestration.engine.dialect.vendors import CASEWRIGHT, vendor_elements
from orchestration.engine.expressions import Formula, formula
from orchestration.engine.feel.problems import quote
from orchestration.engine.juel import quoted
from orchestration.engine.xml import Element


def inputs(texts: Texts) -> tuple[Transfer, ...]:
    return (*_all(texts, "input", "in", "inputParameter"), *_mapped(texts, "input"))


def outputs(texts: Texts) -> tuple[Transfer, ...]:
    return (*_all(texts, "output", "out", "outputParameter"), *_mapped(texts, "output"))


def _all(texts: Texts, own: str, carried: str, parameter: str) -> Iterator[Transfer]:
    for child in vendor_elements(texts.element, own):
        if child.namespace == CASEWRIGHT:
            yield from _transfer(texts, texts.value(child.get("value", "")), child.get("name"))
    for child in vendor_elements(texts.element, carried):
        yield from _carried(texts, child)
    connectors = vendor_elements(texts.element, "connector")
    holders = [holder for connector in connectors for holder in connector.all("inputOutput")]
    for holder in (*vendor_elements(texts.element, "inputOutput"), *holders):
        for child in holder.all(parameter):
            yield from _transfer(texts, _parameter(texts, child), child.get("name"), own=parameter == "inputParameter")


def _carried(texts: Texts, child: Element) -> Iterator[Transfer]:
    """`flowable:in` and `:out`, `camunda:` too: `source` is a variable, `sourceExpression` JUEL."""
    source, expression = child.get("source"), child.get("sourceExpression")
    target, local = child.get("target") or child.get("targetExpression"), child.get("local") == "true"
    read = (
        texts.value(expression) if expression is not None else texts.reference(source) if source is not None else None
    )
    for transfer in _transfer(texts, read, target) if read is not None else ():
        yield replace(transfer, own=local and child.name == "out", of_own=local and child.name == "in")


def _transfer(texts: Texts, source: Formula | None, target: str | None, own: bool = False) -> Iterator[Transfer]:
    to = texts.value(target)
    if target is None:
        texts.fault("a mapping does not say where its value goes (no name or target)")
    elif source is not None and to is not None:
        yield Transfer(source, to, own)


# -- Camunda 7: a parameter is a text, a script, a list or a map


def _parameter(texts: Texts, child: Element) -> Formula | None:
    nested = child.first("script", "list", "map")
    if nested is None:
        return texts.value(child.text.strip())
    if nested.name == "script":
        return _script(texts, nested)
    parts = [_part(texts, each) for each in nested.children]
    written = [part for part in parts if part is not None]
    if len(written) < len(parts):
        return None
    return texts.condition(f"[{', '.join(written)}]" if nested.name == "list" else f"{{{', '.join(written)}}}")


def _part(texts: Texts, child: Element) -> str | None:
    """One item of a list, or one entry of a map, in FEEL."""
    value = _script(texts, child) if child.name == "script" else _parameter(texts, child)
    if value is None:
        return None
    return f"{quoted(child.get('key') or '')}: {feel(value)}" if child.name == "entry" else feel(value)


def _script(texts: Texts, element: Element) -> Formula | None:
    if element.get("resource") is not None:
        texts.fault(f"The script stands in the file {quote(element.get('resource'))}; write it into the model.")
        return None
    return texts.tried(lambda: value_of(element.text.strip(), element.get("scriptFormat") or ""))


# -- Zeebe: a source is FEEL after `=`, else a text; a target may lie inside a variable


def _mapped(texts: Texts, name: str) -> tuple[Transfer, ...]:
    found: dict[str, Transfer] = {}
    for holder in vendor_elements(texts.element, "ioMapping"):
        for child in holder.all(name):
            written = child.get("source")
            source = texts.condition("null") if not written else texts.value(written)
            for transfer in _transfer(texts, source, child.get("target"), own=name == "input"):
                _add(texts, found, transfer, name)
    return tuple(found.values())


def _add(texts: Texts, found: dict[str, Transfer], transfer: Transfer, way: str) -> None:
    into = tuple(str(transfer.target.constant).split("."))
    if len(into) == 1:
        found[into[0]] = transfer
    elif not all(map(str.isidentifier, into)):
        texts.fault(f"The target {quote(transfer.target.constant)} is no name, nor a path of names.")
    elif (put := texts.tried(partial(_inside, found.get(into[0]), transfer, into, way))) is not None:
        found[into[0]] = put


def _inside(before: Transfer | None, transfer: Transfer, into: tuple[str, ...], way: str) -> Transfer:
    """Several values may be put into one variable; what is put into on the way out keeps its other entries."""
    variable, *path = into
    base = feel(before.source) if before is not None else "{}" if way == "input" else _context(variable)
    put = _put(base, path, feel(transfer.source))
    return Transfer(formula(put), formula(quoted(variable)), transfer.own)


def _context(text: str) -> str:
    return f"(if {text} = null then {{}} else {text})"


def _put(context: str, path: list[str], value: str) -> str:
    key, rest = quoted(path[0]), path[1:]
    entry = _put(_context(f"get value({context}, {key})"), rest, value) if rest else value
    return f"context put({context}, {key}, {entry})"
