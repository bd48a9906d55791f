"""Over what does a loop or a repetition run, and what does it gather?

Attributes of Flowable and Camunda 7, `zeebe:loopCharacteristics`, Flowable's `collection` and `variableAggregation`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from orchestration.engine.dialect.scripts import feel
from orchestration.engine.dialect.texts import Texts
from orchestration.engine.dialect.values import Aggregation, Gathered
from orchestration.engine.dialect.vendors import inner, vendor, vendor_elements
from orchestration.engine.expressions import Formula
from orchestration.engine.xml import Element


def loop(texts: Texts) -> dict[str, Any]:
    """What the extensions of an element, or of its loop characteristics, say about a collection."""
    element = texts.element
    zeebe = vendor_elements(element, "loopCharacteristics")
    gathered = tuple(aggregations(texts))
    return {
        "collection": _collection(texts),
        "element_variable": vendor(element, "elementVariable", "elementVariableName")
        or inner(element, "loopCharacteristics", "inputElement"),
        "element_index_variable": vendor(element, "elementIndexVariable", "elementIndexVariableName"),
        "first_index": 1 if zeebe else 0,
        "collected": (*_zeebe(texts), *_lists(texts, gathered)),
        "gathered": tuple(entry.variable for one in gathered for entry in one.entries if entry.variable),
    }


def _collection(texts: Texts) -> Formula | None:
    element = texts.element
    zeebe = inner(element, "loopCharacteristics", "inputCollection")
    named = vendor(element, "collection", "collectionVariable")
    if zeebe is not None:
        return texts.value(zeebe)
    if named is not None:
        return texts.reference(named)
    for holder in vendor_elements(element, "collection"):
        if vendor(holder, "class", "delegateExpression") or holder.get("class") or holder.first("collectionParser"):
            code = vendor(holder, "class", "delegateExpression") or holder.get("class") or "a parser"
            texts.fault(f"Its collection is made by the Java code '{code[:80]}', which does not run here; give a list.")
            return None
        written = holder.first("expression", "string")
        return None if written is None else texts.reference(written.text.strip())
    return None


def _zeebe(texts: Texts) -> Iterator[tuple[str, Formula | None]]:
    name = inner(texts.element, "loopCharacteristics", "outputCollection")
    each = inner(texts.element, "loopCharacteristics", "outputElement")
    if name is not None:
        yield name, texts.condition(each) if each else None


def _lists(texts: Texts, gathered: Iterable[Aggregation]) -> Iterator[tuple[str | Formula, Formula | None]]:
    """A list with an object for each instance; a value that an instance does not have is null in it."""
    for one in gathered:
        if one.overview:
            texts.fault("No overview is kept while the loop runs; its list is there when it is over.", severe=False)
        entries = (f"{{key: string({feel(entry.name)}), value: {feel(entry.value)}}}" for entry in one.entries)
        constant = one.target.constant
        yield constant or one.target, texts.condition(f"context([{', '.join(entries)}])")


def aggregations(texts: Texts) -> Iterator[Aggregation]:
    """What of each repetition is kept, and where. (Flowable's `variableAggregation`)"""
    for holder in vendor_elements(texts.element, "variableAggregation"):
        if code := holder.get("class") or holder.get("delegateExpression"):
            texts.fault(
                f"Its variables are gathered by the Java code '{code[:80]}', which does not run here; name them."
            )
        entries = tuple(_entry(texts, each) for each in holder.all("variable"))
        target = texts.value(holder.get("target") or holder.get("targetExpression"))
        if target is None or target.constant == "":
            texts.fault("What is gathered needs a target.")
        elif all(entries):
            said = holder.attributes.get
            yield Aggregation(
                target,
                tuple(filter(None, entries)),
                said("createOverviewVariable") == "true",
                said("storeAsTransientVariable") == "true",
            )


def _entry(texts: Texts, variable: Element) -> Gathered | None:
    source = variable.get("source") or variable.get("sourceExpression") or ""
    target = variable.get("target") or variable.get("targetExpression") or source
    value = texts.reference(source) if source else None
    name = texts.value(target)
    if value is None or name is None:
        texts.fault("A variable that is gathered needs a source.")
        return None
    return Gathered(name, value, variable.get("source"))
