"""How does a case type get into the product, and a new version of it?

A version is immutable and has a content hash; new cases follow the newest, also those that messages, signals and timers
begin; running ones stay on theirs. Deploying the same files twice makes one version. A wrong model is never half
deployed: all its faults come back at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.contrib.auth.models import User
from django.db import transaction

from audit.db.one_at_a_time import one_after_another
from audit.services import Fact, Origin, record_control
from orchestration.casetypes.case_type import CaseType, Faulty, checked
from orchestration.casetypes.files import content_hash
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.messaging import timer_start_events
from orchestration.models import Definition


@dataclass(frozen=True, slots=True)
class Published:
    """A version is there. `created` is false when the newest version already had these files."""

    definition: Definition
    case_type: CaseType
    created: bool


def deploy(
    files: Mapping[str, str], origin: Origin, *, by: User | None = None, note: str = "", based_on: int | None = None
) -> Published | Refused:
    """Make these files the newest version.

    `based_on`: the version that they were edited from; refused when it is not the newest any more.
    """
    now = clock.utc_now()
    try:
        draft = checked(files, now)
    except Faulty as wrong:
        return Refused("faulty", "Not published: " + " ".join(wrong.faults), _numbered(wrong.faults))
    digest = content_hash(files)
    with transaction.atomic():
        one_after_another(f"deploy {draft.key}")
        newest = Definition.objects.filter(key=draft.key).order_by("-version").first()
        if newest is not None and newest.content_hash == digest:
            timer_start_events.follow(newest, draft, now)
            return Published(newest, replace(draft, version=newest.version), created=False)
        if based_on is not None and newest is not None and newest.version != based_on:
            return Refused(
                "overtaken", f"Version {newest.version} was published while you edited version {based_on}. "
                "Open the rules again and repeat your change there.",
            )  # fmt: skip
        definition = Definition.objects.create(
            key=draft.key, version=1 if newest is None else newest.version + 1, name=draft.name, content_hash=digest,
            files=dict(files), note=note, deployed_at=now, deployed_by=by,
        )  # fmt: skip
        changed = [name for name in files if newest is None or newest.files.get(name) != files[name]]
        detail = {"key": definition.key, "version": definition.version, "hash": digest, "note": note, "files": changed}
        record_control([Fact("definition.deployed", detail)], origin, now)
        timer_start_events.follow(definition, draft, now)
    return Published(definition, replace(draft, version=definition.version), created=True)


def _numbered(faults: list[str]) -> dict[str, str]:
    return {str(number): fault for number, fault in enumerate(faults, 1)}
