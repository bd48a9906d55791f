"""What ships with the product: the case types' folders and the models that are trained on first use?"""

from __future__ import annotations

from pathlib import Path

from orchestration.actors.bundled import build_shipped_models
from orchestration.actors.registry import actor_ensure, register_model_version
from orchestration.models import ActorVersion

CASE_TYPES = Path(__file__).resolve().parents[1] / "casetypes"

ACTORS = {
    "intent": "Intent model",
    "sentiment": "Tone model",
}


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
    actor_ensure(
        kind, name=ACTORS.get(kind, kind), kind=kind, capability=kind,
        origin="MiniLM embeddings and logistic regression, on this machine", owner="Casewright",
    )  # fmt: skip
