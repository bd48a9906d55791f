"""How does a recommender come to be, of purchases of an organisation's own or of those that are made up?"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
import yaml

from casework.access.roles import ADMINISTRATORS
from casework.actors.shipped import told
from orchestration.actors.contract import version_of
from orchestration.actors.recipe import Recipe, digest_of
from orchestration.actors.registry import register_model_version
from orchestration.actors.shipping import actor_ship, model_ship
from orchestration.advice.learning import Learnt, Purchase, learn
from orchestration.advice.made_up import ITEMS, bought_by, customers
from orchestration.advice.measuring import HELD_OUT, hit_rates
from orchestration.models import Actor, ActorVersion

RECIPE: Final = "recommender.yaml"
METHOD: Final = 1
"""Raised with whatever makes another recommender of the same purchases."""
COLUMNS: Final = ("customer", "item")


@dataclass(frozen=True, slots=True)
class Table:
    """The purchases of a file; `left_out`: of people who did not agree; `bad`: (line, why)."""

    purchases: tuple[Purchase, ...]
    left_out: int
    bad: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Trained:
    """A recommender ready to register: `version` is its content hash."""

    version: str
    artefact: bytes
    metrics: dict[str, Any]


def ensure_recommender(folder: Path) -> list[str]:
    """Have the recommender of a case type's recipe, of made-up purchases; a line where this release brings it anew."""
    recipe = folder / RECIPE
    if not recipe.exists():
        return []
    given = yaml.safe_load(recipe.read_text("utf-8"))
    actor_ship(
        given["key"], name=given["name"], kind="recommender", capability=given["capability"], origin=given["origin"],
        owner=ADMINISTRATORS, card=given["card"],
    )  # fmt: skip
    learnt_by = digest_of(given["customers"], given["capability"], ITEMS, METHOD)
    made = Recipe(given["key"], learnt_by, lambda: learn_from(given["capability"], made_up(given["customers"])))
    line = told(model_ship(made, "Learnt from made-up purchases"))
    return [line] if line else []


def register(key: str, purchases: Sequence[Purchase], *, note: str) -> tuple[str, dict[str, Any]]:
    """Learn from purchases and register what was learnt as a version; its name and what was measured."""
    made = learn_from(Actor.objects.get(key=key).capability, purchases)
    if not ActorVersion.objects.filter(actor__key=key, version=made.version).exists():
        register_model_version(key, made.version, made.artefact, made.metrics, activate=False, note=note[:500])
    return made.version, made.metrics


def learn_from(capability: str, purchases: Sequence[Purchase]) -> Trained:
    """A recommender that has learnt from purchases, and was measured."""
    ours, most, asked = hit_rates(purchases)
    learnt = learn(purchases)
    measured = {
        "hit_rate": round(ours, 4), "hit_rate_of_popular": round(most, 4), "places": HELD_OUT, "asked": asked,
        "customers": learnt.customers, "items": len(learnt.names), "purchases": len(purchases),
    }  # fmt: skip
    artefact = packed(capability, learnt)
    return Trained(version_of(artefact), artefact, measured)


def packed(capability: str, learnt: Learnt) -> bytes:
    return orjson.dumps({"capability": capability, **learnt.packed()}, option=orjson.OPT_SORT_KEYS)


def made_up(wanted: int) -> list[Purchase]:
    return [Purchase(one, item, ITEMS[item]) for one in customers(wanted) for item in bought_by(one)]


def read_table(path: Path) -> Table:
    """Columns `customer`, `item`, and where they are there `name` and `consent`. Raises ValueError, OSError."""
    with path.open(encoding="utf-8-sig", newline="") as opened:
        rows = csv.DictReader(opened)
        if missing := [one for one in COLUMNS if one not in (rows.fieldnames or ())]:
            raise ValueError(f"the file has no column {missing[0]}")
        return _table(enumerate(rows, 2))


def _table(rows: Iterable[tuple[int, dict[str, Any]]]) -> Table:
    purchases, bad, left_out = [], [], 0
    for line, row in rows:
        customer, item = ((row.get(name) or "").strip() for name in COLUMNS)
        if not customer or not item or len(item) > 200:
            bad.append((line, "a customer and an item are needed"))
        elif (row.get("consent") or "yes").strip().lower() in {"no", "false", "0", "nein"}:
            left_out += 1
        else:
            purchases.append(Purchase(customer, item, (row.get("name") or "").strip()[:200]))
    return Table(tuple(purchases), left_out, tuple(bad))
