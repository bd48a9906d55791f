"""What does an analysis of Azure AI Document Intelligence say, in our words?

After Microsoft's reference *Document Models - Get Analyze Result* and *Document Intelligence invoice model*. Pure: a
body becomes the fields of `read-document`, each with how sure the service is, its page and its place. Of the model
`prebuilt-read`, which gives words alone, the fields are found by our own rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from orchestration.documents.fields import AMOUNTS, NAMES, found_in, plain_of
from orchestration.documents.words import Box, Page, Word, in_lines

Json = Any
FIELDS: Final[Mapping[str, str]] = {
    "company": "VendorName", "number": "InvoiceId", "order": "PurchaseOrder", "date": "InvoiceDate", "due": "DueDate",
    "net": "SubTotal", "tax": "TotalTax", "total": "InvoiceTotal",
}  # fmt: skip
"""Our name of a field -> theirs."""
MOST: Final = 300


class Strange(ValueError):
    """What came back is no analysis."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page's number and size, in the unit of its polygons."""

    number: int
    width: float
    height: float


def fields_of(body: Json) -> dict[str, Json]:
    """The fields that an analysis names, by our names. Raises Strange."""
    try:
        result = body["analyzeResult"]
        sheets = {one["pageNumber"]: Sheet(one["pageNumber"], one["width"], one["height"]) for one in result["pages"]}
        named = [dict(one.get("fields") or {}) for one in result.get("documents") or ()]
        found = _invoice(named[0], sheets) if named else _read(pages_of(body))
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, ZeroDivisionError):
        raise Strange("Its analysis has not the shape that it is to have.") from None
    return {name: found[name] for name in NAMES if name in found}


def pages_of(body: Json) -> tuple[Page, ...]:
    """Every page with its words, where each stands. Raises KeyError, TypeError, ZeroDivisionError."""
    return tuple(_page(one) for one in body["analyzeResult"]["pages"])


def count_of_words(body: Json) -> int:
    return sum(len(one.get("words") or ()) for one in body["analyzeResult"]["pages"])


def _page(one: Mapping[str, Json]) -> Page:
    sheet = Sheet(one["pageNumber"], one["width"], one["height"])
    words = [Word(each["content"], _box(each["polygon"], sheet), float(each["confidence"])) for each in one["words"]]
    return Page(sheet.number, in_lines(words), "ocr")


def _box(polygon: Sequence[float], sheet: Sheet) -> Box:
    """The upright rectangle around a polygon (x and y in turn), as fractions of the page."""
    across = [min(max(float(x) / sheet.width, 0.0), 1.0) for x in polygon[0::2]]
    down = [min(max(float(y) / sheet.height, 0.0), 1.0) for y in polygon[1::2]]
    return Box(min(across), min(down), max(across), max(down))


def _read(pages: Sequence[Page]) -> dict[str, Json]:
    return {
        one.name: {
            "value": plain_of(one.name, one.value), "text": one.value, "sure": one.sure, "page": one.page,
            "box": one.box.packed(),
        }
        for one in found_in(pages)
    }  # fmt: skip


def _invoice(fields: Mapping[str, Json], sheets: Mapping[int, Sheet]) -> dict[str, Json]:
    found = {}
    for ours, theirs in FIELDS.items():
        if theirs in fields and (told := _told(ours, fields[theirs], sheets)) is not None:
            found[ours] = told
    total = (fields.get("InvoiceTotal") or {}).get("valueCurrency") or {}
    if "total" in found and isinstance(code := total.get("currencyCode"), str):
        found["currency"] = {**found["total"], "value": code, "text": code}
    for iban in _ibans(fields):
        if (told := _told("iban", iban, sheets)) is not None:
            found["iban"] = told
    return found


def _ibans(fields: Mapping[str, Json]) -> Iterator[Json]:
    """That of the first way to pay that names one."""
    ways = (fields.get("PaymentDetails") or {}).get("valueArray") or ()
    yield from [one["valueObject"]["IBAN"] for one in ways if "IBAN" in (one.get("valueObject") or {})][:1]


def _told(name: str, field: Mapping[str, Json], sheets: Mapping[int, Sheet]) -> dict[str, Json] | None:
    """A field with its place; None where it has no value or names no page of the document."""
    text, regions = str(field.get("content") or "").strip(), field.get("boundingRegions") or ()
    value = _value(name, field, text)
    if value in (None, "") or not regions or regions[0]["pageNumber"] not in sheets:
        return None
    sheet = sheets[regions[0]["pageNumber"]]
    sure = min(max(float(field.get("confidence") or 0.0), 0.0), 1.0)
    place = {"sure": round(sure, 2), "page": sheet.number, "box": _box(regions[0]["polygon"], sheet).packed()}
    return {"value": value, "text": (text or str(value))[:MOST], **place}


def _value(name: str, field: Mapping[str, Json], text: str) -> Json:
    if name in AMOUNTS:
        amount = (field.get("valueCurrency") or {}).get("amount", field.get("valueNumber"))
        return None if amount is None else float(amount)
    typed = field.get("valueDate") or field.get("valueString") or text
    return str(plain_of(name, str(typed)) if name == "iban" else typed)[:MOST]
