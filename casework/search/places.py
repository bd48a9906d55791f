"""Which pages may this person go to, and by what words would they look for them?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import User
from django.urls import reverse

from casework.access import permissions
from casework.web import help

EVERYBODY, ORDERS, GOVERNS, PUBLISHES, AUDITS = "everybody", "orders", "governs", "publishes", "audits"
VIEWS = "views"
"""Who may: everybody; who gives out work; who publishes or audits; one of these."""

PLACES: Final = (
    ("inbox", "Inbox", "tasks work mine home", EVERYBODY),
    ("cases", "Cases", "list all", EVERYBODY),
    ("attention", "Needs attention", "incidents failed errors trouble", EVERYBODY),
    ("glass", "Broken glass", "emergency break glass review unmask", EVERYBODY),
    ("board", "Board", "team load people groups late assign", ORDERS),
    ("away", "Out of office", "absence holiday vacation away", EVERYBODY),
    ("delegations", "Acting for others", "delegation deputy substitute stand in behalf", EVERYBODY),
    ("reviews", "Owners and reviews", "owner review date overdue responsible", GOVERNS),
    ("view-as", "View as", "impersonate role person see as", VIEWS),
    ("rules", "Rules", "decision tables dmn routing", GOVERNS),
    ("actors", "Actors", "models connectors bots machines", GOVERNS),
    ("capabilities", "Capabilities", "contracts guardrails", GOVERNS),
    ("hosts", "Hosts that connectors may call", "network allowed addresses", GOVERNS),
    ("ledger", "Ledger", "calls cost money tokens", EVERYBODY),
    ("measures", "Measures", "accuracy overrides calibration", GOVERNS),
    ("budgets", "Budgets", "limits money month", GOVERNS),
    ("events", "Events", "webhooks subscribers inlets", PUBLISHES),
    ("controls", "Changes", "governance history of rules roles", GOVERNS),
    ("access", "Access", "refused denied viewed", AUDITS),
    ("help", "Help", "documentation manual", EVERYBODY),
    ("api-docs", "API", "programs interface documentation", EVERYBODY),
)
"""Name of the address, what the page is called, other words for it, who may."""


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    also: str
    address: str


def places(user: User, orders: bool) -> Iterator[Place]:
    """Those of the product, then the pages of help. `orders`: whether they give out work."""
    publishes, audits = permissions.may_publish(user), permissions.may_audit(user)
    may = {EVERYBODY: True, ORDERS: orders, GOVERNS: publishes or audits, PUBLISHES: publishes, AUDITS: audits}
    may[VIEWS] = permissions.has_everywhere(user, "casework.view_as")
    for address, name, also, who in PLACES:
        if may[who]:
            yield Place(name, also, reverse(address))
    for name in help.FOR_USE:
        page = help.page(f"use/{name}")
        yield Place(f"Help: {page.title}", name, reverse("help-page", args=[page.name]))
