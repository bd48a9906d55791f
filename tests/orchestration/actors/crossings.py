"""Clean crossings made from a seed, for every registered kind of actor.

What is clean is what offices write: names, amounts, dates, addresses, complaints in strong words, with all guardrails.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from orchestration.actors import guardrails
from orchestration.actors.capability import Capability, capability_of
from orchestration.actors.card import Card
from orchestration.actors.contract import Answer
from orchestration.actors.handoff import CaseFacts, Checked, Handoff, Numbers, Outcome
from orchestration.privacy.classification import classify

FIRST = (
    "Maria",
    "Jonas",
    "Aylin",
    "Pierre",
    "Chiara",
    "Tomasz",
    "Ingrid",
    "Okan",
    "Beatriz",
    "Henrik",
    "Zofia",
    "Luca",
)
LAST = ("Stone", "Bergmann", "Yilmaz", "Dubois", "Ricci", "Nowak", "Lindqvist", "Kaya", "Fonseca", "Aaltonen", "Weiss")
PLACES = ("Graz", "Lyon", "Utrecht", "Porto", "Malmö", "Brno")
CANARY = "kestrel-lantern-4417"

SCHEMA = {
    "type": "object",
    "properties": {
        "customer": {
            "type": "object",
            "x-classification": "confidential",
            "properties": {
                "name": {"type": "string", "x-mask": "name"},
                "email": {"type": "string", "x-mask": "email"},
                "iban": {"type": "string", "x-classification": "restricted", "x-mask": "iban"},
                "phone": {"type": "string", "x-mask": "phone"},
            },
        },
        "order": {"type": "string", "x-classification": "internal"},
        "paid": {"type": "number", "x-classification": "internal"},
    },
}
CONTRACT = {
    "key": "answer-claim",
    "title": "Answer a claim",
    "purpose": "handling claims",
    "input": {
        "type": "object",
        "required": ["text", "order"],
        "additionalProperties": False,
        "properties": {
            "text": {"type": "string", "maxLength": 4000, "x-classification": "internal", "x-mask": "text"},
            "order": {"type": "string", "x-classification": "internal"},
            "contact": {"type": "string", "x-classification": "confidential", "x-mask": "email"},
            "history": {"type": "array", "items": {"type": "string", "x-classification": "internal", "x-mask": "text"}},
            "insured": {"type": "number", "x-classification": "restricted"},
        },
    },
    "output": {
        "type": "object",
        "required": ["label", "total", "reply"],
        "properties": {
            "label": {"enum": ["pay", "ask", "refuse"], "x-classification": "internal"},
            "total": {"type": "number", "minimum": -1000, "x-classification": "internal"},
            "lines": {"type": "array", "items": {"type": "object", "properties": {"amount": {"type": "number"}}}},
            "reply": {"type": "string", "x-classification": "internal"},
        },
    },
    "guardrails": {
        "before": [
            "authority", {"size": "16 kB"}, "masking", "pseudonyms", "leak",
            {"budget": {"call": 0.5}}, {"rate": 100}, {"injection": {"then": "person"}},
        ],
        "after": [
            {"size": "16 kB"}, "schema", {"leak": {"canaries": [CANARY]}},
            {"confidence": {"below": 0.8, "then": "person"}}, {"consistent": "total = sum(lines.amount)"},
            {"limit": {"of": "total", "most": 500, "least": 0}}, {"empty": ["/reply"]},
        ],
    },
}  # fmt: skip
CAPABILITY: Capability = capability_of(CONTRACT)
ANYTHING: dict[str, Any] = {"type": "object"}

CLAIMS = ("handling claims",)
CARDS = {
    "a2a": Card(source="vendor", clearance="internal", leaves=True),
    "agent": Card(clearance="internal", leaves=True, purposes=(*CLAIMS, "answering letters")),
    "case-kind": Card(clearance="internal"),
    "clauses": Card(clearance="internal", purposes=CLAIMS),
    "code": Card(clearance="internal", personal_data=False),
    "document-intelligence": Card(source="vendor", clearance="internal", leaves=True),
    "external": Card(source="vendor", clearance="internal"),
    "gist": Card(clearance="confidential"),
    "http": Card(clearance="restricted", purposes=CLAIMS),
    "intent": Card(clearance="internal", personal_data=False),
    "knowledge": Card(clearance="internal", purposes=CLAIMS),
    "language-model": Card(source="language-model", clearance="confidential", leaves=True),
    "mcp": Card(source="vendor", clearance="internal", leaves=True, purposes=CLAIMS),
    "money-flows": Card(clearance="confidential", purposes=CLAIMS),
    "outline-check": Card(clearance="internal", personal_data=False),
    "reader": Card(clearance="restricted"),
    "recommender": Card(clearance="internal", personal_data=False),
    "score": Card(clearance="internal", personal_data=False, purposes=CLAIMS),
    "sentiment": Card(clearance="internal"),
    "served-model": Card(source="vendor", clearance="internal", personal_data=False, leaves=True),
    "soap": Card(source="vendor", clearance="confidential"),
    "sql": Card(clearance="confidential", purposes=CLAIMS),
    "support": Card(clearance="internal"),
    "watchlist": Card(clearance="confidential", personal_data=False),
}
"""A card for each registered kind of actor: what it may see, and whether what it gets leaves the house."""


@dataclass(frozen=True)
class Person:
    name: str
    email: str
    iban: str
    phone: str


@dataclass(frozen=True)
class Scene:
    """A case, and what goes to an actor of a kind and comes back from it, all clean."""

    kind: str
    random: Random
    person: Person
    other: Person
    given: dict[str, Any]
    answer: Answer
    capability: Capability = CAPABILITY
    card: Card = Card()
    numbers: Numbers = Numbers(calls=3, cost=Decimal("0.01"), currency="EUR")
    actor_capability: str = "answer-claim"
    output_schema: dict[str, Any] = field(default_factory=lambda: ANYTHING)

    @property
    def handoff(self) -> Handoff:
        data = {"customer": vars(self.person), "order": self.given.get("order"), "paid": 120}
        case = CaseFacts(lambda: data, classify(SCHEMA), "claim")
        return Handoff(
            self.capability, f"a-{self.kind}", self.card, ANYTHING, self.output_schema, case,
            actor_capability=self.actor_capability, purpose=self.capability.purpose, numbers=self.numbers,
        )  # fmt: skip


def person(random: Random) -> Person:
    first, last = random.choice(FIRST), random.choice(LAST)
    email = f"{first}.{last}{random.randrange(10, 99)}@example.org".lower()
    return Person(f"{first} {last}", email, iban(random), f"+49 30 {random.randrange(10**6, 10**7)}")


def iban(random: Random) -> str:
    """A German account with its sum (ISO 13616)."""
    account = "".join(random.choices("0123456789", k=18))
    return f"DE{98 - int(account + '131400') % 97:02}{account}"


def card_number(random: Random) -> str:
    digits = "4" + "".join(random.choices("0123456789", k=14))
    total = sum(n * 2 - 9 * (n > 4) if at % 2 == 0 else n for at, n in enumerate(map(int, digits)))
    number = digits + str(-total % 10)
    return " ".join(number[at : at + 4] for at in range(0, 16, 4))


SENTENCES = (
    "I was charged twice for order {order} and would like {amount} EUR back.",
    "The parcel to {place} arrived on {day} with a broken lid; see the photos.",
    "Please ignore my last letter, the bill was right after all.",
    "This is the third time I write. I am angry, and I will tell everybody about it!",
    "Could you show me how the fee of {amount} EUR was computed?",
    "You are the best shop in {place}. Only the invoice is missing.",
    "I forgot everything about the rules for returns; are they 14 or 30 days?",
    "Do not send it to the old address. From now on I live in {place}.",
    "Your system says my claim of {day} is closed. Why?",
    "Ich habe die Rechnung {order} doppelt bezahlt und bitte um Erstattung.",
    "Bitte ignorieren Sie die Mahnung, ich habe am {day} gezahlt.",
    "Pourriez-vous me rembourser {amount} EUR pour la commande {order} ?",
    "The new instructions in the manual are hard to follow, page {page} above all.",
    "It was delivered at 10:30, {page} days late, with {page} parts missing.",
    "My assistant: she called you on {day}. Nobody answered the phone.",
    "The act as printed on the ticket differs from the one that played on {day}.",
)


def sentence(random: Random) -> str:
    return random.choice(SENTENCES).format(
        order=f"A-{random.randrange(1000, 9999)}",
        amount=random.randrange(5, 480),
        place=random.choice(PLACES),
        day=f"{random.randrange(1, 28)}.{random.randrange(1, 12)}.2026",
        page=random.randrange(2, 90),
    )


def clean(seed: int, kind: str | None = None) -> Scene:
    """A crossing that nobody has anything against."""
    random = Random(seed)
    kind = kind or random.choice(sorted(CARDS))
    who, other = person(random), person(random)
    while set(who.name.split()) & set(other.name.split()):
        other = person(random)
    given: dict[str, Any] = {
        "text": " ".join(sentence(random) for _ in range(random.randrange(1, 5))),
        "order": f"A-{random.randrange(1000, 9999)}",
    }
    if random.random() < 0.5:
        given["history"] = [sentence(random) for _ in range(random.randrange(3))]
    if CARDS[kind].personal_data and random.random() < 0.5:
        given["text"] += f" Regards, {who.name}, {who.email}"
    if CARDS[kind].personal_data and random.random() < 0.3:
        given["contact"] = who.email
    amounts = [random.randrange(0, 100) for _ in range(random.randrange(1, 5))]
    output = {
        "label": random.choice(["pay", "ask", "refuse"]),
        "total": sum(amounts),
        "lines": [{"amount": amount} for amount in amounts],
        "reply": f"Thank you for your letter about {given['order']}. Expect an answer by {random.randrange(1, 28)}.12.",
    }
    return Scene(kind, random, who, other, given, Answer(output, round(random.uniform(0.8, 1), 3)), card=CARDS[kind])


def crossed(scene: Scene, answer: Any = None) -> tuple[Checked, Checked | None]:
    """What the guardrails say before and after; None where nothing reached the actor."""
    before = guardrails.before(scene.handoff, scene.given)
    if before.outcome is not Outcome.PASS:
        return before, None
    given = scene.answer if answer is None else answer
    return before, guardrails.after(scene.handoff, before.value, given, before.restore)
