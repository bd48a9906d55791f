"""Which objects and fields does this Salesforce have, and what does it not take?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Json = Any

TABLES: Final = """
create table if not exists crm_rows (
    id text primary key, object text not null, external text, document text not null, unique (object, external));
create table if not exists crm_sessions (token text primary key, at text not null);
create table if not exists crm_cursors (locator text primary key, size integer not null, rows text not null);
create table if not exists crm_usage (day text primary key, count integer not null);
create table if not exists crm_settings (name text primary key, value integer not null);
"""
EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class Field:
    """`type` as describe names it; `length` of a text. Read-only fields are the system's own."""

    name: str
    label: str
    type: str = "string"
    length: int = 0
    required: bool = False
    external: bool = False
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """An object: the first three signs of its ids, its label, its fields."""

    name: str
    prefix: str
    label: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        """Names of fields are the same in capital and small letters."""
        return next((one for one in self.fields if one.name.lower() == name.lower()), None)

    @property
    def external(self) -> Field:
        return next(one for one in self.fields if one.external)


class Wrong(Exception):
    """What is not taken, as an error of the API says it."""

    def __init__(self, code: str, message: str, fields: tuple[str, ...] = (), *, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.fields, self.status = code, message, fields, status


OWN: Final = (
    Field("Id", "Record ID", "id", 18, read_only=True),
    Field("CreatedDate", "Created Date", "datetime", read_only=True),
    Field("LastModifiedDate", "Last Modified Date", "datetime", read_only=True),
)
KINDS: Final[Mapping[str, Kind]] = {
    one.name.lower(): one
    for one in (
        Kind("Account", "001", "Account", (
            *OWN, Field("Name", "Account Name", length=255, required=True), Field("Phone", "Phone", "phone", 40),
            Field("Account_Number__c", "Account Number", length=60, external=True),
        )),
        Kind("Contact", "003", "Contact", (
            *OWN, Field("FirstName", "First Name", length=40), Field("LastName", "Last Name", length=80, required=True),
            Field("Email", "Email", "email", 80), Field("Phone", "Business Phone", "phone", 40),
            Field("MailingCity", "Mailing City", length=40),
            Field("Customer_Number__c", "Customer Number", length=60, external=True),
            Field("Customer_Since__c", "Customer Since", "double"), Field("Refunds__c", "Refunds", "double"),
            Field("Standing__c", "Standing", length=40),
        )),
        Kind("Case", "500", "Case", (
            *OWN, Field("Subject", "Subject", length=255), Field("Status", "Status", "picklist", 40),
            Field("Description", "Description", "textarea", 32_000), Field("ContactId", "Contact ID", "reference", 18),
            Field("Casewright_Number__c", "Casewright Number", length=60, external=True),
        )),
    )
}  # fmt: skip


def kind_of(name: str) -> Kind:
    """Raises Wrong."""
    found = KINDS.get(name.lower())
    if found is None:
        raise Wrong("NOT_FOUND", "The requested resource does not exist", status=404)
    return found


def taken(kind: Kind, given: Mapping[str, Json], *, new: bool) -> dict[str, Json]:
    """The fields of a request by their right names. Raises Wrong."""
    found = {}
    for name, value in given.items():
        if name == "attributes":
            continue
        field = kind.field(name)
        if field is None:
            raise Wrong("INVALID_FIELD", f"No such column '{name}' on sobject of type {kind.name}")
        if field.read_only or field.external:
            raise Wrong(
                "INVALID_FIELD_FOR_INSERT_UPDATE", f"Unable to create/update fields: {field.name}.", (field.name,)
            )
        found[field.name] = _value(field, value)
    missing = tuple(one.name for one in kind.fields if one.required and _is_empty(one, found, new=new))
    if missing:
        raise Wrong("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", missing)
    return found


def _is_empty(field: Field, found: Mapping[str, Json], *, new: bool) -> bool:
    return (new and field.name not in found) or (field.name in found and found[field.name] in (None, ""))


def _value(field: Field, value: Json) -> Json:
    if value is None:
        return None
    if field.type == "double":
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Wrong("JSON_PARSER_ERROR", f"Cannot deserialize instance of double from {json.dumps(value)}")
        return float(value)
    if not isinstance(value, str):
        raise Wrong("JSON_PARSER_ERROR", f"Cannot deserialize instance of {field.type} from {json.dumps(value)}")
    if field.length and len(value) > field.length:
        said = f"{field.label}: data value too large: {value[:80]} (max length={field.length})"
        raise Wrong("STRING_TOO_LONG", said, (field.name,))
    if field.type == "email" and value and not EMAIL.fullmatch(value):
        raise Wrong("INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {value}", (field.name,))
    return value or None


def described(kind: Kind, base: str) -> dict[str, Json]:
    """What "sObject Describe" tells of it; of each field what the calls here need."""
    fields = [
        {
            "name": one.name, "label": one.label, "type": one.type, "length": one.length, "externalId": one.external,
            "unique": one.external, "nillable": not one.required, "updateable": not one.read_only,
            "createable": not one.read_only, "custom": one.name.endswith("__c"),
        }
        for one in kind.fields
    ]  # fmt: skip
    urls = {"sobject": f"{base}/sobjects/{kind.name}", "describe": f"{base}/sobjects/{kind.name}/describe"}
    return {
        "name": kind.name, "label": kind.label, "keyPrefix": kind.prefix, "queryable": True, "createable": True,
        "updateable": True, "custom": False, "fields": fields, "urls": urls,
    }  # fmt: skip


def new_id(kind: Kind, number: int) -> str:
    """Eighteen signs, as ids of records are: fifteen, and three that tell capital from small letters."""
    short = f"{kind.prefix}Sw{number:010}"
    bits = ("".join("1" if sign.isupper() else "0" for sign in reversed(short[at : at + 5])) for at in (0, 5, 10))
    return short + "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[int(each, 2)] for each in bits)


def seed(write: Callable[..., Any], customers: Iterable[Mapping[str, Json]], at: str) -> None:
    """Put in a contact for each customer that is not there yet. `write`: takes SQL and its values."""
    contact = KINDS["contact"]
    for place, (external, row) in enumerate(_contacts(customers, at)):
        number = new_id(contact, place + 1)
        document = json.dumps({"Id": number, **row, contact.external.name: external})
        write("insert or ignore into crm_rows values (?, 'Contact', ?, ?)", number, external, document)


def _contacts(customers: Iterable[Mapping[str, Json]], at: str) -> Iterator[tuple[str, dict[str, Json]]]:
    for place, one in enumerate(customers):
        first, _, last = str(one["name"]).rpartition(" ")
        yield one["customer"], {
            "FirstName": first or None, "LastName": last or "Unknown", "Email": one["email"] or None,
            "Phone": f"+49 30 5550 {place:04}", "MailingCity": "Berlin", "Customer_Since__c": float(one["since"]),
            "Refunds__c": float(one["refunds"]), "Standing__c": "Gold" if place % 5 == 0 else "Standard",
            "CreatedDate": at, "LastModifiedDate": at,
        }  # fmt: skip
