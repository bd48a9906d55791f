"""Which invoices does a reader have to read? Made here with a fixed seed, in six layouts, so that each is known.

`invoices(n)` gives PDFs with what is in them; `bundle(pages)` one PDF of an invoice and what is sent along with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from orchestration.documents.printing import Text, pdf_of
from orchestration.privacy.ibans import is_iban

SEED: Final = 20_261_129
FIRST: Final = (
    "Nordwind",
    "Albrecht",
    "Harbour",
    "Lumen",
    "Castell",
    "Brook",
    "Veldhuis",
    "Oakfield",
    "Marten",
    "Delta",
)
TRADE: Final = (
    "Tools",
    "Office Supplies",
    "Packaging",
    "Logistics",
    "Printing",
    "Power",
    "Metals",
    "Catering",
    "Glass",
)
LEGAL: Final = ("GmbH", "Ltd", "AG", "BV", "Inc", "PLC", "S.A.R.L")
STREETS: Final = ("Harbour Road", "Werftstrasse", "Mill Lane", "Station Street", "Quay")
THINGS: Final = (
    "Boxes",
    "Paper",
    "Torque wrench",
    "Transport",
    "Power, third quarter",
    "Leaflets",
    "Glass, cut",
    "Lunch",
)
NAMES: Final = ("company", "number", "order", "date", "due", "net", "tax", "total", "currency", "iban")

Page = list[Text]


@dataclass(frozen=True, slots=True)
class Paper:
    """`truth`: each field as programs have it (`fields.plain_of`)."""

    layout: str
    pdf: bytes
    truth: dict[str, str | float]


@dataclass(frozen=True, slots=True)
class Sums:
    lines: tuple[tuple[str, float], ...]
    net: float
    tax: float
    total: float


def invoices(wanted: int, seed: int = SEED) -> Iterator[Paper]:
    """So many invoices, the layouts in turn."""
    chance = Random(seed)  # noqa: S311 - no secret
    for at in range(wanted):
        name, draw = LAYOUTS[at % len(LAYOUTS)]
        truth, sums = truth_of(chance)
        yield Paper(name, pdf_of([draw(truth, sums)]), truth)


def bundle(pages: int, seed: int = SEED) -> Paper:
    """An invoice, and behind it pages of delivery notes and terms, each with text."""
    chance = Random(seed)  # noqa: S311 - no secret
    truth, sums = truth_of(chance)
    rest = [_along(chance, number) for number in range(2, pages + 1)]
    return Paper("bundle", pdf_of([_plain(truth, sums), *rest]), truth)


def truth_of(chance: Random) -> tuple[dict[str, str | float], Sums]:
    lines = tuple((chance.choice(THINGS), round(chance.uniform(5, 4000), 2)) for _ in range(chance.randint(1, 6)))
    net = round(sum(amount for _, amount in lines), 2)
    tax = round(net * chance.choice((0.07, 0.19, 0.2, 0.21)), 2)
    day = date(2026, 1, 1) + timedelta(days=chance.randrange(300))
    company = f"{chance.choice(FIRST)} {chance.choice(TRADE)} {chance.choice(LEGAL)}"
    truth: dict[str, str | float] = {
        "company": company, "number": f"{chance.choice(('INV', 'R', 'NW'))}-2026-{chance.randrange(100, 99_999)}",
        "order": f"PO-{chance.randrange(1000, 99_999)}", "date": day.isoformat(),
        "due": (day + timedelta(days=30)).isoformat(), "net": net, "tax": tax, "total": round(net + tax, 2),
        "currency": chance.choice(("EUR", "EUR", "EUR", "USD", "CHF")), "iban": _iban(chance),
    }  # fmt: skip
    return truth, Sums(lines, net, tax, round(net + tax, 2))


def _iban(chance: Random) -> str:
    account = "".join(str(chance.randrange(10)) for _ in range(18))
    return next(iban for check in range(2, 99) if is_iban(iban := f"DE{check:02}{account}"))


def spaced(iban: object) -> str:
    text = str(iban)
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def english(amount: float) -> str:
    return f"{amount:,.2f}"


def german(amount: float) -> str:
    return f"{amount:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def day_of(given: object, form: str) -> str:
    return date.fromisoformat(str(given)).strftime(form)


def _rows(sums: Sums, top: float, left: float, right: float, font: str, written: Callable[[float], str]) -> Page:
    page = []
    for at, (thing, amount) in enumerate(sums.lines):
        page += [Text(left, top + 16 * at, thing, 10, font), Text(right, top + 16 * at, written(amount), 10, font)]
    return page


def _pairs(pairs: Sequence[tuple[str, str]], top: float, left: float, right: float, font: str = "Helvetica") -> Page:
    page = []
    for at, (label, value) in enumerate(pairs):
        page += [Text(left, top + 16 * at, label, 10, font), Text(right, top + 16 * at, value, 10, font)]
    return page


def _plain(truth: dict[str, str | float], sums: Sums) -> Page:
    """Words and values one below the other on the left."""
    money = str(truth["currency"])
    page = [Text(60, 60, str(truth["company"]), 16, "Helvetica-Bold"), Text(60, 84, "12 Harbour Road, Hull")]
    page += [Text(60, 130, "INVOICE", 14, "Helvetica-Bold")]
    page += _pairs(
        [("Invoice number:", str(truth["number"])), ("Invoice date:", day_of(truth["date"], "%d.%m.%Y")),
         ("Due date:", day_of(truth["due"], "%d.%m.%Y")), ("Your order:", str(truth["order"]))], 160, 60, 150,
    )  # fmt: skip
    page += [Text(60, 240, "Bill to: Casewright Demo Ltd, Quay 1, Rotterdam")]
    page += _rows(sums, 290, 60, 470, "Helvetica", english)
    page += _pairs(
        [("Subtotal", english(sums.net)), ("VAT", english(sums.tax)), (f"Total {money}", english(sums.total))],
        420, 360, 470,
    )  # fmt: skip
    return [*page, Text(60, 520, f"Please pay to IBAN {spaced(truth['iban'])}")]


def _table(truth: dict[str, str | float], sums: Sums) -> Page:
    """The words in a row, the values in the row below."""
    page = [Text(60, 50, str(truth["company"]), 13, "Helvetica-Bold"), Text(430, 50, "Invoice", 18, "Helvetica-Bold")]
    labels = ("Invoice no.", "Date", "Order no.", "Payment due")
    values = (truth["number"], day_of(truth["date"], "%d %b %Y"), truth["order"], day_of(truth["due"], "%d %b %Y"))
    for at, (label, value) in enumerate(zip(labels, values, strict=True)):
        page += [Text(60 + 125 * at, 130, label, 9, "Helvetica-Bold"), Text(60 + 125 * at, 145, str(value), 10)]
    page += [Text(60, 185, "Customer"), Text(60, 200, "Casewright Demo Ltd"), Text(60, 215, "Quay 1, Rotterdam")]
    page += _rows(sums, 260, 60, 470, "Helvetica", english)
    page += _pairs(
        [("Net amount", english(sums.net)), ("Tax", english(sums.tax)),
         ("Total due", f"{truth['currency']} {english(sums.total)}")], 400, 330, 450,
    )  # fmt: skip
    return [*page, Text(60, 760, f"Bank account: {spaced(truth['iban'])}", 8)]


def _of_germany(truth: dict[str, str | float], sums: Sums) -> Page:
    """A German invoice, with commas before the cents."""
    page = [Text(60, 60, str(truth["company"]), 14, "Helvetica-Bold"), Text(60, 80, "Werftstrasse 12, 24143 Kiel")]
    page += [Text(60, 120, "Casewright Demo BV"), Text(60, 134, "Kade 1, Rotterdam")]
    page += [Text(60, 190, "Rechnung", 16, "Helvetica-Bold")]
    page += _pairs(
        [("Rechnungsnummer", str(truth["number"])), ("Datum", day_of(truth["date"], "%d.%m.%Y")),
         ("Bestellnummer", str(truth["order"])), ("Zahlbar bis", day_of(truth["due"], "%d.%m.%Y"))], 220, 60, 180,
    )  # fmt: skip
    page += _rows(sums, 310, 60, 460, "Helvetica", german)
    page += _pairs(
        [("Netto", german(sums.net)), ("MwSt.", german(sums.tax)),
         (f"Gesamtbetrag {truth['currency']}", german(sums.total))], 440, 330, 460,
    )  # fmt: skip
    return [*page, Text(60, 780, f"IBAN {spaced(truth['iban'])}", 8)]


def _at_the_right(truth: dict[str, str | float], sums: Sums) -> Page:
    """Words and values in a block at the right, beside the sender."""
    page = [
        Text(60, 60, str(truth["company"]), 12, "Helvetica-Bold"),
        Text(60, 76, "3 Mill Lane"),
        Text(60, 92, "Leeds"),
    ]
    page += _pairs(
        [("Invoice #", str(truth["number"])), ("Invoice date", day_of(truth["date"], "%Y-%m-%d")),
         ("P.O. number", str(truth["order"])), ("Due on", day_of(truth["due"], "%Y-%m-%d"))], 60, 370, 460,
    )  # fmt: skip
    page += [Text(60, 160, "To"), Text(60, 176, "Casewright Demo Inc")]
    page += _rows(sums, 240, 60, 480, "Helvetica", english)
    page += _pairs(
        [("Net", english(sums.net)), ("Sales tax", english(sums.tax)),
         ("Amount due", f"{english(sums.total)} {truth['currency']}")], 380, 370, 460,
    )  # fmt: skip
    return [*page, Text(60, 450, f"Pay by transfer to {spaced(truth['iban'])}")]


def _in_times(truth: dict[str, str | float], sums: Sums) -> Page:
    """A letter in Times, the sender in the middle."""
    font = "Times-Roman"
    page = [Text(220, 50, str(truth["company"]), 15, font), Text(230, 70, "Station Street 4, Chur", 9, font)]
    page += [Text(60, 120, "Casewright Demo AG", 11, font), Text(60, 160, f"Invoice No. {truth['number']}", 13, font)]
    page += [Text(60, 184, f"Date: {day_of(truth['date'], '%B %d, %Y')}", 11, font)]
    page += [Text(60, 200, f"Your order no. {truth['order']}, with thanks.", 11, font)]
    page += _rows(sums, 240, 60, 460, font, english)
    page += _pairs(
        [("Subtotal", english(sums.net)), ("VAT 19 %", english(sums.tax)),
         ("Total", f"{truth['currency']} {english(sums.total)}")], 380, 340, 450, font,
    )  # fmt: skip
    page += [Text(60, 470, f"Payable by {day_of(truth['due'], '%d/%m/%Y')} to IBAN {spaced(truth['iban'])}", 11, font)]
    return page


def _typed(truth: dict[str, str | float], sums: Sums) -> Page:
    """As a machine of the eighties prints it."""
    lines = [
        str(truth["company"]).upper(), "QUAY 9, BRUGGE", "", "TAX INVOICE", f"INVOICE NO : {truth['number']}",
        f"DATE       : {day_of(truth['date'], '%d/%m/%Y')}", f"ORDER NO   : {truth['order']}",
        f"DUE DATE   : {day_of(truth['due'], '%d/%m/%Y')}", "", "SOLD TO: CASEWRIGHT DEMO LTD", "",
        *(f"{thing.upper():<40}{english(amount):>14}" for thing, amount in sums.lines), "",
        f"{'SUB TOTAL':<40}{english(sums.net):>14}", f"{'VAT':<40}{english(sums.tax):>14}",
        f"{'GRAND TOTAL ' + str(truth['currency']):<40}{english(sums.total):>14}", "",
        f"IBAN {spaced(truth['iban'])}",
    ]  # fmt: skip
    return [Text(60, 60 + 15 * at, line, 10, "Courier") for at, line in enumerate(lines)]


def _along(chance: Random, number: int) -> Page:
    """A page that is sent along: a delivery note, or terms."""
    head = f"Delivery note DN-{chance.randrange(10_000)}, page {number}" if number % 3 else f"Terms, page {number}"
    lines = [
        f"{chance.choice(THINGS)}, {chance.randint(1, 900)} pieces, shelf {chance.randint(1, 40)}" for _ in range(30)
    ]
    return [Text(60, 50, head, 13, "Helvetica-Bold"), *(Text(60, 90 + 20 * at, line) for at, line in enumerate(lines))]


LAYOUTS: Final = (
    ("plain", _plain), ("table", _table), ("german", _of_germany), ("right", _at_the_right), ("times", _in_times),
    ("typed", _typed),
)  # fmt: skip
