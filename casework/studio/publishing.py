"""How does what an admin uploads become a version?

An upload that can be read and holds no fault becomes a proposal: nothing is in force by it, and whoever may publish can
look at what it would change. Published, it is deployed as any other version, and is on the chain of rules, roles and
actors with who, what and why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import QuerySet

from audit.selectors import recent
from audit.services import Fact, Origin, record_control
from casework.access.permissions import origin_of
from casework.access.roles import ensure_roles
from casework.forms.answer_validation import text_errors
from casework.models import Proposal
from casework.studio.upload_archive import FileChange, Unpacked, Unreadable, file_changes, unpacked
from orchestration.casetypes.case_type import CaseType, Faulty, checked
from orchestration.casetypes.deployment import Published, deploy
from orchestration.casetypes.derived import lower_than_their_source
from orchestration.casetypes.files import content_hash
from orchestration.casetypes.offered import unoffered
from orchestration.casetypes.usage import Usage, usage
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import Definition, Instance

KEPT: Final = timedelta(days=7)
"""A proposal that nobody publishes is gone after this."""
LONGEST_NOTE: Final = 500
PROPOSED: Final = "proposal.made"
DISCARDED: Final = "proposal.discarded"
ANOTHER: Final = Refused("second", "Somebody else has to publish it: whoever drafted or uploaded it does not.")
_FAULT: Final = re.compile(
    r"(?P<file>[\w.-]+\.(?:bpmn|cmmn|dmn|yaml|json))(?:, (?P<place>[^:]{1,200}))?: (?P<words>.*)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that stands in the way, or that its author should look at: the file, the place in it, a sentence."""

    file: str
    place: str
    words: str


@dataclass(frozen=True, slots=True)
class Review:
    """What a proposal would change. `base`: the version in force now, None where the case type is new.

    `overtaken`: another version came into force since the proposal was compared. `running`: cases that stay on `base`.
    """

    proposal: Proposal
    case_type: CaseType
    base: Definition | None
    changes: tuple[FileChange, ...]
    warnings: tuple[Fault, ...]
    overtaken: bool
    running: int

    @property
    def number(self) -> int:
        """The version that it would become."""
        return 1 if self.base is None else self.base.version + 1


def proposal_make(*, by: User, name: str, content: bytes, belongs_to: str) -> Proposal | Refused:
    """Judge an upload; with nothing wrong it is kept to be looked at. `belongs_to`: a case type's key, "" for a zip."""
    base = newest(belongs_to) if belongs_to else None
    read = unpacked(name, content, None if base is None else base.files)
    if isinstance(read, Unreadable):
        return _faulty(read.faults)
    try:
        draft = checked(read.files, clock.utc_now())
    except Faulty as wrong:
        return _faulty(wrong.faults)
    if belongs_to and draft.key != belongs_to:
        return _faulty([f"manifest.yaml, key: this would be the case type {draft.key!r}, not {belongs_to!r}."])
    return proposal_keep(by=by, key=draft.key, read=read, source=name)


def proposal_keep(*, by: User, key: str, read: Unpacked, source: str) -> Proposal:
    """Keep files that were found to be sound, to be looked at."""
    now, there = clock.utc_now(), newest(key)
    Proposal.objects.filter(created__lt=now - KEPT).delete()
    with transaction.atomic():
        made = Proposal.objects.create(
            key=key, based_on=0 if there is None else there.version, files=read.files,
            left_out=list(read.left_out[:100]), source=source[:200], by=by, created=now,
        )  # fmt: skip
        detail = {"proposal": made.pk, "key": made.key, "source": made.source, "hash": content_hash(made.files)}
        record_control([Fact(PROPOSED, detail)], origin_of(by), now)
    return made


def change_propose(*, by: User, base: Definition, files: Mapping[str, str], why: str) -> Proposal | Refused:
    """Keep what was changed in the browser beside `base`, for a second person to publish; `why` is its source."""
    if base != newest(base.key):
        return Refused("overtaken", "Another version was published meanwhile. Look at it, then change what it says.")
    try:
        checked(files, clock.utc_now())
    except Faulty as wrong:
        return _faulty(wrong.faults)
    return proposal_keep(by=by, key=base.key, read=Unpacked(dict(files)), source=why)


def proposal_discard(*, by: User, proposal: Proposal) -> None:
    """Nothing comes of it."""
    with transaction.atomic():
        record_control(
            [Fact(DISCARDED, {"proposal": proposal.pk, "key": proposal.key})], origin_of(by), clock.utc_now()
        )
        proposal.delete()


