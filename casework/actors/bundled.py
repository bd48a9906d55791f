"""What ships with the product: the case types' folders and the models that are trained on first use?"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from orchestration.actors.bundled import build_shipped_models
from orchestration.actors.registry import actor_ensure, register_model_version
from orchestration.ground import clock
from orchestration.models import ActorVersion

CASE_TYPES = Path(__file__).resolve().parents[1] / "casetypes"

ACTORS = {
    "intent": "Intent model",
    "sentiment": "Tone model",
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
}
"""Instructions for use of those that ship; how well a version was measured stands with the version."""
REVIEWED_FOR: Final = timedelta(days=365)


def ensure_actors(training: Path) -> None:
    """Train and register the models whose training sets stand in the folder, unless an actor has one at work."""
    wanted = {path.stem for path in training.glob("*.csv")} if training.exists() else set()
    at_work = set(ActorVersion.objects.filter(state=ActorVersion.State.IN_USE).values_list("actor__key", flat=True))
    if not wanted - at_work:
        return
    for trained in build_shipped_models(training):
        ensure_actor(trained.kind)
        register_model_version(
            trained.kind, trained.version, trained.artefact, trained.metrics, activate=trained.kind not in at_work
        )


def ensure_actor(kind: str) -> None:
    """Have an actor whose models of this kind are trained here, unless it is there already."""
    review = (clock.utc_now() + REVIEWED_FOR).date().isoformat()
    actor_ensure(
        kind, name=ACTORS.get(kind, kind), kind=kind, capability=kind,
        origin="MiniLM embeddings and logistic regression, on this machine", owner="Casewright",
        card=CARDS.get(kind, {}) | {"review-by": review},
    )  # fmt: skip
