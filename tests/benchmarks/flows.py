"""How many accounts of money laundering are found by their transfers, and how many others?

AMLSim's synthetic bank: accounts in planted circles and fan-ins, and as many others, each looked at as a review does.
"""

from __future__ import annotations

import csv
import gzip
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from time import process_time
from typing import Final

from orchestration.diligence.flows import Limits, Transfer, cycles, fan_in

FOLDER: Final = Path(__file__).resolve().parents[3] / "shared" / "data" / "aml" / "amlsim"
START: Final = date(2026, 1, 1)
HOPS: Final = 3
"""How far around an account its transfers are looked at."""
MOST: Final = 400
"""Accounts around one that are looked at."""
ACCOUNTS: Final = 200


def figures(folder: Path = FOLDER) -> Iterator[str]:
    if not (folder / "nodes.csv").exists():
        yield f"not measured: there are no transfers in {folder}"
        return
    with (folder / "nodes.csv").open(newline="") as file:
        planted = {row["nodeid"]: row["isFraud"] == "1" for row in csv.DictReader(file)}
    around = _around(folder)
    rng = random.Random(13)
    laundering, others = (
        rng.sample([account for account, is_one in planted.items() if is_one == wanted], ACCOUNTS)
        for wanted in (True, False)
    )
    began = process_time()
    for words, accounts in (("in planted patterns", laundering), ("that are in none", others)):
        found = [_patterns(account, around) for account in accounts]
        circles, into = (sum(one[place] for one in found) for place in (0, 1))
        share = sum(any(one) for one in found) / len(accounts)
        yield f"{len(accounts):,} accounts {words}: {share:.1%} stand out ({circles} circles, {into} fan-ins)"
    yield f"{(process_time() - began) / 2 / len(laundering) * 1000:.1f} ms of CPU an account"


def _around(folder: Path) -> dict[str, list[Transfer]]:
    """By account what it sent and what was sent to it."""
    around = defaultdict[str, list[Transfer]](list)
    with gzip.open(folder / "transactions.csv.gz", "rt", newline="") as file:
        for row in csv.DictReader(file):
            day = START + timedelta(days=int(row["time"]))
            one = Transfer(row["sourceNodeId"], row["targetNodeId"], float(row["value"]), day)
            around[one.source].append(one)
            around[one.target].append(one)
    return around


def _patterns(account: str, around: dict[str, list[Transfer]]) -> tuple[bool, bool]:
    known, edge = {account}, {account}
    for _ in range(HOPS):
        edge = {end for each in edge for one in around[each] for end in (one.source, one.target)} - known
        if len(known) + len(edge) > MOST:
            break
        known |= edge
    near = list({one for each in known for one in around[each]})
    return bool(cycles(near, account, Limits(), 1)), fan_in(near, account, Limits(senders=8)) is not None
