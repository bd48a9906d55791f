"""What ships with the product: the case types' folders and the models that are trained on first use?"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from casework.access.roles import ADMINISTRATORS
from casework.actors.shipped import told
from orchestration.actors.bundled import score_recipes, text_recipes
from orchestration.actors.card import NO_BILL
from orchestration.actors.contract import version_of
from orchestration.actors.kinds.reader.file import own_file
from orchestration.actors.kinds.score.schema import Schema
from orchestration.actors.registry import register_model_version
from orchestration.actors.shipping import actor_ship, model_ship
from orchestration.ground import clock
from orchestration.models import ActorVersion

CASE_TYPES = Path(__file__).resolve().parents[1] / "casetypes"

READER: Final = "document-reader"
ACTORS = {
    "intent": "Intent model",
    "sentiment": "Tone model",
    "case-kind": "Model of kinds of cases",
}
CARDS: dict[str, dict[str, Any]] = {
    "intent": {
        "purpose": "Says what a customer's message is about, for the rules that send it to whom it concerns.",
        "limits": "English messages of customers. What it was not trained on, it puts under the label that is nearest.",
        "failures": "Messages about two things at once get one label. Irony is taken at its word.",
        "procedure": "The rules say how sure it must be; train it anew where people judge otherwise.",
    },
    "sentiment": {
        "purpose": "Says in which tone a customer writes, for rules and people that look at it.",
        "limits": "English messages. A complaint that is told in a matter-of-fact tone is neutral.",
        "failures": "Irony is taken at its word; a long message is as upset as its most upset sentence.",
        "procedure": "Train it anew where people judge otherwise.",
    },
    "case-kind": {
        "purpose": "Says which kind of case a letter or message begins, for the rules that let it be opened.",
        "limits": "English. It knows the kinds of cases that it was trained on, and puts all else under the nearest.",
        "failures": "A letter about two things gets one kind. Bad scans make it unsure.",
        "procedure": "The rules of the mailroom say how sure it must be; train it anew where people judge otherwise.",
    },
    READER: {
        "purpose": "Reads documents, and finds in them what an invoice or a receipt says.",
        "limits": "Looks in the first five pages. Print in Latin letters; handwriting is not read.",
        "failures": "Of two companies it may take the wrong one; an amount without words beside it is a guess.",
        "procedure": "Say by rules how sure it must be of a field; people see the document beside what was read.",
        "clearance": "restricted",
    },
}
"""Instructions for use of those that ship; how well a version was measured stands with the version."""
REVIEWED_FOR: Final = timedelta(days=365)


def ensure_actors(training: Path) -> list[str]:
    """Have the models whose training sets stand in the folder; a line for each that this release brings anew.

    Of actors that are there it is said what this release says. Whatever of them works goes on as it is.
    """
    brought = []
    for schema, recipe in score_recipes(training):
        ensure_score(schema)
        brought.append(model_ship(recipe, "Learnt from made-up rows"))
    for recipe in text_recipes(training):
        ensure_actor(recipe.key)
        brought.append(model_ship(recipe))
    return [line for row in brought if (line := told(row))]


def ensure_score(schema: Schema) -> None:
    """Have an actor whose scoring models have this schema, unless it is there already."""
    actor_ship(
        schema.name, name=schema.title, kind="score", capability=schema.capability, origin=schema.origin[:200],
        owner=ADMINISTRATORS, card=dict(schema.card) | {"review-by": _review()},
    )  # fmt: skip


def _review() -> str:
    return (clock.utc_now() + REVIEWED_FOR).date().isoformat()


def ensure_reader() -> None:
    """Have the actor that reads documents, in the version whose programs are here."""
    actor_ship(
        READER, name="Document reader", kind="reader", capability="read-document", owner=ADMINISTRATORS,
        origin="PDFium, PP-OCR models and rules, on this machine",
        card=CARDS[READER] | {"price": NO_BILL, "review-by": _review()},
    )  # fmt: skip
    file = own_file()
    version = version_of(file)
    there = ActorVersion.objects.filter(actor__key=READER)
    if not there.filter(version=version).exists():
        register_model_version(READER, version, file, {}, activate=True)


def ensure_actor(kind: str) -> None:
    """Have an actor whose models of this kind are trained here, unless it is there already."""
    actor_ship(
        kind, name=ACTORS.get(kind, kind), kind=kind, capability=kind,
        origin="MiniLM embeddings and logistic regression, on this machine", owner=ADMINISTRATORS,
        card=CARDS.get(kind, {}) | {"price": NO_BILL, "review-by": _review()},
    )  # fmt: skip
