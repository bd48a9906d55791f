"""Where does localstripe live, and with which payments does it begin?

A virtual environment of its own below the state folder in `demo-systems/payments`. It is under the GPL 3: it is
installed from its package and spoken to over HTTP. Its own command listens on every network and reads a file that
anybody may have left in /tmp; so gunicorn serves it, on this machine alone. What it knows is gone when it ends.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from casework.runtime.demo_systems.environment import install
from casework.runtime.demo_systems.served import Served
from casework.runtime.demo_systems.stripe_api import Declined, Stripe, Unreachable
from casework.runtime.processes import wait_until
from casework.runtime.stand_ins.store import sample_orders

Json = Any
PINS: Final = "requirements-payments.txt"
SECRET: Final = "sk_test_made_up_for_this_machine"  # noqa: S105 - it takes every key that begins so
GOOD_CARD: Final = "4242424242424242"
EMPTY_CARD: Final = "4000000000000341"
"""Cards of the provider's documentation: one that pays, one that is declined."""
DECLINED_ORDER: Final = "R-DECLINED"
"""An order whose card was declined: there is nothing to give back."""


class PaymentServer(Served):
    """The server process, which may be killed and started again."""

    def __init__(self, port: int, state: Path | None = None) -> None:
        super().__init__("payments", "localstripe.log", port, state)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def stripe(self) -> Stripe:
        return Stripe(self.address, SECRET)

    def install(self) -> None:
        """Raises ServiceFailed."""
        install(self.venv, PINS, "localstripe")

    def start(self) -> None:
        """Until it answers. Raises ServiceFailed."""
        command: list[str | Path] = [
            self.venv / "bin/gunicorn", "localstripe.server:app", "--bind", f"127.0.0.1:{self.port}", "--workers", "1",
            "--worker-class", "aiohttp.GunicornWebWorker", "--no-control-socket",
        ]  # fmt: skip
        wait_until(self._answers, self.run(command, dict(os.environ)), log=self.log, seconds=60)

    def _answers(self) -> bool:
        with suppress(Unreachable, Declined):
            return list(self.stripe.every("payouts")) is not None
        return False


def fill(stripe: Stripe) -> None:
    """The orders of the sample cases, paid for by card; and one whose card was declined."""
    customer = stripe.create("customers", email="samples@example.org")["id"]
    good, empty = (card(stripe, customer, number) for number in (GOOD_CARD, EMPTY_CARD))
    for order, total in sample_orders():
        bought(stripe, customer, good, order, total)
    with suppress(Declined):
        bought(stripe, customer, empty, DECLINED_ORDER, 20.0)


def card(stripe: Stripe, customer: str, number: str) -> str:
    given = {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    made: str = stripe.create("payment_methods", type="card", card=given)["id"]
    stripe.create(f"payment_methods/{made}/attach", customer=customer)
    return made


def bought(stripe: Stripe, customer: str, method: str, order: str, total: float) -> None:
    """An order paid for by card. Raises Declined."""
    stripe.create(
        "payment_intents", f"order-{order}", amount=round(total * 100), currency="eur", customer=customer,
        payment_method=method, confirm=True, metadata={"order": order},
    )  # fmt: skip
