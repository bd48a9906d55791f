"""How is what is declared of an actor said to people?

Pure: a card, a kind or a state in plain words, the same on every page.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from orchestration.actors.budgets import Use
from orchestration.actors.card import LEVELS, Card, Price
from orchestration.ground.counts import counted
from orchestration.models import Budget

KINDS: Final[Mapping[str, str]] = {
    "intent": "Text model: what it is about",
    "sentiment": "Text model: tone",
    "case-kind": "Text model: which kind of case",
    "clauses": "Clauses of contracts",
    "recommender": "Recommender",
    "gist": "Gist of a document",
    "score": "Scoring model",
    "external": "Outside worker",
    "http": "HTTP connector",
    "document-intelligence": "Reader of documents at Azure AI Document Intelligence",
    "reader": "Reader of documents",
    "soap": "SOAP connector",
    "sql": "SQL connector",
    "served-model": "Model served elsewhere",
    "knowledge": "Knowledge base",
    "support": "Check of sources",
    "language-model": "Language model",
    "agent": "Agent",
    "a2a": "Agent outside (A2A)",
    "watchlist": "List of names",
    "money-flows": "Patterns in money flows",
    "mcp": "Tool of an MCP server",
    "outline-check": "Checks of a drafted model",
    "bot": "Bot",
    "code": "Code step",
}
SOURCES: Final[Mapping[str, str]] = {
    "internal": "In the house",
    "vendor": "From a vendor",
    "language-model": "Language model",
}
PER: Final[Mapping[str, str]] = {"call": "a call", "unit": "a unit", "minute": "a minute"}


def kind_words(kind: str) -> str:
    """What a kind is called; one that has no name here by its key."""
    return KINDS.get(kind, kind.replace("-", " ").capitalize())


def price_words(price: Price | None) -> str:
    if price is None:
        return "not known"
    if not price.amount:
        return "no bill for a call"
    return f"{money(price.amount)} {price.currency} {PER[price.per]}"


def money(amount: Decimal) -> str:
    """A sum without zeros that say nothing: 0.002, 1.50."""
    text = f"{amount.normalize():f}"
    whole, _, cents = text.partition(".")
    return f"{whole}.{cents:0<2}"


def seen_words(card: Card) -> list[str]:
    """Which data an actor may see, a sentence each."""
    at = LEVELS.index(card.clearance)
    reads, masked = LEVELS[: at + 1], LEVELS[at + 1 :]
    told = [
        f"It reads what is {_and(reads)}" + (f"; what is {_and(masked)} is masked for it." if masked else "."),
        "It may read e-mail addresses, phone, card and account numbers."
        if card.personal_data
        else "E-mail addresses, phone, card and account numbers do not reach it.",
    ]
    if card.leaves:
        told.append("What it is given leaves the house: names go as pseudonyms.")
    elif card.source == "vendor":
        told.append("What it is given goes to the vendor as it is, names too.")
    if card.purposes:
        told.append(f"Only for: {', '.join(card.purposes)}.")
    return told


def leaving_words(card: Card) -> str:
    """Whether what an actor is given leaves the house, in a few words."""
    if card.leaves:
        return "data leaves, names as pseudonyms"
    return "data goes to the vendor as it is" if card.source == "vendor" else "data stays"


def limit_words(card: Card) -> list[str]:
    """How much of it may be used, a sentence each."""
    told = []
    if card.concurrency is not None:
        told.append(f"At most {counted(card.concurrency, 'call')} at once.")
    if card.rate is not None:
        told.append(f"At most {counted(card.rate, 'call')} a minute.")
    if not told:
        told.append("No limit of calls.")
    then = "work waits for it" if card.waits_when_open else "work goes to another actor"
    told.append(
        f"After {counted(card.breaker_failures, 'failure')} in a row it is left alone for "
        f"{counted(card.breaker_pause, 'second')}; {then}."
    )
    if card.four_eyes:
        told.append("Whoever registers a version does not take it on to use: four eyes.")
    return told


def budget_words(use: Use | None) -> str:
    """What it may cost in a month, and what of that is used."""
    if use is None:
        return "No budget of a month."
    used = f"{money(use.spent + use.reserved)} {use.currency} are used"
    then = Budget.Beyond(use.beyond).label
    return f"At most {money(use.amount)} {use.currency} a month, of which {used}; beyond that work goes to {then}."


def _and(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
