"""Which invoices does a reader have to read that other people's programs have set, and in other languages?

Set by Typst (the extra `pdf`), so with embedded fonts, ligatures, ruled tables and text that runs on. 0.60 of their
fields were exact before there were rules for other languages, for addresses side by side and for sums in sentences.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Final

from tests.benchmarks.papers import Paper, Sums, day_of, english, german, spaced, truth_of

SEED: Final = 77
Truth = dict[str, str | float]
SERIF, MODERN, MONO = (
    f'#set page(paper: "a4")\n#set text(font: "{font}", size: {size}pt)\n'
    for font, size in (("Libertinus Serif", 10.5), ("New Computer Modern", 10), ("DejaVu Sans Mono", 8.5))
)
GERMAN: Final = (
    "Januar", "Februar", "M\u00e4rz", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember",
)  # fmt: skip
FRENCH: Final = (
    "janvier", "f\u00e9vrier", "mars", "avril", "mai", "juin", "juillet", "ao\u00fbt", "septembre", "octobre",
    "novembre", "d\u00e9cembre",
)  # fmt: skip


def typeset(wanted: int, seed: int = SEED) -> Iterator[Paper]:
    """So many invoices, the layouts in turn. Needs Typst."""
    import typst

    chance = Random(seed)  # noqa: S311 - no secret
    for at in range(wanted):
        layout = LAYOUTS[at % len(LAYOUTS)]
        truth, sums = truth_of(chance)
        yield Paper(layout.__name__, bytes(typst.compile(layout(truth, sums).encode())), truth)


def _said(value: object) -> str:
    """A text as Typst takes it for text."""
    return re.sub(r"([^\w\s.,':])", r"\\\1", str(value))


def _long_day(given: object, months: Sequence[str], dot: str = "") -> str:
    year, month, day = map(int, str(given).split("-"))
    return f"{day}{dot} {months[month - 1]} {year}"


def french(amount: float) -> str:
    return f"{amount:,.2f}".replace(",", " ").replace(".", ",")


def swiss(amount: float) -> str:
    return f"{amount:,.2f}".replace(",", "'")


def _rows(sums: Sums, written: Callable[[float], str]) -> str:
    rows = enumerate(sums.lines, 1)
    return "".join(f"[{at}], [{_said(thing)}], [1], [{written(sum)}], [{written(sum)}],\n" for at, (thing, sum) in rows)


def _table(heads: str, sums: Sums, written: Callable[[float], str], more: str = "", look: str = "") -> str:
    named = ", ".join(f"[{head}]" for head in heads.split(" "))
    return f"#table(columns: (auto, 1fr, auto, auto, auto), {look} {named},\n{_rows(sums, written)}{more})\n"


def _pairs(*pairs: tuple[str, str]) -> str:
    """Words and values in two columns at the right."""
    cells = ", ".join(f"[{label}], [{value}]" for label, value in pairs)
    return f"#align(right)[#grid(columns: 2, gutter: 6pt, {cells})]\n"


def sender_at_the_foot(truth: Truth, sums: Sums) -> str:
    """German, ruled: whom it is written to stands at the top, who writes at the foot."""
    share = round(100 * sums.tax / sums.net)
    foot = f"{_said(truth['company'])} · Werftstraße 3 · 24143 Kiel · IBAN {spaced(truth['iban'])}"
    sums_of = "".join(
        f"table.cell(colspan: 4)[{label}], [{value}],\n" for label, value in (
            ("Zwischensumme", german(sums.net)), (f"{share} % MwSt. auf {german(sums.net)}", german(sums.tax)),
            ("*Rechnungsbetrag*", f"*{german(sums.total)} {truth['currency']}*"))
    )  # fmt: skip
    return (
        f"{SERIF}#set page(footer: [#text(8pt)[{foot}]])\nCasewright Demo BV \\ Kade 1 \\ Rotterdam\n\n"
        f"*Rechnung {_said(truth['number'])}*\n\n#align(right)[Kiel, {_long_day(truth['date'], GERMAN, '.')}]\n"
        f"Bestellung: {_said(truth['order'])}\n{_table('Pos Text Menge Preis Betrag', sums, german, sums_of)}"
        f"Zahlbar ohne Abzug bis zum {day_of(truth['due'], '%d.%m.%Y')}."
    )


def in_french(truth: Truth, sums: Sums) -> str:
    days = [_long_day(truth[name], FRENCH) for name in ("date", "due")]
    return (
        f"{MODERN}#grid(columns: (1fr, 1fr), [*{_said(truth['company'])}* \\ 12 quai Voltaire \\ 75007 Paris], "
        "[#align(right)[Client : \\ Casewright Demo SA]])\n"
        f"#align(center)[#text(16pt)[FACTURE N° {_said(truth['number'])}]]\n"
        "#table(columns: (1fr, 1fr, 1fr), [Date de facture], [Échéance], [Commande n°], "
        f"[{days[0]}], [{days[1]}], [{_said(truth['order'])}])\n"
        + _table("N° Désignation Qté Prix Montant", sums, french, look="stroke: none,")
        + _pairs(("Total HT", french(sums.net)), ("TVA", french(sums.tax)),
                 ("*Total TTC*", f"*{french(sums.total)} {truth['currency']}*"))
        + f"Règlement par virement : IBAN {spaced(truth['iban'])}"
    )  # fmt: skip


def in_boxes(truth: Truth, sums: Sums) -> str:
    """Words above their values in boxes, the amount due in one of its own."""
    money, form = truth["currency"], "%d %B %Y"
    told = (("Invoice number", truth["number"]), ("Invoice date", day_of(truth["date"], form)),
            ("PO number", truth["order"]), ("Due date", day_of(truth["due"], form)))  # fmt: skip
    boxes = ", ".join(f"rect[{label} \\ *{_said(value)}*]" for label, value in told)
    return (
        f"{MONO}#grid(columns: (1fr, auto), [#text(16pt)[*{_said(truth['company'])}*]], "
        f"[#rect[Amount due \\ {money} {english(sums.total)}]])\n#grid(columns: 4, gutter: 4pt, {boxes})\n"
        "Billed to \\ Casewright Demo Ltd\n"
        + _table("No Item Qty Price Amount", sums, english, look="stroke: (y: 0.5pt),")
        + _pairs(("Subtotal", f"{money} {english(sums.net)}"), ("VAT (standard rate)", f"{money} {english(sums.tax)}"),
                 ("Total", f"{money} {english(sums.total)}"), ("Paid", f"{money} 0.00"),
                 ("Amount due", f"{money} {english(sums.total)}"))
        + f"Bank details: IBAN {spaced(truth['iban'])}"
    )  # fmt: skip


def in_dutch(truth: Truth, sums: Sums) -> str:
    told = (("Factuurnummer", truth["number"]), ("Factuurdatum", day_of(truth["date"], "%d-%m-%Y")),
            ("Vervaldatum", day_of(truth["due"], "%d-%m-%Y")), ("Uw bestelling", truth["order"]))  # fmt: skip
    cells = ", ".join(f"[{label}], [{_said(value)}]" for label, value in told)
    return (
        f"{SERIF}#align(right)[*{_said(truth['company'])}* \\ Keizersgracht 5 \\ Amsterdam]\n= Factuur\n"
        f"#grid(columns: (4cm, 1fr), gutter: 5pt, {cells})\nAan: Casewright Demo BV\n"
        + _table("Nr Omschrijving Aantal Prijs Bedrag", sums, german)
        + _pairs(("Subtotaal", german(sums.net)), ("BTW", german(sums.tax)),
                 ("*Totaal te betalen*", f"*{truth['currency']} {german(sums.total)}*"))
        + f"Gelieve het bedrag over te maken op IBAN {truth['iban']}."
    )  # fmt: skip


def side_by_side(truth: Truth, sums: Sums) -> str:
    """Swiss: who gets it at the left, who writes it at the right, and nothing says which is which."""
    return (
        f"{MODERN}#grid(columns: (1fr, 1fr), [Casewright Demo AG \\ Hafen 1 \\ Basel], "
        f"[*{_said(truth['company'])}* \\ Bahnhofstrasse 9 \\ 8001 Zürich])\n\n"
        f"*Rechnung Nr. {_said(truth['number'])}*\n\nDatum: {day_of(truth['date'], '%d.%m.%y')} \\ "
        f"Ihre Bestellnummer: {_said(truth['order'])} \\ Fällig am: {day_of(truth['due'], '%d.%m.%y')}\n"
        + _table("Pos Text Menge Preis Total", sums, swiss, look="stroke: none,")
        + _pairs(("Total exkl. MWST", swiss(sums.net)), ("MWST", swiss(sums.tax)),
                 (f"*Total inkl. MWST {truth['currency']}*", f"*{swiss(sums.total)}*"))
        + f"Zahlung auf IBAN {spaced(truth['iban'])}"
    )  # fmt: skip


def of_america(truth: Truth, sums: Sums) -> str:
    told = (("BILL TO", "INVOICE NO.", truth["number"]),
            ("Casewright Demo Inc", "DATE", day_of(truth["date"], "%b %d, %Y")), ("1 Quay", "TERMS", "Net 30"),
            ("", "DUE DATE", day_of(truth["due"], "%b %d, %Y")), ("", "P.O. NO.", truth["order"]))  # fmt: skip
    cells = ", ".join(f"[{left}], [{label}], [{_said(value)}]" for left, label, value in told)
    sign = _said({"USD": "$", "EUR": "€"}.get(str(truth["currency"]), "CHF "))
    return (
        f"{SERIF}#grid(columns: (1fr, 1fr), [#text(20pt)[INVOICE]], "
        f"[#align(right)[{_said(truth['company'])} \\ 400 Main St \\ Dayton, OH]])\n"
        f"#grid(columns: (1fr, auto, auto), gutter: 4pt, {cells})\n"
        + _table("No DESCRIPTION QTY RATE AMOUNT", sums, english, look="stroke: none,")
        + _pairs(("SUBTOTAL", english(sums.net)), ("TAX", english(sums.tax)), ("TOTAL", f"{sign}{english(sums.total)}"),
                 ("BALANCE DUE", f"*{sign}{english(sums.total)}*"))
        + f"ACH or wire: IBAN {spaced(truth['iban'])}"
    )  # fmt: skip


def in_spanish(truth: Truth, sums: Sums) -> str:
    return (
        f"{MONO}*{_said(truth['company'])}* \\ Calle Mayor 3, Madrid\n\nFACTURA \\ "
        f"Número de factura: {_said(truth['number'])} \\ Fecha de emisión: {day_of(truth['date'], '%d/%m/%Y')} \\ "
        f"Fecha de vencimiento: {day_of(truth['due'], '%d/%m/%Y')} \\ Pedido: {_said(truth['order'])} \\ "
        "Cliente: Casewright Demo SL\n"
        + _table("No Concepto Cant. Precio Importe", sums, german)
        + _pairs(("Base imponible", german(sums.net)), ("IVA 21 %", german(sums.tax)),
                 ("TOTAL FACTURA", f"{german(sums.total)} {truth['currency']}"))
        + f"Cuenta: {spaced(truth['iban'])}"
    )  # fmt: skip


def as_a_letter(truth: Truth, sums: Sums) -> str:
    """The sums stand in sentences."""
    lines = "".join(f"[{_said(thing)}], [{english(amount)}], " for thing, amount in sums.lines)
    return (
        f"{MODERN}{_said(truth['company'])}, Oak Lane 7, Bristol #h(1fr) {day_of(truth['date'], '%d %B %Y')}\n\n"
        f"Casewright Demo Ltd \\ Quay 1\n\n*Our invoice: {_said(truth['number'])}* \\ "
        f"*Your purchase order: {_said(truth['order'])}*\n\nDear customer, we charge you for:\n"
        f"#grid(columns: (1fr, auto), gutter: 4pt, {lines})\n"
        f"The sum before tax is {english(sums.net)}, the value added tax {english(sums.tax)}. Please transfer "
        f"{truth['currency']} {english(sums.total)} by {day_of(truth['due'], '%d %B %Y')} to {spaced(truth['iban'])}."
    )


def in_italian(truth: Truth, sums: Sums) -> str:
    return (
        f"{SERIF}*{_said(truth['company'])}* \\ Via Roma 12, Milano \\ P. IVA IT01234567890\n"
        f"#align(right)[Spett.le \\ Casewright Demo Srl]\n= Fattura n. {_said(truth['number'])} del "
        f"{day_of(truth['date'], '%d/%m/%Y')}\nOrdine n. {_said(truth['order'])} \\ Scadenza pagamento: "
        f"{day_of(truth['due'], '%d/%m/%Y')}\n"
        + _table("N. Descrizione Quanti Prezzo Importo", sums, german)
        + _pairs(("Imponibile", german(sums.net)), ("IVA", german(sums.tax)),
                 ("Totale fattura", f"{german(sums.total)} {truth['currency']}"))
        + f"IBAN {spaced(truth['iban'])}"
    )  # fmt: skip


def with_other_numbers_and_days(truth: Truth, sums: Sums) -> str:
    """German: numbers of the customer and of the tax office, days of the order and of delivery stand there, too."""
    heads = "[Kundennummer], [Rechnungsnummer], [Rechnungsdatum], [Lieferdatum]"
    values = f"[K-10045], [{_said(truth['number'])}], [{day_of(truth['date'], '%d.%m.%Y')}], [01.01.2026]"
    return (
        f"{MODERN}#align(right)[{_said(truth['company'])} \\ Am Hafen 7 \\ 20457 Hamburg \\ Steuernummer 12/345/678]\n"
        f"Firma \\ Casewright Demo BV \\ Kade 1\n#table(columns: 4, {heads}, {values})\n"
        f"Ihre Bestellung {_said(truth['order'])} vom 02.01.2026\n"
        + _table("Pos Artikel Menge Einzel Gesamt", sums, german)
        + _pairs(("Summe netto", german(sums.net)), ("zzgl. USt.", german(sums.tax)),
                 ("*Gesamtbetrag*", f"*{german(sums.total)} {truth['currency']}*"))
        + f"Zahlung in 10 Tagen mit 2 % Skonto. Fällig am {day_of(truth['due'], '%d.%m.%Y')}.\n\n"
        f"#text(8pt)[Sparkasse · IBAN {spaced(truth['iban'])} · Amtsgericht Hamburg HRB 1234]"
    )  # fmt: skip


def sums_below_their_heads(truth: Truth, sums: Sums) -> str:
    share = round(100 * sums.tax / sums.net)
    heads = f"[Net], [VAT rate], [VAT], [Total {truth['currency']}]"
    values = f"[{english(sums.net)}], [{share}%], [{english(sums.tax)}], [{english(sums.total)}]"
    return (
        f"{MONO}{_said(truth['company'])} \\ 5 Industrial Park, Cork\n\nInvoice: {_said(truth['number'])} \\ "
        f"Issued: {day_of(truth['date'], '%Y-%m-%d')} \\ Your PO: {_said(truth['order'])} \\ "
        f"Payment due: {day_of(truth['due'], '%Y-%m-%d')} \\ Customer: Casewright Demo Ltd\n"
        + _table("No Item Qty Price Amount", sums, english)
        + f"#table(columns: (1fr, 1fr, 1fr, 1fr), {heads}, {values})\nIBAN: {spaced(truth['iban'])}"
    )


LAYOUTS: Final = (
    sender_at_the_foot, in_french, in_boxes, in_dutch, side_by_side, of_america, in_spanish, as_a_letter, in_italian,
    with_other_numbers_and_days, sums_below_their_heads,
)  # fmt: skip
