"""With which company, suppliers and orders does the ERP begin? With those of the stand-in, so that the samples fit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from casework.runtime.demo_systems.rpc import Erp, Refused
from casework.runtime.stand_ins.erp_seed import BOOKED_BEFORE, ORDERS, SUPPLIERS

Json = Any
FIRST: Final = date(2026, 1, 1)
LAST: Final = date(2027, 12, 31)
SEQUENCES: Final = (
    "in_invoice_sequence",
    "in_credit_note_sequence",
    "out_invoice_sequence",
    "out_credit_note_sequence",
)


def fill(erp: Erp) -> None:
    """Set up a fresh database: company, chart of accounts, fiscal year, journal of payments, suppliers and orders."""
    rate = {"date": FIRST, "rate": Decimal(1)}
    euro = erp.create(
        "currency.currency", name="Euro", code="EUR", symbol="€", digits=2, rounding=Decimal("0.01"),
        rates=[["create", [rate]]],
    )  # fmt: skip
    party = erp.create("party.party", name="Casewright Demo")
    company = erp.create("company.company", party=party, currency=euro)
    (me,) = erp.find("res.user", [["login", "=", "admin"]], "id")
    erp.call("model.res.user.write", [me["id"]], {"companies": [["add", [company]]], "company": company})
    erp.context = {"company": company}
    _chart(erp, company)
    _years(erp, company)
    erp.create("account.payment.journal", name="Bank", company=company, currency=euro, process_method="manual")
    suppliers(erp, SUPPLIERS)
    orders(erp, ORDERS)


def _chart(erp: Erp, company: int) -> None:
    (template,) = erp.find("account.account.template", [["parent", "=", None]], "id", most=1)
    session = erp.call("wizard.account.create_chart.create")[0]
    given = {"account": {"account_template": template["id"], "company": company}}
    erp.call("wizard.account.create_chart.execute", session, given, "create_account")
    accounts = {kind: account_of(erp, kind) for kind in ("payable", "receivable")}
    given["properties"] = {"company": company, **{f"account_{kind}": number for kind, number in accounts.items()}}
    erp.call("wizard.account.create_chart.execute", session, given, "create_properties")
    erp.call("wizard.account.create_chart.delete", session)


def account_of(erp: Erp, kind: str) -> int:
    """The first account of this kind that takes entries: payable, receivable, expense."""
    wanted = [["closed", "!=", True], [f"type.{kind}", "=", True], ["code", "!=", None], ["childs", "=", None]]
    return int(erp.find("account.account", wanted, "id", most=1)[0]["id"])


def _years(erp: Erp, company: int) -> None:
    kinds = {one["name"]: one["id"] for one in erp.find("ir.sequence.type", [], "name")}
    moves, invoices = (
        erp.create("ir.sequence.strict", name=name, sequence_type=kinds[kind], company=company)
        for name, kind in (("Moves", "Account Move"), ("Invoices", "Invoice"))
    )
    numbered = {"company": company, **dict.fromkeys(SEQUENCES, invoices)}
    year = erp.create(
        "account.fiscalyear", name="2026 and 2027", company=company, start_date=FIRST, end_date=LAST,
        move_sequence=moves, invoice_sequences=[["create", [numbered]]],
    )  # fmt: skip
    erp.call("model.account.fiscalyear.create_period", [year])


def suppliers(erp: Erp, wanted: Iterable[tuple[str, str, str]]) -> None:
    """Parties with their bank accounts: (number, name, IBAN)."""
    payable = account_of(erp, "payable")
    for number, name, iban in wanted:
        address = {"city": "Kiel"}
        party = erp.create(
            "party.party", name=name, code=number, addresses=[["create", [address]]], account_payable=payable
        )
        account(erp, party, iban)


def account(erp: Erp, party: int, iban: str) -> None:
    """A party's bank account. What Tryton takes for no IBAN (some that are made up) is a number of another kind."""
    for kind in ("iban", "other"):
        try:
            number = {"type": kind, "number": iban}
            erp.create("bank.account", owners=[["add", [party]]], numbers=[["create", [number]]])
        except Refused:
            continue
        return


def orders(erp: Erp, wanted: Iterable[tuple[str, str, float]]) -> None:
    """Purchases, confirmed: (number, supplier, total)."""
    company = erp.context["company"]
    (euro,) = erp.find("currency.currency", [["code", "=", "EUR"]], "id")
    for number, supplier, total in wanted:
        (party,) = erp.find("party.party", [["code", "=", supplier]], "addresses")
        line = {"type": "line", "description": "As ordered", "quantity": 1, "unit_price": Decimal(str(total))}
        made = erp.create(
            "purchase.purchase", party=party["id"], company=company, currency=euro["id"], reference=number,
            invoice_address=party["addresses"][0], invoice_method="manual", purchase_date=FIRST,
            lines=[["create", [line]]],
        )  # fmt: skip
        erp.does("purchase.purchase", "quote", made)
        erp.does("purchase.purchase", "confirm", made)


BEFORE: Final[dict[str, Json]] = {"supplier": BOOKED_BEFORE[0], "number": BOOKED_BEFORE[1], "order": BOOKED_BEFORE[2],
                 "total": BOOKED_BEFORE[3]}  # fmt: skip
"""An invoice that it has already, so that one that comes twice shows."""
