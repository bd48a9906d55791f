"""Which actors work with the real ERP of `make demo-systems`, in place of the stand-in?

Its gateway has the stand-in's addresses, so that the connectors differ in who they are and whom they ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import yaml

from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.actors.shipped import made
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.registry import actor_enable
from orchestration.models import Actor

HOST: Final = "erp.localhost"
"""A name that leads to this machine and nowhere else (RFC 6761)."""
FILES: Final = CASE_TYPES / "supplier-invoice" / "actors"
LIMITS: Final = "Works with the Tryton of this machine that `make demo-systems` runs: a real ERP with made-up data."
REASON: Final = "The invoices are to work with another ERP (manage.py real_erp)."


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    """(key of the stand-in's connector, the connector to Tryton in its place)."""
    for path in sorted(FILES.glob("erp-*.yaml")):
        one = yaml.safe_load(path.read_text("utf-8"))
        key = one["key"].replace("erp-", "tryton-")
        card = {**one["card"], "limits": LIMITS, "procedure": "See docs/systems.md."}
        file = {**one["file"], "server": "erp"}
        name = one["name"].replace("ERP", "Tryton")
        yield one["key"], {**one, "key": key, "name": name, "origin": "Connector to Tryton", "card": card, "file": file}


def real_erp(on: bool, origin: Origin) -> list[str]:
    """Have invoices work with Tryton, or with the stand-in again; the keys of the actors that do so now."""
    pairs = list(documents())
    host_allow(HOST, None, private=True, note="the ERP of make demo-systems", origin=origin)
    there = set(Actor.objects.filter(key__in=[one["key"] for _, one in pairs]).values_list("key", flat=True))
    for stand_in, one in pairs:
        if on and one["key"] not in there:
            made(one)
        actor_enable(one["key"], on, origin, REASON)
        actor_enable(stand_in, not on, origin, REASON)
    return [one["key"] if on else stand_in for stand_in, one in pairs]
