"""How does this Document Intelligence read a document? By the readers of Casewright, in the service's own shape.

POST /documentintelligence/documentModels/MODEL:analyze              202, and where the result will be
GET  /documentintelligence/documentModels/MODEL/analyzeResults/ID    running, succeeded or failed

MODEL is prebuilt-invoice or prebuilt-read. An operation is kept before it is answered: one that was under way when the
process died is begun anew when somebody looks after it.
"""

from __future__ import annotations

import base64
import json
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from casework.runtime.stand_ins.answers import Answer, Request
from casework.runtime.stand_ins.azure.said import refused, said, turned_away
from casework.runtime.stand_ins.place import AZURE_DOCUMENTS_KEY
from casework.runtime.stand_ins.store import Store, now
from orchestration.documents.confined import Unreadable
from orchestration.documents.fields import AMOUNTS, DAYS, found_in, plain_of
from orchestration.documents.finding import Found
from orchestration.documents.kinds import Kind, kind_of
from orchestration.documents.reading import AT_ONCE, PICTURED, pictures_read, text_of
from orchestration.documents.words import Box, Page

Json = Any

MODELS: Final = ("prebuilt-invoice", "prebuilt-read")
VERSION: Final = "2024-11-30"
TAKEN: Final = frozenset({"pdf"}) | PICTURED
WIDE, HIGH = 8.2639, 11.6944
"""Inches of a page: it tells places of a page of A4, whatever the paper was."""
FIELDS: Final = {
    "company": "VendorName", "number": "InvoiceId", "order": "PurchaseOrder", "date": "InvoiceDate", "due": "DueDate",
    "net": "SubTotal", "tax": "TotalTax", "total": "InvoiceTotal",
}  # fmt: skip
MOST_PAGES: Final = 2_000
BAD_FILE: Final = (
    "The file format is unsupported or corrupted. Refer to documentation for the list of supported formats."
)
_under_way: set[str] = set()


def analyze(store: Store, request: Request, model: str) -> Answer:
    if (wrong := _wrong(store, request, model)) is not None:
        return wrong
    try:
        content = _content(request)
    except ValueError:
        return _invalid("InvalidArgument", "The request body is none that is expected.")
    kind = kind_of(content) if content else None
    if not isinstance(kind, Kind) or kind.key not in TAKEN:
        return _invalid("InvalidContent", BAD_FILE)
    number = str(uuid.uuid4())
    store.rows(
        "insert into azure_operations values (?, ?, ?, ?, ?, '') returning id", number, model, now(), content,
        request.query.get("pages", ""),
    )  # fmt: skip
    _begin(store, number)
    place = f"/documentintelligence/documentModels/{model}/analyzeResults/{number}?api-version={VERSION}"
    host = request.headers.get("host", "localhost")
    return said(202, None, Operation_Location=f"http://{host}{place}", Retry_After="1", apim_request_id=number)


def result(store: Store, request: Request, model: str, number: str) -> Answer:
    if (wrong := _wrong(store, request, model)) is not None:
        return wrong
    rows = store.rows("select model, at, result from azure_operations where id = ?", number)
    if not rows or rows[0]["model"] != model:
        return refused(404, "NotFound", "Resource not found.", {"code": "OperationNotFound", "message": "None such."})
    times = {"createdDateTime": rows[0]["at"], "lastUpdatedDateTime": now()}
    if not rows[0]["result"]:
        _begin(store, number)
        return said(200, {"status": "running", **times}, Retry_After="1")
    return said(200, {**times, **json.loads(rows[0]["result"])})


ROUTES: Final[tuple[tuple[str, str, str, Callable[..., Answer]], ...]] = (
    ("POST", r"/documentintelligence/documentModels/([A-Za-z0-9._~-]{2,64}):analyze", "azure", analyze),
    (
        "GET",
        r"/documentintelligence/documentModels/([A-Za-z0-9._~-]{2,64})/analyzeResults/([0-9a-f-]{36})",
        "azure",
        result,
    ),
)


def _wrong(store: Store, request: Request, model: str) -> Answer | None:
    if (away := turned_away(store, request, "ocp-apim-subscription-key", AZURE_DOCUMENTS_KEY)) is not None:
        return away
    if request.query.get("api-version") != VERSION:
        return refused(404, "404", "Resource not found")
    if model not in MODELS:
        inner = {"code": "ModelNotFound", "message": "The requested model was not found."}
        return refused(404, "NotFound", "Resource not found.", inner)
    return None


