"""How do files in a watched folder become cases, or join some?

`CASEWRIGHT_WATCHED_FOLDER/TYPE/file`: a case of this type begins with it, the same file once. `TYPE/REFERENCE/file`:
it joins the open case with this reference. `TYPE@UNIT/` does the same in a business unit; elsewhere an e-mail begins a
case in the unit of whose addresses it went to one (`addressed`). Afterwards it is moved to
`done/`, or to `refused/` with the reason beside. A file that changed a moment ago is left alone, as somebody may still
be writing it; who dies over one leaves it for the next look.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final

from django.conf import settings

from casework.access.unit_models import BusinessUnit
from casework.cases.references import key_of
from casework.documents.attachments import attached_to
from casework.documents.services import Added, File, file_add, file_of
from casework.intake.addressed import unit_of_mail
from casework.intake.services import Opened, case_open
from casework.models import Case
from orchestration.casetypes.case_type import by_definition, current
from orchestration.documents import store
from orchestration.documents.kinds import LARGEST, MB
from orchestration.documents.store import digest_of
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import Definition

SOURCE: Final = "folder"
QUIET: Final = 5.0
"""Seconds for which a file has not changed, before it is taken."""
AT_ONCE: Final = 20
"""Files of one look."""
DONE: Final = "done"
REFUSED: Final = "refused"
TOO_LARGE: Final = Refused("too-large", f"This file has more than {LARGEST // MB} MB. Send it in parts.")
NO_TYPE: Final = Refused("unknown", "No case type has the name of this folder.")
NO_UNIT: Final = Refused("unknown", "No business unit has the key that stands behind the @ of this folder.")
OF_UNIT: Final = "@"
NO_CASE: Final = Refused("unknown", "No one open case of this type has this reference.")


def look_after() -> None:
    """Take what lies in the watched folder, where one is named."""
    if not settings.WATCHED_FOLDER:
        return
    folder = Path(settings.WATCHED_FOLDER)
    for path in list(islice(_waiting(folder), AT_ONCE)):
        try:
            outcome = _taken(folder, path)
        except store.Away:
            outcome = store.AWAY
        if outcome is store.AWAY:
            return  # it is taken later: nothing is put aside that was not kept
        _put_away(folder, path, outcome)


def _waiting(folder: Path) -> Iterator[Path]:
    """The files to be taken, the oldest first; links are not followed."""
    found = [path for depth in ("*/*", "*/*/*") for path in folder.glob(depth)]
    ready = [(one.st_mtime, path) for path in found if (one := _quiet_file(folder, path)) is not None]
    return (path for _, path in sorted(ready))


def _quiet_file(folder: Path, path: Path) -> os.stat_result | None:
    """What is known of a file that may be taken now."""
    parts = path.relative_to(folder).parts
    if parts[0] in (DONE, REFUSED) or any(part.startswith(".") for part in parts):
        return None
    try:
        one = path.lstat()
    except OSError:
        return None
    is_quiet = one.st_mtime <= clock.utc_now().timestamp() - QUIET
    return one if stat.S_ISREG(one.st_mode) and is_quiet and not _is_linked(folder, path) else None


def _is_linked(folder: Path, path: Path) -> bool:
    """Whether it is reached through a link, so that it may lie anywhere."""
    return any(above.is_symlink() for above in path.parents if above != folder and folder in above.parents)


def _taken(folder: Path, path: Path) -> Opened | Added | Refused:
    below, *between, name = path.relative_to(folder).parts
    key, at, unit = below.partition(OF_UNIT)
    if path.stat().st_size > LARGEST:
        return TOO_LARGE
    try:
        current(key)
    except Definition.DoesNotExist:
        return NO_TYPE
    if at and not BusinessUnit.objects.filter(key=unit).exists():
        return NO_UNIT
    content = path.read_bytes()
    file = file_of(name, content)
    if isinstance(file, Refused):
        return file
    if between:
        return _joined(key, between[0], file, unit)
    reference, belongs = digest_of(content)[:32], unit or unit_of_mail(file)
    return case_open(by=None, case_type=key, reference=reference, source=SOURCE, data={}, file=file, unit=belongs)


def _joined(key: str, reference: str, file: File, unit: str) -> Added | Refused:
    """`unit`: only a case that belongs to it; "": whatever case it is."""
    cases = Case.objects.filter(case_type=key, reference_key=key_of(reference), closed=False)
    found = list((cases.filter(unit__key=unit) if unit else cases)[:2])
    if len(found) != 1:
        return NO_CASE
    level = by_definition(found[0].instance.definition_id).document_level
    if not level:
        return Refused("no-documents", "Cases of this kind take no documents.")
    outcome = file_add(by=None, case=found[0], file=file, level=level)
    for one in attached_to(file) if isinstance(outcome, Added) and outcome.new else ():
        file_add(by=None, case=found[0], file=one, level=level)
    return outcome


def _put_away(folder: Path, path: Path, outcome: Opened | Added | Refused) -> None:
    """Move the file aside, under a name that nothing has yet; a refused one with the reason beside it."""
    refused = isinstance(outcome, Refused)
    below = folder / (REFUSED if refused else DONE) / path.relative_to(folder).parent
    below.mkdir(parents=True, exist_ok=True)
    put = below / path.name
    for number in range(1, 1_000):
        if not put.exists():
            break
        put = below / f"{path.stem} ({number}){path.suffix}"
    with suppress(FileNotFoundError):  # another worker has taken the same, and put it away
        path.rename(put)
    if isinstance(outcome, Refused):
        said = " ".join((outcome.message, *(f"{place}: {why}" for place, why in outcome.errors.items())))
        put.with_name(put.name + ".txt").write_text(said + "\n", encoding="utf-8")
