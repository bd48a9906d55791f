"""How does this Salesforce answer a request? (REST API, JSON)

POST  /services/oauth2/token                               a token, for client id and secret
GET   /services/data/vXX.0/query?q=SOQL                    rows, and where the next ones are
GET   /services/data/vXX.0/query/LOCATOR                   the next ones
GET   /services/data/vXX.0/sobjects/NAME/FIELD/VALUE       a row by its external id
PATCH /services/data/vXX.0/sobjects/NAME/FIELD/VALUE       change it, or make it (`updateOnly=true`: change it only)
GET   /services/data/vXX.0/sobjects/NAME/describe          fields       GET /services/data/vXX.0/limits
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec

from casework.runtime.stand_ins.answers import Answer, Request
from casework.runtime.stand_ins.salesforce import sessions
from casework.runtime.stand_ins.salesforce.objects import Kind, Wrong, described, kind_of, new_id, taken
from casework.runtime.stand_ins.salesforce.said import refused, said
from casework.runtime.stand_ins.salesforce.soql import query_of
from casework.runtime.stand_ins.store import Store, now

Json = Any
P = ParamSpec("P")
Answering = Callable[Concatenate[Store, Request, str, P], Answer]

OLDEST, NEWEST = 31.0, 68.0
BODY_AGAIN: Final = 46.0
"""From this version on an update is answered with a body (200), before it with none (204)."""
BATCH, FEWEST = 2_000, 200
ROUTES_AT: Final = r"/services/data/v([0-9]{2}\.0)"


def _with_session(does: Answering[P]) -> Answering[P]:
    """For those who have a token, within the requests of a day; what is refused is an array of errors."""

    @wraps(does)
    def answer(store: Store, request: Request, version: str, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        try:
            if not OLDEST <= float(version) <= NEWEST:
                raise Wrong("NOT_FOUND", "The requested resource does not exist", status=404)
            limit = sessions.admitted(store, request)
        except Wrong as wrong:
            return refused(wrong)
        try:
            found = does(store, request, version, *args, **kwargs)
        except Wrong as wrong:
            found = refused(wrong)
        return Answer(found.status, found.content, {**found.headers, "Sforce-Limit-Info": limit})

    return answer


@_with_session
def query(store: Store, request: Request, version: str) -> Answer:
    asked = query_of(request.query.get("q", ""))
    found = asked.of(_rows(store, asked.kind))
    if not asked.fields:
        return said(200, {"totalSize": len(found), "done": True, "records": []})
    shown = [_shown(asked.kind, version, row, asked.fields) for row in found]
    return _batch(store, version, shown, 0, _batch_size(request), "")


@_with_session
def more(store: Store, request: Request, version: str, locator: str) -> Answer:
    name, _, at = locator.rpartition("-")
    rows = store.rows("select * from crm_cursors where locator = ?", name)
    if not rows or not at.isdigit():
        raise Wrong("INVALID_QUERY_LOCATOR", "invalid query locator")
    return _batch(store, version, json.loads(rows[0]["rows"]), int(at), rows[0]["size"], name)


@_with_session
def read(store: Store, request: Request, version: str, name: str, field: str, value: str) -> Answer:
    kind = _by_external(name, field)
    row = _row(store, kind, value)
    if row is None:
        raise Wrong("NOT_FOUND", "The requested resource does not exist", status=404)
    wanted = [one for one in request.query.get("fields", "").split(",") if one]
    strange = [one for one in wanted if kind.field(one) is None]
    if strange:
        raise Wrong("INVALID_FIELD", f"No such column '{strange[0]}' on sobject of type {kind.name}")
    names = tuple(wanted) or tuple(one.name for one in kind.fields)
    return said(200, _shown(kind, version, row, names))


@_with_session
def upsert(store: Store, request: Request, version: str, name: str, field: str, value: str) -> Answer:
    kind = _by_external(name, field)
    if len(value) > kind.external.length:
        raise Wrong("STRING_TOO_LONG", f"{kind.external.label}: data value too large", (kind.external.name,))
    given = _body(request)
    with store.change():
        row = _row(store, kind, value)
        if row is None and request.query.get("updateOnly", "").lower() == "true":
            raise Wrong("NOT_FOUND", "The requested resource does not exist", status=404)
        changes = taken(kind, given, new=row is None)
        number = _written(store, kind, value, row, changes)
    result = {"id": number, "success": True, "errors": [], "created": row is None}
    if row is None:
        return said(201, result, Location=f"/services/data/v{version}/sobjects/{kind.name}/{number}")
    return said(200, result) if float(version) >= BODY_AGAIN else Answer(204, b"", {})


@_with_session
def describe(store: Store, request: Request, version: str, name: str) -> Answer:
    return said(200, described(kind_of(name), f"/services/data/v{version}"))


@_with_session
def limits(store: Store, request: Request, version: str) -> Answer:
    most = sessions.most_of_a_day(store)
    return said(200, {"DailyApiRequests": {"Max": most, "Remaining": most - sessions.used(store)}})


ROUTES: Final[tuple[tuple[str, str, str, Callable[..., Answer]], ...]] = (
    ("POST", "/services/oauth2/token", "customers", sessions.token),
    ("GET", rf"{ROUTES_AT}/query/?", "customers", query),
    ("GET", rf"{ROUTES_AT}/query/([A-Za-z0-9-]{{1,60}})", "customers", more),
    ("GET", rf"{ROUTES_AT}/limits/?", "customers", limits),
    ("GET", rf"{ROUTES_AT}/sobjects/([A-Za-z_]{{1,80}})/describe/?", "customers", describe),
    ("GET", rf"{ROUTES_AT}/sobjects/([A-Za-z_]{{1,80}})/([A-Za-z_]{{1,80}})/([^/]{{1,255}})", "customers", read),
    ("PATCH", rf"{ROUTES_AT}/sobjects/([A-Za-z_]{{1,80}})/([A-Za-z_]{{1,80}})/([^/]{{1,255}})", "customers", upsert),
)


def _by_external(name: str, field: str) -> Kind:
    """The object, whose rows are found by this field. Raises Wrong."""
    kind = kind_of(name)
    if kind.external.name.lower() != field.lower():
        raise Wrong("NOT_FOUND", "Provided external ID field does not exist or is not accessible: " + field, status=404)
    return kind


def _body(request: Request) -> dict[str, Json]:
    try:
        found = request.json()
    except ValueError:
        raise Wrong("JSON_PARSER_ERROR", "Unexpected character or end of input") from None
    if not isinstance(found, dict):
        raise Wrong("JSON_PARSER_ERROR", "Can not deserialize: an object is expected")
    return found


def _rows(store: Store, kind: Kind) -> list[dict[str, Json]]:
    found = store.rows("select document from crm_rows where object = ? order by id", kind.name)
    return [json.loads(row["document"]) for row in found]


def _row(store: Store, kind: Kind, external: str) -> dict[str, Json] | None:
    """External ids are the same in capital and small letters."""
    found = store.rows(
        "select document from crm_rows where object = ? and external = ? collate nocase", kind.name, external
    )
    return json.loads(found[0]["document"]) if found else None


def _written(store: Store, kind: Kind, external: str, row: Mapping[str, Json] | None, changes: Json) -> str:
    at = now()
    if row is None:
        many = store.rows("select count(*) as many from crm_rows where object = ?", kind.name)[0]["many"]
        number = new_id(kind, many + 1)
        document = {"Id": number, kind.external.name: external, "CreatedDate": at, "LastModifiedDate": at, **changes}
        store.rows(
            "insert into crm_rows values (?, ?, ?, ?) returning id", number, kind.name, external, json.dumps(document)
        )
        return number
    document = {**row, **changes, "LastModifiedDate": at}
    store.rows("update crm_rows set document = ? where id = ? returning id", json.dumps(document), row["Id"])
    return str(row["Id"])


def _shown(kind: Kind, version: str, row: Mapping[str, Json], names: tuple[str, ...]) -> dict[str, Json]:
    url = f"/services/data/v{version}/sobjects/{kind.name}/{row['Id']}"
    right = [field.name for field in (kind.field(one) for one in names) if field is not None]
    return {"attributes": {"type": kind.name, "url": url}, **{name: row.get(name) for name in right}}


def _batch_size(request: Request) -> int:
    found = re.search(r"batchSize\s*=\s*(\d{1,6})", request.headers.get("sforce-query-options", ""), re.IGNORECASE)
    return min(max(int(found[1]), FEWEST), BATCH) if found else BATCH


def _batch(store: Store, version: str, rows: list[Json], at: int, size: int, name: str) -> Answer:
    told: dict[str, Json] = {"totalSize": len(rows), "done": at + size >= len(rows), "records": rows[at : at + size]}
    if not told["done"]:
        if not name:
            name = f"01g{secrets.token_hex(6)}AAA"
            store.rows("insert into crm_cursors values (?, ?, ?) returning locator", name, size, json.dumps(rows))
        told["nextRecordsUrl"] = f"/services/data/v{version}/query/{name}-{at + size}"
    return said(200, told)
