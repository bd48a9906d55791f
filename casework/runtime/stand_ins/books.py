"""How do the old systems work that have nothing but a form? A person, or a bot with a browser, types into them.

GET /ledger             the form of the goodwill ledger; GET /core/loans that of the core system of a bank
POST there              enters it and leads to its confirmation; a reference that was entered before leads to that
GET .../entries         all entries (`?reference=`: the one of it)      GET .../entries/N   the confirmation
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from html import escape
from typing import Final

from casework.runtime.stand_ins.answers import Answer, Request, onward, page
from casework.runtime.stand_ins.store import Store, now

LONGEST: Final = 200
SHOWN: Final = 200
REFERENCE: Final = "reference"


@dataclass(frozen=True, slots=True)
class Book:
    """`fields`: name -> label, all needed but the reference. `ranges`: of numbers, the least and the most."""

    address: str
    title: str
    entered: str
    table: str
    prefix: str
    fields: Mapping[str, str]
    ranges: Mapping[str, tuple[Decimal, Decimal]]

    def number(self, number: int) -> str:
        return f"{self.prefix}-{number:05}"


LEDGER: Final = Book(
    "/ledger", "Goodwill ledger", "Goodwill entered", "entries", "G",
    {"customer": "Customer", "amount": "Amount in EUR", "reason": "Reason", REFERENCE: "Your reference (may be empty)"},
    {"amount": (Decimal("0.01"), Decimal(100))},
)  # fmt: skip
LOANS: Final = Book(
    "/core/loans", "Core system: loans", "Loan entered", "loans", "L",
    {"customer": "Customer", "amount": "Amount in EUR", "months": "Months to pay back",
     REFERENCE: "Your reference (may be empty)"},
    {"amount": (Decimal(100), Decimal(75_000)), "months": (Decimal(1), Decimal(120))},
)  # fmt: skip
Does = Callable[..., Answer]


def show_form(book: Book) -> Does:
    return lambda store, request: _form(book, {name: request.query.get(name, "") for name in book.fields}, {})


def enter(book: Book) -> Does:
    return lambda store, request: _entered(book, store, request)


def show_entry(book: Book) -> Does:
    return lambda store, request, number: _entry(book, store, int(number))


def list_entries(book: Book) -> Does:
    return lambda store, request: _entries(book, store, request.query.get(REFERENCE, ""))


def _entered(book: Book, store: Store, request: Request) -> Answer:
    try:
        given = {name: str(request.fields().get(name, "")).strip() for name in book.fields}
    except ValueError:
        return page(book.title, "<p>The form could not be read.</p>", 400)
    if wrong := _wrong(book, given):
        return _form(book, given, wrong)
    reference = given[REFERENCE] or None
    with store.change():
        found = store.rows(f"select number from {book.table} where reference = ?", reference) if reference else []  # noqa: S608
        number = found[0]["number"] if found else _added(book, store, given | {REFERENCE: reference or None})
    return onward(f"{book.address}/entries/{number}")


def _added(book: Book, store: Store, given: Mapping[str, str | None]) -> int:
    names = ", ".join(given)
    marks = ", ".join("?" * len(given))
    return store.added(f"insert into {book.table} ({names}, at) values ({marks}, ?)", *given.values(), now())  # noqa: S608


def _entry(book: Book, store: Store, number: int) -> Answer:
    again = f'<p><a href="{book.address}">New entry</a></p>'
    rows = store.rows(f"select * from {book.table} where number = ?", number)  # noqa: S608 - our own names
    if not rows:
        return page("No such entry", again, 404)
    row = rows[0]
    shown = "".join(
        f'<dt>{label}</dt><dd id="{name}">{escape(str(row[name] or ""))}</dd>' for name, label in book.fields.items()
    )
    said = f'<p role="status">Entered as <strong id="number">{book.number(row["number"])}</strong>.</p><dl>{shown}</dl>'
    return page(book.entered, said + again)


def _entries(book: Book, store: Store, reference: str) -> Answer:
    where = "where reference = ?" if reference else "where ? = ''"
    rows = store.rows(f"select * from {book.table} {where} order by number desc limit {SHOWN}", reference)  # noqa: S608
    lines = "".join(
        f'<tr><td><a href="{book.address}/entries/{row["number"]}">{book.number(row["number"])}</a></td>'
        + "".join(f"<td>{escape(str(row[name] or ''))}</td>" for name in book.fields) + f"<td>{row['at']}</td></tr>"
        for row in rows
    )  # fmt: skip
    heads = "".join(f'<th scope="col">{label}</th>' for label in ("Number", *book.fields.values(), "Entered"))
    return page(f"{book.title}: entries", f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>")


def _wrong(book: Book, given: dict[str, str]) -> dict[str, str]:
    wrong = {name: "This is needed." for name in book.fields if name != REFERENCE and not given[name]}
    wrong |= {name: f"At most {LONGEST} letters." for name, text in given.items() if len(text) > LONGEST}
    for name, (least, most) in book.ranges.items():
        if name not in wrong and not _is_between(given[name], least, most):
            wrong[name] = f"A number from {least} to {most} with a point is expected, like 12.50."
    return wrong


def _is_between(text: str, least: Decimal, most: Decimal) -> bool:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return False
    return found.is_finite() and least <= found <= most


def _form(book: Book, given: Mapping[str, str], wrong: Mapping[str, str]) -> Answer:
    fields = "".join(
        f'<label for="{name}">{label}</label><input id="{name}" name="{name}" value="{escape(given[name])}" size="40"'
        f' autocomplete="off"{_described(name, wrong)}>'
        + (f'<p class="wrong" id="{name}-wrong">{wrong[name]}</p>' if name in wrong else "")
        for name, label in book.fields.items()
    )
    enter = '<p><button type="submit" id="enter">Enter</button></p>'
    form = f'<form method="post" action="{book.address}">{fields}{enter}</form>'
    return page(book.title, form + f'<p><a href="{book.address}/entries">Entries</a></p>', 422 if wrong else 200)


def _described(name: str, wrong: Mapping[str, str]) -> str:
    return f' aria-invalid="true" aria-describedby="{name}-wrong"' if name in wrong else ""
