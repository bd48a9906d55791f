"""Which screens has the core system of a bank, as a terminal sees them? Run by its path, with mfmock (MIT) beside it.

A sign-on, then the form of a loan. What is entered under a reference is entered once, and stands in a file. It needs
nothing of the product, and Python 3.12.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import Any

from mfmock import (
    Application,
    Exit,
    Goto,
    MessageCatalog,
    Screen,
    ScreenError,
    ServerConfig,
    Stay,
    msg,
    run,
)

MESSAGES = MessageCatalog(
    prefix="COR",
    messages={
        "SIGNED_ON": ("COR0100I", "SIGNED ON AS {user}"),
        "BAD_SIGNON": ("COR0101E", "USER ID OR PASSWORD IS INCORRECT"),
        "ENTERED": ("COR0110I", "LOAN ENTERED AS {number}"),
        "RANGE": ("COR0111E", "{what} IS OUT OF RANGE"),
        "OTHER": ("COR0112E", "THIS REFERENCE HAS ANOTHER LOAN"),
    },
)
SIGN_ON = """\
{{ row(4) }}{{ text('label', col=2) }}CORE SYSTEM OF A BANK: A MOCK, NO LOAN IS MADE
{{ row(10) }}{{ prompt(col=20) }}USER ID . . : {{ input('user', 8, label='USER ID', validators=[required]) }}
{{ row(12) }}{{ prompt(col=20) }}PASSWORD  . : {{ input('word', 20, hidden=True, label='PASSWORD', upper=False) }}
"""
FORM = """\
{{ row(5) }}{{ prompt(col=2) }}CUSTOMER  . . : {{ input('customer', 40, label='CUSTOMER', validators=[required]) }}
{{ row(6) }}{{ prompt(col=2) }}AMOUNT EUR  . : {{ input('amount', 9, label='AMOUNT', validators=[required]) }}
{{ row(7) }}{{ prompt(col=2) }}MONTHS  . . . : {{ input('months', 3, label='MONTHS', validators=[required, digits()]) }}
{{ row(8) }}{{ prompt(col=2) }}REFERENCE . . : {{ input('reference', 30, label='REFERENCE', validators=[required]) }}
{{ row(11) }}{{ prompt(col=2) }}NUMBER  . . . : {{ output('number', 10) }}
"""


class Loans:
    """What was entered, by its reference."""

    def __init__(self, file: Path) -> None:
        self.file, self.lock = file, Lock()
        self.kept: dict[str, dict[str, Any]] = json.loads(file.read_text()) if file.exists() else {}

    def enter(self, customer: str, amount: float, months: int, reference: str) -> str:
        """The number of the loan. Raises ScreenError where the reference has another."""
        wanted = {"customer": customer, "amount": amount, "months": months}
        with self.lock:
            there = self.kept.get(reference)
            if there is None:
                there = {**wanted, "number": f"L-{len(self.kept) + 1:05}"}
                self.kept[reference] = there
                part = self.file.with_suffix(".part")
                part.write_text(json.dumps(self.kept))
                part.replace(self.file)
            elif {name: there[name] for name in wanted} != wanted:
                raise ScreenError("OTHER", cursor="reference")
        return str(there["number"])


class Core(Application):  # type: ignore[misc]  # it is in an environment of its own
    def __init__(self, loans: Loans, user: str, word: str) -> None:
        super().__init__("CORE", start="SIGNON", home="LOAN", catalog=MESSAGES, default_access="user")
        self.loans, self.user, self.word = loans, user, word

    def create_state(self, conversation: Any) -> Any:
        return SimpleNamespace(user="")

    def authorize(self, state: Any, requirement: Any) -> bool:
        return bool(state.user)


class SignOn(Screen):  # type: ignore[misc]  # it is in an environment of its own
    name = "SIGNON"
    title = "SIGN ON"
    access = None
    show_tran = False
    template_source = SIGN_ON

    def enter(self) -> Any:
        user, word = self.v("user"), self.values.pop("word", "")
        if (user, word.upper()) != (self.app.user, self.app.word.upper()):
            raise ScreenError("BAD_SIGNON", cursor="word")
        self.state.user = user
        return Goto("LOAN", message=msg("SIGNED_ON", user=user), replace=True)

    def pf(self, n: int) -> Any:
        return Exit() if n == 3 else None


class Loan(Screen):  # type: ignore[misc]  # it is in an environment of its own
    name = tran = "LOAN"
    title = "LOAN ENTRY"
    template_source = FORM
    pf_legend = "ENTER=Enter  PF3=End"

    def enter(self) -> Any:
        months, reference = int(self.v("months")), self.v("reference")
        try:
            amount = float(self.v("amount"))
        except ValueError:
            amount = 0.0
        if not 100 <= amount <= 75_000:
            raise ScreenError("RANGE", cursor="amount", what="AMOUNT")
        if not 1 <= months <= 120:
            raise ScreenError("RANGE", cursor="months", what="MONTHS")
        number = self.app.loans.enter(self.v("customer"), amount, months, reference)
        self.values["number"] = number
        return Stay(msg("ENTERED", number=number))

    def pf(self, n: int) -> Any:
        return Exit() if n == 3 else None


def main() -> None:
    app = Core(Loans(Path(os.environ["CORE_LOANS"])), os.environ["CORE_USER"], os.environ["CORE_PASSWORD"])
    for screen in (SignOn, Loan):
        app.screen(screen)
    run(app, argv=sys.argv[1:], protocols=("tn3270",), config=ServerConfig(host="127.0.0.1"))


if __name__ == "__main__":
    main()