def proposals_waiting() -> QuerySet[Proposal]:
    """What was uploaded and is not published yet, the newest first, without its files."""
    return Proposal.objects.select_related("by").defer("files", "left_out").order_by("-created")[:20]


def proposal_review(proposal: Proposal) -> Review:
    """What it would change against the version in force now. Raises Faulty where a later release refuses its files."""
    base, draft = newest(proposal.key), checked(proposal.files, clock.utc_now())
    running = 0 if base is None else Instance.objects.filter(definition__key=base.key, ended=None).count()
    return Review(
        proposal, draft, base, file_changes({} if base is None else base.files, proposal.files),
        tuple(_warnings(draft)), (0 if base is None else base.version) != proposal.based_on, running,
    )  # fmt: skip


def proposal_publish(*, by: User, proposal: Proposal, note: str) -> Published | Refused:
    """Deploy it, unless another version came into force since it was compared. The note says why."""
    if wrong := note_error(note):
        return Refused("invalid", wrong, {"note": wrong})
    if needs_another(by, proposal):
        return ANOTHER
    if not _is_as_uploaded(proposal):
        return Refused("forged", "These are not the files that were uploaded. Upload them again, and tell an auditor.")
    origin = Origin(origin_of(by).actor, cause=f"upload of {proposal.source}"[:200])
    outcome = deploy(proposal.files, origin, by=by, note=note[:LONGEST_NOTE], based_on=proposal.based_on)
    if isinstance(outcome, Refused) and outcome.code == "overtaken":
        return Refused(
            "overtaken", f"Another version of {proposal.key} was published after {proposal.source} was compared with "
            f"{_version(proposal.based_on)}. Upload the file again to see what it would change now.",
        )  # fmt: skip
    if isinstance(outcome, Refused):
        return outcome
    ensure_roles(outcome.case_type, origin)
    proposal.delete()
    return outcome


def needs_another(by: User, proposal: Proposal) -> bool:
    """Whether somebody else has to publish it: where two people are asked for, whoever brought it in does not."""
    return bool(settings.SECOND_PERSON) and proposal.by_id == by.pk


def _is_as_uploaded(proposal: Proposal) -> bool:
    """Whether its files are those that the control chain tells of; what was uploaded before it did is not known."""
    told = (change for change in recent(PROPOSED) if change["proposal"] == proposal.pk)
    change = next(told, None)
    return change is None or change["hash"] == content_hash(proposal.files)


def note_error(note: str) -> str:
    """What is wrong with the words that are kept with a version; nothing where they are well."""
    return text_errors({"note": note}).get("note", "") if note else "Say in a few words what you changed and why."


def newest(key: str) -> Definition | None:
    """The version in force of a case type."""
    return Definition.objects.filter(key=key).order_by("-version").first()


def faults_of(refused: Refused) -> tuple[Fault, ...]:
    """The faults of a refusal, each with its file and the element that it speaks of."""
    return tuple(map(_fault, refused.errors.values()))


def _faulty(faults: tuple[str, ...] | list[str]) -> Refused:
    return Refused("faulty", "Nothing was taken in.", {str(number): fault for number, fault in enumerate(faults, 1)})


def _fault(sentence: str) -> Fault:
    found = _FAULT.fullmatch(sentence)
    return Fault("", "", sentence) if found is None else Fault(found["file"], found["place"] or "", found["words"])


def _warnings(draft: CaseType) -> Iterator[Fault]:
    """What does no harm by itself, and what the installation lacks for these models."""
    for warning in draft.library.warnings:
        yield Fault(warning.file, warning.element, warning.sentence)
    for asked, words in unoffered(draft):
        yield Fault(_file_of(usage(draft), asked.by), asked.step, words)
    for lower in lower_than_their_source(draft):
        yield Fault(_file_of(usage(draft), lower.by), lower.step, str(lower))
    known = set(Group.objects.values_list("name", flat=True))
    for role in draft.roles:
        if role.group not in known:
            yield Fault("manifest.yaml", "roles", f"The group “{role.group}” is new: nobody is in it yet.")


def _file_of(found: Usage, at: tuple[str, str]) -> str:
    return next((model.file for model in found.models if model.at == at), "")


def _version(number: int) -> str:
    return f"version {number}" if number else "nothing, as the case type was new"
