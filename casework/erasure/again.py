"""How is something erased once more that a backup has brought back?

By the notes that stand outside the database (`notes`): after a restore, before anybody comes in; and once when a worker
begins, for a database that was restored by other means.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog
from django.db import connection, transaction

from audit import data_keys
from audit.models import AuditEvent, ErasedChain
from audit.sealed_values import forget
from audit.services import Origin
from casework.erasure.erasing import erase_now
from casework.erasure.models import LegalHold
from casework.erasure.notes import Note, all_notes, note_cases
from casework.erasure.places import Places
from casework.erasure.recalled import can_be_recalled, recalled
from casework.erasure.taking_out import take_out_now
from casework.models import UnsentForm
from orchestration.models import Instance, Outbox

log = structlog.get_logger("casework.erasure")

AGAIN: Final = Origin("system:restore", cause="a backup of before was restored")
REPLACED: Final = "content.replaced"
WHY: Final = "It was erased before, and a backup that was restored had it again."
_looked: set[str] = set()
"""Databases that this process has looked at."""


@dataclass(slots=True)
class Mentioned:
    """`taken`: out of how many cases people were taken again. `left`: (number of the chain, order) of those that name
    one still: the words are known no more, or the case could not be verified."""

    taken: int = 0
    left: list[tuple[int, int]] = field(default_factory=list)


def erase_again() -> int:
    """Erase what is there again although it was erased; how much."""
    notes = list(all_notes())
    count = sum(_case_again(one) for one in _there_again([one for one in notes if "chain" in one]))
    for one in notes:
        if "form" in one:
            count += UnsentForm.objects.filter(pk=one["form"], created=_moment(one)).delete()[0]
        elif "letter" in one:
            count += Outbox.objects.filter(pk=one["letter"], created=_moment(one), sender=None).delete()[0]
    return count


def mentions_again() -> Mentioned:
    """Take those out again whom orders had taken out of cases of somebody else's. The cases have to verify, so lists
    and search words are made before, where a backup left them out."""
    found = Mentioned()
    for note in _mentioned_again():
        words = recalled(note["mention"], note) if can_be_recalled(note) else None
        if words is None and can_be_recalled(note):
            continue
        gone = words and take_out_now(chain=note["mention"], words=words, order=note["order"], origin=AGAIN)
        if isinstance(gone, Places):
            found.taken += 1
        else:
            found.left.append((note["mention"], note["order"]))
    return found


def _mentioned_again() -> list[Note]:
    """Notes of cases whose history does not say that the person was taken out: it is of before."""
    notes = [one for one in all_notes() if "mention" in one]
    there = list(_there_again([{**one, "chain": one["mention"]} for one in notes]))
    replaced = AuditEvent.objects.filter(chain__in=[one["chain"] for one in there], action=REPLACED)
    kept = {bytes(digest).hex() for digest in replaced.values_list("digest", flat=True)}
    return [one for one in there if one["event"] not in kept]


def look_after() -> None:
    """Once a process: erase what a restored database has again, and note what nobody noted."""
    name = str(connection.settings_dict["NAME"])
    if name in _looked:
        return
    erase_again()
    noted = {one["chain"] for one in all_notes() if "chain" in one}
    for subject in data_keys.subjects():
        _key_again(subject)
    for chain, order in mentions_again().left:
        log.error("a case names again whom an order took out: ask for it anew", chain=chain, order=order)
    note_cases([chain for chain in ErasedChain.objects.values_list("chain", flat=True) if chain not in noted])
    _looked.add(name)


def _key_again(subject: str) -> None:
    """Who was killed between the erasure of a case and that of its key has left the key."""
    number = subject.removeprefix("case-")
    if not (subject.startswith("case-") and number.isdecimal()):
        return
    if ErasedChain.objects.filter(chain=number).exists() and not Instance.objects.filter(pk=number).exists():
        forget(subject)


def _there_again(notes: list[Note]) -> Iterator[Note]:
    there = Instance.objects.filter(pk__in=[one["chain"] for one in notes]).values_list("pk", flat=True)
    firsts = AuditEvent.objects.filter(chain__in=list(there), sequence=1).values_list("chain", "digest")
    found = {chain: bytes(digest).hex() for chain, digest in firsts}
    return (one for one in notes if found.get(one["chain"]) == one["first"])


@transaction.atomic
def _case_again(note: Note) -> int:
    """A hold that the backup has was lifted before the case went."""
    LegalHold.objects.filter(case__instance=note["chain"]).delete()
    return int(erase_now(chain=note["chain"], order=note["order"], why=WHY, origin=AGAIN) is not None)


def _moment(note: Note) -> datetime:
    return datetime.fromisoformat(note["created"])