def _invalid(code: str, message: str) -> Answer:
    return refused(400, "InvalidRequest", "Invalid request.", {"code": code, "message": message})


def _content(request: Request) -> bytes:
    """The document: as it is, or in base64 in JSON. Raises ValueError."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return request.body
    found = request.json()
    if not isinstance(found, dict) or not isinstance(found.get("base64Source"), str):
        raise ValueError("no base64Source")  # fetching what an address leads to is nothing for a stand-in
    return base64.b64decode(found["base64Source"], validate=True)


def _begin(store: Store, number: str) -> None:
    if number not in _under_way:
        _under_way.add(number)
        threading.Thread(target=_work, args=(store, number), daemon=True).start()


def _work(store: Store, number: str) -> None:
    (row,) = store.rows("select * from azure_operations where id = ?", number)
    try:
        told = {"status": "succeeded", "analyzeResult": _analysed(row["model"], row["content"], row["pages"])}
    except (Unreadable, ValueError):
        error = {"code": "InvalidContent", "message": BAD_FILE}
        told = {
            "status": "failed",
            "error": {"code": "InvalidRequest", "message": "Invalid request.", "innererror": error},
        }
    store.rows("update azure_operations set result = ? where id = ? returning id", json.dumps(told), number)
    _under_way.discard(number)


def _analysed(model: str, content: bytes, wanted: str) -> dict[str, Json]:
    """Raises Unreadable, ValueError."""
    kind = kind_of(content)
    if not isinstance(kind, Kind):
        raise ValueError("no document")
    text = text_of(content, kind.key, 1)
    first, _, last = wanted.partition("-")
    low, high = int(first or 1), int(last or first or MOST_PAGES)
    pictures = [one for one in text.pictures if low <= one <= high]
    read = [pictures_read(content, kind.key, pictures[at : at + AT_ONCE]) for at in range(0, len(pictures), AT_ONCE)]
    pages = sorted((*text.pages, *(page for some in read for page in some)), key=lambda one: one.number)
    pages = [page for page in pages if low <= page.number <= high]
    told = {
        "apiVersion": VERSION, "modelId": model, "stringIndexType": "textElements", "contentFormat": "text",
        "content": "\n".join(page.text for page in pages), "pages": [_page(page) for page in pages],
    }  # fmt: skip
    return told | ({"documents": [_invoice(pages)]} if model == "prebuilt-invoice" else {})


def _page(page: Page) -> dict[str, Json]:
    words = [
        {"content": word.text, "polygon": _polygon(word.box), "confidence": round(word.sure, 3)}
        for line in page.lines
        for word in line.words
    ]
    lines = [{"content": line.text, "polygon": _polygon(line.box)} for line in page.lines]
    return {
        "pageNumber": page.number, "angle": 0, "width": WIDE, "height": HIGH, "unit": "inch", "words": words,
        "lines": lines,
    }  # fmt: skip


def _polygon(box: Box) -> list[float]:
    """The four corners, from the upper left on."""
    left, top, right, bottom = box.left * WIDE, box.top * HIGH, box.right * WIDE, box.bottom * HIGH
    return [round(one, 4) for one in (left, top, right, top, right, bottom, left, bottom)]


def _invoice(pages: Sequence[Page]) -> dict[str, Json]:
    found = {one.name: one for one in found_in(pages)}
    code = found["currency"].value if "currency" in found else None
    fields = {FIELDS[name]: _field(one, code) for name, one in found.items() if name in FIELDS}
    if "iban" in found:
        iban = {"IBAN": _field(found["iban"], None)}
        fields["PaymentDetails"] = {"type": "array", "valueArray": [{"type": "object", "valueObject": iban}]}
    return {"docType": "invoice", "fields": fields, "confidence": min((one.sure for one in found.values()), default=0)}


def _field(one: Found, code: str | None) -> dict[str, Json]:
    return {
        **dict(_value(one, code)), "content": one.value, "confidence": one.sure,
        "boundingRegions": [{"pageNumber": one.page, "polygon": _polygon(one.box)}],
    }  # fmt: skip


def _value(one: Found, code: str | None) -> Iterator[tuple[str, Json]]:
    plain = plain_of(one.name, one.value)
    if one.name in AMOUNTS:
        yield "type", "currency"
        yield "valueCurrency", {"amount": plain} | ({"currencyCode": code} if code else {})
    elif one.name in DAYS:
        yield "type", "date"
        yield "valueDate", plain
    else:
        yield "type", "string"
        yield "valueString", plain
