"""What does the stand-in remember? Orders, policies, payments, entries, calls and faults, in one SQLite file."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any, Final

from casework.runtime.stand_ins import erp_seed
from casework.runtime.stand_ins.azure import tables
from casework.runtime.stand_ins.salesforce import objects

Json = Any

SAMPLES: Final = Path(__file__).resolve().parents[2] / "casetypes/refund/samples/requests.csv"
"""The orders of the sample cases are those that it knows, so that each sample finds its own."""
MORE: Final = 20
TABLES: Final = """
create table if not exists customers (number text primary key, document text not null);
create table if not exists orders (number text primary key, document text not null);
create table if not exists payments (
    number integer primary key autoincrement, key text unique, request text not null, document text not null);
create table if not exists entries (
    number integer primary key autoincrement, reference text unique, customer text not null, amount text not null,
    reason text not null, at text not null);
create table if not exists loans (
    number integer primary key autoincrement, reference text unique, customer text not null, amount text not null,
    months text not null, at text not null);
create table if not exists policies (number text primary key, document text not null);
create table if not exists claims (claim text primary key, policy text not null, document text not null);
create table if not exists messages (
    number integer primary key autoincrement, key text unique, request text not null, recipient text not null,
    subject text not null, text text not null, at text not null);
create table if not exists calls (system text primary key, count integer not null);
create table if not exists troubles (
    system text primary key, fault text not null, seconds real not null, times integer not null, until real not null);
"""


class Store:
    """One connection, one thread at a time."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._lock = RLock()
        self._connection.executescript(TABLES + erp_seed.TABLES + objects.TABLES + tables.TABLES)
        with self.change():
            erp_seed.seed(self.rows, now())
            if not self.rows("select 1 from orders limit 1"):
                self._seed()
            if not self.rows("select 1 from crm_rows where object = 'Contact' limit 1"):
                known = self.rows("select document from customers order by number")
                objects.seed(self.rows, [json.loads(row["document"]) for row in known], now())

    @contextmanager
    def change(self) -> Iterator[None]:
        """All of it or nothing, with nobody else at it meanwhile."""
        with self._lock:
            self._connection.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")

    def rows(self, sql: str, *values: Json) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def added(self, sql: str, *values: Json) -> int:
        """The number of the row that was added."""
        with self._lock:
            return int(self._connection.execute(sql, values).lastrowid or 0)

    def document(self, table: str, number: str) -> Json:
        """The document of this number; None where there is none."""
        found = self.rows(f"select document from {table} where number = ?", number)  # noqa: S608 - our own names
        return json.loads(found[0]["document"]) if found else None

    def count_call(self, system: str) -> None:
        self.rows(
            "insert into calls values (?, 1) on conflict (system) do update set count = count + 1 returning count",
            system,
        )

    def counts(self) -> dict[str, int]:
        """Calls by system, and what they led to."""
        found = {f"calls of {row['system']}": row["count"] for row in self.rows("select * from calls order by system")}
        for table in ("payments", "entries", "loans", "claims", "messages", "erp_invoices", "erp_payments"):
            found[table] = self.rows(f"select count(*) as many from {table}")[0]["many"]  # noqa: S608
        return found

    def _seed(self) -> None:
        for at, (receipt, name, email, amount, refunds) in enumerate([*_samples(), *_others()]):
            customer = f"C-{1001 + at}"
            person = {"customer": customer, "name": name, "email": email, "since": 2015 + at % 10, "refunds": refunds}
            order = {
                "order": receipt, "customer": customer, "total": amount, "currency": "EUR", "state": "delivered",
                "refundable": amount, "lines": [{"article": f"ART-{100 + at}", "quantity": 1, "amount": amount}],
            }  # fmt: skip
            self.rows("insert or ignore into customers values (?, ?)", customer, json.dumps(person))
            self.rows("insert or ignore into orders values (?, ?)", receipt, json.dumps(order))


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


Sample = tuple[str, str, str, float, int]


def sample_orders() -> Iterator[tuple[str, float]]:
    """Number and sum of each order of the sample cases."""
    yield from ((number, total) for number, _, _, total, _ in _samples() if total > 0)


def _samples() -> Iterator[Sample]:
    if not SAMPLES.exists():
        return
    with SAMPLES.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["receipt"]:
                refunds = int(row["earlier refunds"] or 0)
                yield row["receipt"], row["name"], row["email"], float(row["amount"] or 0), refunds


def _others() -> Iterator[Sample]:
    for at in range(MORE):
        yield f"R-3{at:04}", f"Sample Customer {at + 1}", f"customer{at + 1}@example.org", 19.9 + 15 * at, at % 4
