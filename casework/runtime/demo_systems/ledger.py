"""How are invoices looked up, posted and paid in Tryton, once for each key, and claims entered?

Tryton knows no idempotency keys: the key stands in the record that was made under it (an invoice's description, a
payment's reference). Whoever asks again finds the record, and takes it on from where it stands. One at a time, so that
nobody looks while another makes it.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Lock
from typing import Any, Final

from casework.runtime.demo_systems.books import account_of
from casework.runtime.demo_systems.rpc import Erp
from casework.runtime.stand_ins.erp import plain_name

Json = Any
INVOICE, PAYMENT, ORDER, PARTY = "account.invoice", "account.payment", "purchase.purchase", "party.party"
DEAD: Final = ("failed", "cancelled")
NEXT: Final = {"draft": "submit", "submitted": "approve"}
CLAIMS: Final = "CLAIMS"
ENTRY: Final = re.compile(r"E-0*([0-9]{1,9})")


class Refusal(Exception):
    """Why something is not done: a status and a word."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status, self.error = status, error


class Ledger:
    def __init__(self, erp: Erp) -> None:
        self.erp, self._one_at_a_time = erp, Lock()

    def match(self, name: str, iban: str, order: str, number: str) -> Json:
        """What is known of an invoice that came in. By name, else by the account."""
        parties = self.erp.find(PARTY, [["code", "like", "S-%"]], "name", "code")
        named = [one for one in parties if name and plain_name(one["name"]) == plain_name(name)]
        found = named or [one for one in self._with_account(iban) if one in parties]
        supplier = self._supplier(found[0]) if found else None
        wanted = [["type", "=", "in"], ["reference", "=", number], ["state", "!=", "cancelled"]]
        same = [*wanted, ["party", "=", found[0]["id"]]] if found else []
        earlier = len(self.erp.find(INVOICE, same, "id")) if same and number else 0
        return {"supplier": supplier, "order": self.order(order), "earlier": earlier}

    def records(self, supplier: str, order: str, entry: str) -> Json:
        """What stands under these numbers now."""
        found = self._supplier(self._party(supplier))
        known = self.order(order)
        short = None if known is None else {"supplier": known["supplier"], "total": known["total"]}
        return {"supplier": {"name": found["name"], "iban": found["iban"]}, "order": short, "entry": self._entry(entry)}

    def order(self, number: str) -> Json:
        """A purchase that was confirmed, with what of it is still to be invoiced; None where there is none."""
        wanted = [["reference", "=", number], ["state", "in", ["confirmed", "processing", "done"]]]
        found = self.erp.find(ORDER, wanted, "party.code", "total_amount", "invoices", most=1) if number else []
        if not found:
            return None
        counted = [["id", "in", found[0]["invoices"]], ["state", "!=", "cancelled"]]
        used = sum(one["total_amount"] for one in self.erp.find(INVOICE, counted, "total_amount"))
        total = found[0]["total_amount"]
        return {
            "number": number, "supplier": found[0]["party."]["code"], "total": float(total),
            "open": float(total - used),
        }  # fmt: skip

    def book(self, key: str, supplier: str, number: str, order: str, total: float) -> Json:
        """Post an invoice, once for each key. Raises Refusal."""
        stamp = f"{key} {supplier} {number} {total:.2f}"
        with self._one_at_a_time:
            party = self._party(supplier)
            earlier = self.erp.find(
                INVOICE, [["type", "=", "in"], ["party", "=", party["id"]], ["reference", "=", number],
                          ["state", "!=", "cancelled"]], "description", "state",
            )  # fmt: skip
            if not earlier and self.erp.find(INVOICE, [["description", "like", f"{key} %"]], "id"):
                raise Refusal(422, "key-reused")
            if earlier and (not key or earlier[0]["description"] != stamp):
                raise Refusal(409, "booked-before")
            made = earlier[0]["id"] if earlier else self._invoice(party, stamp, number, order, total)
            if not earlier or earlier[0]["state"] in ("draft", "validated"):
                self.erp.does(INVOICE, "post", made)
        return {"invoice": f"E-{made:06}", "number": number, "total": total}

    def pay(self, key: str, entry: str, amount: float) -> Json:
        """Pay a posted invoice, once. Raises Refusal."""
        with self._one_at_a_time:
            invoice = self._posted(entry)
            if invoice is None or abs(float(invoice["total_amount"]) - amount) > 0.005:
                raise Refusal(409, "not-booked-so")
            made = self._payment_of(invoice)
            if made is not None and made["reference"] != key:
                raise Refusal(409, "paid-before")
            number = self._begun(key, invoice) if made is None else made["id"]
            self._finish(number)
        return {"payment": f"T-{number:06}", "amount": amount}

    def change_order(self, number: str, total: float) -> Json:
        """Tryton changes no order that was confirmed. Raises Refusal, unless it stands so already."""
        found = self.order(number)
        if found is None:
            raise Refusal(404, "order-unknown")
        if abs(found["total"] - total) > 0.005:
            raise Refusal(409, "confirmed-already")
        return {"order": number, "total": total}

    def enter_claim(self, claim: str, amount: float, state: str) -> Json:
        """What a claim costs: a draft that is changed until it is paid, and posted then. Raises Refusal."""
        with self._one_at_a_time:
            party = self._claims()
            wanted = [["party", "=", party["id"]], ["reference", "=", claim], ["state", "!=", "cancelled"]]
            found = self.erp.find(INVOICE, wanted, "state", "total_amount", "lines", most=1)
            if not found:
                made = self._invoice(party, f"Motor claim {claim}", claim, "", amount)
                found = self.erp.find(INVOICE, [["id", "=", made]], "state", "total_amount", "lines")
            entry = found[0]
            self._changed(entry, amount, state)
        return {"entry": f"C-{entry['id']:06}", "amount": amount, "state": state}

    # What it is made of

    def _claims(self) -> dict[str, Json]:
        """The party to whom claims are owed; made with the first of them."""
        if not self.erp.find(PARTY, [["code", "=", CLAIMS]], "id", most=1):
            payable = account_of(self.erp, "payable")
            self.erp.create(
                PARTY, name="Motor claims", code=CLAIMS, addresses=[["create", [{"city": "Kiel"}]]],
                account_payable=payable,
            )  # fmt: skip
        return self._party(CLAIMS)

    def _changed(self, entry: dict[str, Json], amount: float, state: str) -> None:
        """Have an entry stand so. Raises Refusal where it was posted with another amount, or would be open again."""
        is_posted, same = entry["state"] in ("posted", "paid"), abs(float(entry["total_amount"]) - amount) < 0.005
        if is_posted and (not same or state != "paid"):
            raise Refusal(409, "paid-already")
        if not same:
            self.erp.call("model.account.invoice.line.write", entry["lines"], {"unit_price": Decimal(str(amount))})
        if state == "paid" and not is_posted:
            self.erp.does(INVOICE, "post", entry["id"])

    def _party(self, code: str) -> dict[str, Json]:
        found = self.erp.find(PARTY, [["code", "=", code]], "name", "code", "addresses", most=1)
        if not found:
            raise Refusal(404, "supplier-unknown")
        return found[0]

    def _supplier(self, party: dict[str, Json]) -> dict[str, Json]:
        numbers = self.erp.find("bank.account.number", [["account.owners", "=", party["id"]]], "number", most=1)
        iban = numbers[0]["number"].replace(" ", "") if numbers else ""
        return {"number": party["code"], "name": party["name"], "iban": iban}

    def _with_account(self, iban: str) -> list[dict[str, Json]]:
        wanted = iban.replace(" ", "").upper()
        rows = self.erp.find("bank.account.number", [], "number", "account.owners") if wanted else []
        found = [one for one in rows if one["number"].replace(" ", "") == wanted]
        owners = [number for one in found for number in one["account."]["owners"]]
        return self.erp.find(PARTY, [["id", "in", owners]], "name", "code") if owners else []

    def _invoice(self, party: dict[str, Json], stamp: str, number: str, order: str, total: float) -> int:
        (journal,) = self.erp.find("account.journal", [["type", "=", "expense"]], "id", most=1)
        (euro,) = self.erp.find("currency.currency", [["code", "=", "EUR"]], "id")
        company = self.erp.context["company"]
        line = {
            "type": "line", "description": number, "quantity": 1, "unit_price": Decimal(str(total)),
            "account": account_of(self.erp, "expense"), "company": company, "currency": euro["id"],
        }  # fmt: skip
        lines = self.erp.find("purchase.line", [["purchase.reference", "=", order]], "id", most=1) if order else []
        if lines:
            line["origin"] = f"purchase.line,{lines[0]['id']}"
        return self.erp.create(
            INVOICE, type="in", company=company, party=party["id"], invoice_address=party["addresses"][0],
            account=account_of(self.erp, "payable"), currency=euro["id"], journal=journal["id"], reference=number,
            invoice_date=today(), description=stamp, lines=[["create", [line]]],
        )  # fmt: skip

    def _posted(self, entry: str) -> dict[str, Json] | None:
        found = ENTRY.fullmatch(entry)
        wanted = [["id", "=", int(found[1]) if found else 0], ["state", "in", ["posted", "paid"]]]
        rows = self.erp.find(INVOICE, wanted, "total_amount", "party", "lines_to_pay", "move")
        return rows[0] if rows else None

    def _payment_of(self, invoice: dict[str, Json]) -> dict[str, Json] | None:
        wanted = [["line.move", "=", invoice["move"]], ["state", "not in", list(DEAD)]]
        rows = self.erp.find(PAYMENT, wanted, "reference", "amount", "state", most=1)
        return rows[0] if rows else None

    def _begun(self, key: str, invoice: dict[str, Json]) -> int:
        (journal,) = self.erp.find("account.payment.journal", [], "id", most=1)
        return self.erp.create(
            PAYMENT, kind="payable", company=self.erp.context["company"], journal=journal["id"], reference=key,
            party=invoice["party"], amount=invoice["total_amount"], line=invoice["lines_to_pay"][0], date=today(),
        )  # fmt: skip

    def _finish(self, number: int) -> None:
        """Take a payment on from where it stands, up to the bank's word that it went through."""
        state = self._state(number)
        while state in NEXT:
            self.erp.does(PAYMENT, NEXT[state], number)
            state = self._state(number)
        if state == "approved":
            session = self.erp.call("wizard.account.payment.process.create")[0]
            self.erp.context, kept = {**self.erp.context, "active_model": PAYMENT, "active_ids": [number],
                                      "active_id": number}, self.erp.context  # fmt: skip
            try:
                self.erp.call("wizard.account.payment.process.execute", session, {}, "process")
            finally:
                self.erp.context = kept
        if self._state(number) == "processing":
            self.erp.does(PAYMENT, "succeed", number)

    def _state(self, number: int) -> str:
        return str(self.erp.find(PAYMENT, [["id", "=", number]], "state")[0]["state"])

    def _entry(self, entry: str) -> Json:
        invoice = self._posted(entry) if entry else None
        if invoice is None:
            return None
        paid = self._payment_of(invoice)
        total = float(invoice["total_amount"])
        if paid is None or paid["state"] != "succeeded":
            return {"total": total, "payment": None, "paid": None}
        return {"total": total, "payment": f"T-{paid['id']:06}", "paid": float(paid["amount"])}


def today() -> date:
    return datetime.now(UTC).date()
