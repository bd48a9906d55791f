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
FILES: Final = "*/actors/erp-*.yaml"
"""The connectors to the ERP, by the case types that bring them."""
LIMITS: Final = "Works with the Tryton of this machine that `make demo-systems` runs: a real ERP with made-up data."
REASON: Final = "Invoices and claims are to work with another ERP (manage.py real_erp)."


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    """(key of the stand-in's connector, the connector to Tryton in its place)."""
    for path in sorted(CASE_TYPES.glob(FILES)):
        one = yaml.safe_load(path.read_text("utf-8"))
        key = one["key"].replace("erp-", "tryton-")
        card = {**one["card"], "limits": LIMITS, "procedure": "See docs/systems.md."}
        file = {**one["file"], "server": "erp"}
        name = one["name"].replace("ERP", "Tryton")
        yield one["key"], {**one, "key": key, "name": name, "origin": "Connector to Tryton", "card": card, "file": file}


def real_erp(on: bool, origin: Origin) -> list[str]:
    """Have invoices and claims work with Tryton, or with the stand-in again; the keys of the actors that do so now."""
    return switched(on, list(documents()), HOST, "the ERP of make demo-systems", REASON, origin)


def switched(
    on: bool, pairs: list[tuple[str, dict[str, Any]]], host: str, note: str, reason: str, origin: Origin
) -> list[str]:
    """One of each pair at work, the other not: the stand-in's connector, and the one to the real system.

    A stand-in whose case type is not deployed here is left out, and so is what would stand in its place.
    """
    host_allow(host, None, private=True, note=note, origin=origin)
    there = set(Actor.objects.filter(key__in=[key for pair in pairs for key in (pair[0], pair[1]["key"])])
                .values_list("key", flat=True))  # fmt: skip
    known = [(stand_in, one) for stand_in, one in pairs if stand_in in there]
    for stand_in, one in known:
        if on and one["key"] not in there:
            made(one)
        if on or one["key"] in there:
            actor_enable(one["key"], on, origin, reason)
        actor_enable(stand_in, not on, origin, reason)
    return [one["key"] if on else stand_in for stand_in, one in known]
