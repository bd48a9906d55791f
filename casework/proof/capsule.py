"""What does an auditor take away of one case, so that others believe it without us?

A capsule: one zip whose manifest names each file by its digest and is signed (Ed25519). In it the history twice: in
words for people and machines, masked as for who exports it, and as evidence, whose links are whole; of an event that
this person does not see in clear, only the digest of its content is there, so that the chain still verifies.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

import orjson
from django.contrib.auth.models import User
from django.template.loader import render_to_string

from audit.chain import COMMITMENT_BYTES, instant
from audit.checkpoints import CheckpointFault, all_kept, public, signing_key
from audit.evidence import written
from audit.reading import Row, links_upto
from audit.sealed_values import is_sealed, opened, opening_of
from audit.selectors import Entry, entry_of
from audit.services import Fact
from audit.verifier import CAPSULE, EVENTS, MANIFEST, OPENINGS, SEAL, TOLD
from audit.verifier import __file__ as VERIFIER
from casework.access.permissions import origin_of
from casework.actors.ledger.csv_file import RUNS
from casework.cases.document_words import as_seen
from casework.cases.read.case_view import Look, look
from casework.cases.read.changes import Changes
from casework.cases.read.fields import Field
from casework.cases.read.timeline import ALL, Line, Wanted, timeline
from casework.cases.read.touched import Places
from casework.documents.models import Document
from casework.documents.read import documents_of
from casework.documents.sight import takes_file
from casework.forms.answer_validation import tells
from casework.models import Case
from casework.proof.moments import Moment, moment
from casework.proof.offline import runner
from casework.proof.paper import paper
from casework.templatetags.casewright import shown as shown_value
from orchestration.documents import store
from orchestration.ground.refusals import Refused
from orchestration.models import Definition
from orchestration.shell import services

MOST: Final = 200_000_000
"""Bytes of documents in one capsule."""
IN_MEMORY: Final = 4_000_000
REASON: Final = (3, 300)
PAPER: Final = "case.pdf"
Digests = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Capsule:
    """`withheld`: events of which only the digest of the content is in it."""

    file: IO[bytes]
    name: str
    events: int
    withheld: int


@dataclass(frozen=True, slots=True)
class _Made:
    """By whom, when and why: stands on everything that people read."""

    by: User
    at: datetime
    reason: str

    @property
    def mark(self) -> str:
        who = self.by.get_full_name() or self.by.get_username()
        return f"Exported by {who} ({self.by.get_username()}) on {instant(self.at)}: {self.reason}"


def case_export(*, by: User, case: Case, reason: str, now: datetime) -> Capsule | Refused:
    """The evidence of a case for this auditor; its history keeps who took it away, why, and its digest."""
    reason = reason.strip()
    if not tells(reason, REASON[0], REASON[1]) or not reason.isprintable():
        said = f"Say in {REASON[0]} to {REASON[1]} characters what the evidence is for."
        return Refused("invalid", said, {"reason": said})
    rows = links_upto(case.instance_id, case.instance.head_sequence)
    shown = moment(user=by, case=case, now=now, rows=rows)
    if shown is None:
        return Refused("unreadable", "This history cannot be read to its end. Verify it: that names what is wrong.")
    seen = look(user=by, case=case, now=now, most=1)
    entries = [entry_of(row) for row in rows]
    if any(seen.view.text(entry.cause) != entry.cause for entry in entries):
        return Refused(
            "masked", "What led to an event of this case is masked for you, so its links cannot leave with you."
        )
    if sum(Document.objects.filter(case=case).values_list("size", flat=True)) > MOST:
        return Refused("too-large", f"The documents of this case are more than {MOST // 1_000_000} MB together.")
    return _kept(by, case, _Made(by, now, reason), seen, shown, rows, entries)


def _kept(
    by: User, case: Case, made: _Made, seen: Look, shown: Moment, rows: Sequence[Row], entries: Sequence[Entry]
) -> Capsule:
    masked = [_masked(seen, entry) for entry in entries]
    evident = [
        row if told == entry.detail else _withheld(row) for row, entry, told in zip(rows, entries, masked, strict=True)
    ]
    withheld = sum(row[13] is None for row in evident)
    file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it
    files = _files(case, made, seen, shown, evident, masked, entries)
    digest = _pack(file, case, made, files, lambda digests: _paper(made, seen, shown, entries, digests))
    what = "the evidence of the case"
    detail = {"what": what, "reason": made.reason, "events": len(rows), "withheld": withheld, "manifest": digest}
    services.record(case.instance_id, [Fact("case.exported", detail)], origin_of(by))
    file.seek(0)
    return Capsule(file, f"evidence-{case.pk}.zip", len(rows), withheld)


def _masked(seen: Look, entry: Entry) -> dict[str, Any]:
    found: dict[str, Any] = seen.view.payload(as_seen(entry, seen.case_type, seen.view.principal))
    return found


def _withheld(row: Row) -> Row:
    """The link alone. Without its salt nobody can try what the content may have been."""
    return (*row[:12], None, None)


def _files(
    case: Case, made: _Made, seen: Look, shown: Moment, evident: Sequence[Row], masked: Sequence[dict[str, Any]],
    entries: Sequence[Entry],
) -> Iterator[tuple[str, bytes]]:  # fmt: skip
    lines = tuple(reversed(tuple(_lines(seen, entries))))
    context = {"moment": shown, "lines": lines, "mark": made.mark, "case": case, "events": len(entries)}
    yield "README.txt", render_to_string("proof/capsule_readme.txt", context).encode()
    yield "case.html", render_to_string("proof/capsule.html", context).encode()
    yield TOLD, b"".join(_told(entry, one) for entry, one in zip(entries, masked, strict=True))
    yield "history.csv", _sheet(made, lines)
    yield "data.json", orjson.dumps(seen.view.data, option=orjson.OPT_INDENT_2)
    yield EVENTS, b"".join(written(evident, [case.instance_id], made.at))
    yield OPENINGS, b"".join(_openings(evident))
    yield "verifier.py", Path(VERIFIER).read_bytes()
    yield from runner()
    yield from _models(entries)
    yield from _documents(made.by, case, seen)
    yield from ((f"checkpoints/{name}", content) for name, content in _checkpoints())


def _paper(made: _Made, seen: Look, shown: Moment, entries: Sequence[Entry], digests: Mapping[str, str]) -> bytes:
    """The case for people who read paper."""
    fields = [f"{one.group}: {one.name}" if one.group else one.name for one in shown.data]
    data = [f"{name}: {shown_value(one.value)}{_holds(one)}" for name, one in zip(fields, shown.data, strict=True)]
    lines = [" ".join(_row(line)) for line in reversed(tuple(_lines(seen, entries)))]
    about = f"{shown.state}, after event {shown.sequence} of {instant(shown.at)}, by {shown.version}."
    signed = [one.told for one in shown.shown]
    parts = [("Where it stands", [about]), ("Data", data), ("What happened", lines)]
    if signed:
        parts.insert(2, ("What people had on their screens", signed))
    return paper(made.mark, shown.title, parts, sorted(digests.items()))


def _holds(field: Field) -> str:
    return f" (holds from {field.effective})" if field.effective else ""


def _lines(seen: Look, entries: Sequence[Entry]) -> Iterator[Line]:
    whole = replace(seen, history=tuple(entries))
    return timeline(whole, Wanted(ALL), Changes(whole), Places(whole, {}))


def _told(entry: Entry, masked: dict[str, Any]) -> bytes:
    said = {
        "event": entry.sequence, "at": instant(entry.at), "action": entry.action, "actor": entry.actor,
        "on_behalf_of": entry.on_behalf_of, "cause": entry.cause, "version": entry.definition, "rules": entry.hits,
        "detail": masked,
    }  # fmt: skip
    return orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)


def _openings(evident: Sequence[Row]) -> Iterator[bytes]:
    """Of each sealed content that is in the capsule, what proves what it says; those of before have no such salt."""
    for row in evident:
        salt, body = row[12], row[13]
        if salt is not None and body is not None and is_sealed(body) and len(salt) == COMMITMENT_BYTES:
            said = {"event": row[1], "opening": opening_of(body).hex(), "content": opened(body).decode()}
            yield orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)


def _sheet(made: _Made, lines: Sequence[Line]) -> bytes:
    """For a spreadsheet, in which nothing runs."""
    text = io.StringIO()
    sheet = csv.writer(text)
    for row in [(made.mark,), ("event", "when", "who", "what"), *map(_row, lines)]:
        sheet.writerow([f"'{cell}" if cell.startswith(RUNS) else cell for cell in row])
    return text.getvalue().encode()


def _row(line: Line) -> tuple[str, ...]:
    return str(line.sequence), instant(line.at), line.who, line.told.in_full


def _models(entries: Sequence[Entry]) -> Iterator[tuple[str, bytes]]:
    """The files of each version that decided."""
    for label in dict.fromkeys(entry.definition for entry in entries if entry.definition):
        key, _, number = label.rpartition(" v")
        row = Definition.objects.filter(key=key, version=int(number) if number.isdecimal() else 0).first()
        for name, text in sorted(row.files.items()) if row is not None else ():
            yield f"models/{key}-v{number}/{name}", text.encode()


def _documents(by: User, case: Case, seen: Look) -> Iterator[tuple[str, bytes]]:
    """Those that the reader may take away one by one as well; one whose content is gone is left out, and shows."""
    kept = Document.objects.select_related("case__instance").filter(case=case).in_bulk()
    for one in documents_of(seen):
        if not one.hidden and takes_file(by, kept[one.id]):
            try:
                yield f"documents/{one.id}-{one.name.replace('/', '_')}", store.content_of(kept[one.id].digest)
            except store.Damaged:
                continue


def _checkpoints() -> Iterator[tuple[str, bytes]]:
    try:
        yield from all_kept()
    except (CheckpointFault, OSError):
        return


def _pack(
    file: IO[bytes], case: Case, made: _Made, files: Iterator[tuple[str, bytes]], printed: Callable[[Digests], bytes]
) -> str:
    """Writes the zip; the digest of its manifest, in hex. `printed`: the paper that names the digests of the rest."""
    digests: dict[str, str] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files:
            digests[name] = sha256(content).hexdigest()
            packed.writestr(name, content)
        pages = printed(digests)
        digests[PAPER] = sha256(pages).hexdigest()
        packed.writestr(PAPER, pages)
        said = {
            "format": CAPSULE, "chain": case.instance_id, "made": instant(made.at), "by": origin_of(made.by).actor,
            "reason": made.reason, "files": digests,
        }  # fmt: skip
        manifest = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
        packed.writestr(MANIFEST, manifest)
        if seal := _seal(manifest):
            packed.writestr(SEAL, seal)
    return sha256(manifest).hexdigest()


def _seal(manifest: bytes) -> bytes:
    try:
        key = signing_key()
    except CheckpointFault:
        return b""
    return orjson.dumps({"key": public(key).hex(), "signature": key.sign(manifest).hex()})
