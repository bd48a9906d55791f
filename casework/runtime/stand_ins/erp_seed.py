"""With which suppliers, orders and invoices does the stand-in for an ERP begin?

The orders are those of the sample cases of `supplier-invoice`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

SUPPLIERS: Final = (
    ("S-101", "Nordlicht Werkzeuge GmbH", "DE89370400440532013000"),
    ("S-102", "Van Dijk Verpakkingen BV", "NL91ABNA0417164300"),
    ("S-103", "Harbour Office Supplies Ltd", "GB33BUKB20201555555555"),
    ("S-104", "Alpenstrom AG", "CH9300762011623852957"),
    ("S-105", "Lumière Impression SARL", "FR1420041010050500013M02606"),
    ("S-106", "Brugge Transport BV", "BE68539007547034"),
)
ORDERS: Final = (
    ("PO-4710", "S-102", 242.0), ("PO-4711", "S-101", 1190.0), ("PO-4712", "S-102", 605.0), ("PO-4713", "S-103", 249.6),
    ("PO-4714", "S-104", 12924.0), ("PO-4715", "S-105", 480.0), ("PO-4716", "S-106", 363.0),
    ("PO-4717", "S-101", 2380.0),
)  # fmt: skip
BOOKED_BEFORE: Final = ("S-102", "VD-2026-0093", "PO-4710", 242.0)
"""An invoice that it has already, so that one that comes twice shows."""
TABLES: Final = """
create table if not exists erp_suppliers (number text primary key, name text not null, iban text not null);
create table if not exists erp_orders (number text primary key, supplier text not null, total real not null);
create table if not exists erp_changes (key text primary key);
create table if not exists erp_invoices (
    id integer primary key autoincrement, key text unique, request text not null, supplier text not null,
    number text not null, ordered text not null, total real not null, at text not null, unique (supplier, number));
create table if not exists erp_payments (
    id integer primary key autoincrement, key text unique, request text not null, invoice integer not null unique,
    amount real not null, at text not null);
create table if not exists erp_claims (
    id integer primary key autoincrement, claim text not null unique, amount real not null, state text not null,
    at text not null);
"""


def seed(write: Callable[..., Any], at: str) -> None:
    """Put in what is not there yet. `write`: takes SQL and its values."""
    for supplier in SUPPLIERS:
        write("insert or ignore into erp_suppliers values (?, ?, ?)", *supplier)
    for order in ORDERS:
        write("insert or ignore into erp_orders values (?, ?, ?)", *order)
    write(
        "insert or ignore into erp_invoices (key, request, supplier, number, ordered, total, at) "
        "values ('before', '', ?, ?, ?, ?, ?)",
        *BOOKED_BEFORE, at,
    )  # fmt: skip
