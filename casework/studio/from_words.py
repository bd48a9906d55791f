"""How does somebody have a process outlined that they describe, and what came of it?

A case of its own (`modelling/`), so that the language model is chosen, guarded, paid for, stopped and told of as for
any other work. It is made known when the first description comes in.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson
from django.contrib.auth.models import User
from django.db.models import QuerySet

from audit.selectors import entries_of
from audit.services import Origin
from casework.access.roles import ADMINISTRATORS
from casework.cases.read.case_view import look
from casework.governance.read import called
from casework.intake.services import Opened, case_open
from casework.models import Case, Proposal
from casework.studio.model_overview import askers
from casework.studio.outlines import NotSound, outline_propose
from orchestration.actors.capability import Capability, shipped
from orchestration.actors.card import NO_BILL
from orchestration.actors.contract import version_of
from orchestration.actors.kinds.outline_check.actor import CAPABILITY as CHECK
from orchestration.actors.kinds.outline_check.actor import FILE, KIND
from orchestration.actors.registry import actor_ensure, register_model_version
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import deploy
from orchestration.casetypes.files import content_hash
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.modelling.compiler import outline_text
from orchestration.models import Actor, ActorCall, ActorVersion, Definition, Incident

Json = Any

FOLDER: Final = Path(__file__).parent / "modelling"
KEY: Final = "model-from-words"
OUTLINE: Final = "outline-process"
SOURCE: Final = "studio"
ROUNDS: Final = 3
SHORTEST, LONGEST_WORDS = 40, 8000
SHOWN: Final = 20
AT_WORK: Final = (ActorVersion.State.IN_USE, ActorVersion.State.SHARE)
NOBODY: Final = Refused("nobody", "No language model is set up to outline processes.")
LENGTH: Final = Refused("description", f"Describe the process in {SHORTEST} to {LONGEST_WORDS:,} characters.")


def those_who_outline() -> list[Actor]:
    """The actors that may be asked now."""
    able = Actor.objects.filter(capability=OUTLINE, enabled=True, versions__state__in=AT_WORK)
    return list(able.distinct().order_by("rank", "key"))


def words_send(*, by: User, description: str) -> Case | Refused:
    """Have a process outlined, in the background."""
    text = description.replace("\0", "").strip()
    if not SHORTEST <= len(text) <= LONGEST_WORDS:
        return LENGTH
    if not those_who_outline():
        return NOBODY
    if refused := _ready():
        return refused
    data = {"description": text, "known": known_machines(), "rounds": ROUNDS}
    reference = f"words-{secrets.token_hex(4)}"
    outcome = case_open(by=by, case_type=KEY, reference=reference, source=SOURCE, data=data)
    return outcome.case if isinstance(outcome, Opened) else outcome


def _ready() -> Refused | None:
    """Have the process that drafts, and who tries its drafts."""
    files = folder_files(FOLDER)
    if not Definition.objects.filter(key=KEY, content_hash=content_hash(files)).exists():
        outcome = deploy(files, Origin("system:studio"), note="Ships with the studio")
        if isinstance(outcome, Refused):
            return outcome
    if not Actor.objects.filter(key=CHECK).exists():
        actor_ensure(
            CHECK, name="Checks of drafts", kind=KIND, capability=CHECK,
            origin="Compiler, checks and engine of this product", owner=ADMINISTRATORS,
            card={"clearance": "restricted", "price": NO_BILL},
        )  # fmt: skip
        register_model_version(CHECK, version_of(FILE), FILE, {}, activate=True)
    return None


def known_machines() -> list[dict[str, Json]]:
    """What machines can be asked for: what ships, and what steps of the newest versions ask for."""
    found = [_told(one) for one in shipped().values() if one.key not in (OUTLINE, "answer-about-case")]
    names = {one["capability"] for one in found}
    actors = Actor.objects.filter(enabled=True, capability__in=askers()).values_list("capability", flat=True)
    return [*found, *({"capability": one} for one in sorted(set(actors) - names - {CHECK, OUTLINE}))]


def _told(one: Capability) -> dict[str, Json]:
    needs, gives = (one.input or {}).get("required", []), (one.output or {}).get("properties", {})
    return {"capability": one.key, "does": one.title, "needs": list(needs), "gives": list(gives)}


@dataclass(frozen=True, slots=True)
class Run:
    """`waits`: it is being worked on. `error`: why no answer came. `outline`: the last one, as people read it."""

    case: Case
    description: str
    began: datetime
    by: str
    waits: bool
    sound: bool
    rounds: int
    messages: tuple[str, ...]
    outline: str
    error: str
    calls: tuple[ActorCall, ...]


def runs() -> QuerySet[Case]:
    """The last ones, the newest first."""
    return Case.objects.filter(case_type=KEY).order_by("-created")[:SHOWN]


def run_of(case: Case, user: User) -> Run:
    seen = look(user=user, case=case, now=clock.utc_now(), most=1)
    data: Mapping[str, Json] = seen.view.data
    calls = tuple(ActorCall.objects.filter(instance=case.instance_id).order_by("pk"))
    open_ones = Incident.objects.filter(instance=case.instance_id, resolved=None)
    stuck = next((one.message for one in open_ones), "")
    outline = data.get("outline")
    failed = calls[-1].error if case.closed and calls and calls[-1].outcome != "done" else ""
    return Run(
        case, str(data.get("description", "")), case.created, _begun_by(case), not case.closed and not stuck,
        bool(data.get("sound")), int(data.get("round") or 0), tuple(map(str, data.get("messages") or ())),
        "" if not outline else outline_text(outline), stuck or failed, calls,
    )  # fmt: skip


def _begun_by(case: Case) -> str:
    """Who described it, as people call them."""
    first = next(iter(entries_of(case.instance_id, after=0, limit=1)), None)
    return "" if first is None else called({first.actor})[first.actor]


def run_propose(*, by: User, case: Case, over: str = "") -> Proposal | NotSound:
    """Keep the draft that came of it, to be looked at and published or dropped."""
    data = orjson.loads(bytes(case.instance.data))
    if not data.get("sound"):
        return NotSound(tuple(map(str, data.get("messages") or ("No draft came of it.",))))
    return outline_propose(by=by, text=outline_text(data["outline"]), source=f"words, {case.reference}", over=over)
