"""How does the shop answer? (JSON over HTTP)

GET /shop/purchases/NUMBER    what a customer bought     GET /shop/stock?items=A,B    how many of each are left
"""

from __future__ import annotations

import re
from typing import Final

from casework.runtime.stand_ins.answers import Answer, Request, told
from casework.runtime.stand_ins.store import Store
from orchestration.advice.made_up import ITEMS, bought_by, left_of

CUSTOMER: Final = re.compile(r"^C-\d{4}$")
MOST: Final = 50


def purchases(store: Store, request: Request, number: str) -> Answer:
    if not CUSTOMER.match(number):
        return told(404, {"error": "customer-unknown"})
    return told(200, {"customer": number, "bought": bought_by(number)})


def stock(store: Store, request: Request) -> Answer:
    asked = [one for one in request.query.get("items", "").split(",") if one in ITEMS][:MOST]
    left = {one: left_of(one) for one in asked}
    return told(200, {"left": left, "available": [one for one, pieces in left.items() if pieces]})
