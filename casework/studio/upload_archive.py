"""What does a file that an admin uploads make of a case type, and what would change?

Pure. The file is a zip of a case type's folder, or one of its files to be added or replaced. It is hostile until shown
otherwise: its size, what it unpacks to, names and encodings are bounded before anything in it is read. What the files
say is judged elsewhere (`orchestration.casetypes.case_type.checked`).
"""

from __future__ import annotations

import difflib
import re
import stat
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from orchestration.casetypes.files import MANIFEST, MOST_CHARACTERS, MOST_FILES, READ, is_sample

MOST_UPLOADED: Final = 5 * 1024 * 1024
"""Bytes of the uploaded file."""
MOST_UNPACKED: Final = MOST_CHARACTERS
"""Bytes of all files in it together."""
MOST_ENTRIES: Final = 2_000
"""In a zip, folders and files that are not read counted as well."""
MOST_LINES_COMPARED: Final = 5_000
MOST_LINES_SHOWN: Final = 400
ZIP: Final = b"PK"
UNZIPPING: Final = (
    BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, OSError, ValueError, EOFError, IndexError,
)  # fmt: skip
"""What the standard library raises on a zip that is none."""
_DECLARED: Final = re.compile(r"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The files of a case type, and the names of what was in the upload but makes no part of a version."""

    files: dict[str, str]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The upload cannot be used; `faults` says why, a sentence each."""

    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileChange:
    """What becomes of one file: added, changed or removed. `lines`: a unified diff, each line with its sign first.

    `more`: lines of the diff that are left out; `added` and `removed` count all lines.
    """

    name: str
    kind: str
    lines: tuple[str, ...]
    added: int
    removed: int
    more: int = 0


def unpacked(name: str, content: bytes, base: Mapping[str, str] | None = None) -> Unpacked | Unreadable:
    """The files after the upload: those of the zip alone, or those of `base` with this one added or replaced."""
    if len(content) > MOST_UPLOADED:
        return Unreadable((f"The file has {len(content):,} bytes; at most {MOST_UPLOADED:,} are read.",))
    if content.startswith(ZIP):
        return _of_zip(content)
    plain = PurePosixPath(name.replace("\\", "/")).name
    if not plain.endswith(READ):
        known = ", ".join(READ)
        return Unreadable((f"{_shown(plain)} is neither a zip nor a file of a case type ({known}).",))
    if base is None:
        return Unreadable(("One file alone makes no case type: say which case type it belongs to, or upload a zip.",))
    text = _text(plain, content)
    return Unreadable((text.sentence,)) if isinstance(text, _Fault) else Unpacked({**base, plain: text})


def zipped(files: Mapping[str, str]) -> bytes:
    """The files as a zip; the same files make the same bytes."""
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        for name in sorted(files):
            archive.writestr(ZipInfo(name), files[name].encode(), compress_type=ZIP_DEFLATED)
    return target.getvalue()


def file_changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FileChange, ...]:
    """Every file that differs, by name."""
    names = sorted(before.keys() | after.keys())
    pairs = ((name, before.get(name), after.get(name)) for name in names)
    return tuple(_change(name, old, new) for name, old, new in pairs if old != new)


@dataclass(frozen=True, slots=True)
class _Fault:
    sentence: str


def _of_zip(content: bytes) -> Unpacked | Unreadable:
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
            if len(entries) > MOST_ENTRIES:
                return Unreadable((f"The zip holds {len(entries):,} files; at most {MOST_ENTRIES:,} are looked at.",))
            wanted, left_out, faults = _sorted(entries)
            texts = {} if faults else _texts(archive, wanted)
    except UNZIPPING as error:
        return Unreadable((f"The zip cannot be unpacked: {_plainly(error)}",))
    faults += [text.sentence for text in texts.values() if isinstance(text, _Fault)]
    if faults:
        return Unreadable(tuple(faults))
    return Unpacked({name: text for name, text in texts.items() if isinstance(text, str)}, left_out)


def _sorted(entries: list[ZipInfo]) -> tuple[dict[str, ZipInfo], tuple[str, ...], list[str]]:
    """The entries that make a version by name, the names of others, and what is wrong with any."""
    faults = [fault for entry in entries if (fault := _entry_fault(entry))]
    if faults:
        return {}, (), faults[:20]
    folder = _folder(entries)
    wanted: dict[str, ZipInfo] = {}
    left_out: list[str] = []
    for entry in entries:
        name = entry.filename.removeprefix(folder)
        if not entry.filename.startswith(folder) or not (_is_direct(name) or is_sample(name)):
            left_out.append(entry.filename)
        elif name in wanted:
            faults.append(f"{_shown(name)} is twice in the zip.")
        else:
            wanted[name] = entry
    if MANIFEST not in wanted and not faults:
        faults.append(f"The zip holds no {MANIFEST}: it has to be the folder of a case type.")
    if len(wanted) > MOST_FILES:
        faults.append(f"These are {len(wanted)} files; a case type has at most {MOST_FILES}.")
    return wanted, tuple(left_out), faults


def _is_direct(name: str) -> bool:
    """Whether a file of this name lies in the folder itself and is of a kind that is read."""
    return "/" not in name and name.endswith(READ)


def _entry_fault(entry: ZipInfo) -> str:
    path = PurePosixPath(entry.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in entry.orig_filename:
        return f"{_shown(entry.filename)} leads out of the folder: names in a zip are plain."
    if stat.S_ISLNK(entry.external_attr >> 16):
        return f"{_shown(entry.filename)} is a link to another file; a case type holds none."
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return f"{_shown(entry.filename)} is compressed in a way that is not read: use the usual one (deflate)."
    if entry.flag_bits & 1:
        return f"{_shown(entry.filename)} is encrypted, so it cannot be read."
    return ""


def _folder(entries: Iterable[ZipInfo]) -> str:
    """The one folder that everything stands in (with the slash), where a folder was zipped rather than its content."""
    manifests = [PurePosixPath(entry.filename) for entry in entries if PurePosixPath(entry.filename).name == MANIFEST]
    nearest = min(manifests, key=lambda path: len(path.parts), default=PurePosixPath(MANIFEST))
    return "" if len(nearest.parts) == 1 else f"{nearest.parent.as_posix()}/"


def _texts(archive: ZipFile, wanted: Mapping[str, ZipInfo]) -> dict[str, str | _Fault]:
    """What the files hold, as long as they are not too much together: what a zip says of itself is not trusted."""
    left, found = MOST_UNPACKED, dict[str, str | _Fault]()
    for name, entry in wanted.items():
        with archive.open(entry) as file:
            content = file.read(left + 1)
        left -= len(content)
        if left < 0:
            return {name: _Fault(f"The zip unpacks to more than {MOST_UNPACKED:,} bytes, which is more than is read.")}
        found[name] = _text(name, content)
    return found


def _text(name: str, content: bytes) -> str | _Fault:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _Fault(f"{_shown(name)} is not UTF-8 (byte {error.start + 1:,}). Save it as UTF-8.")
    declared = _DECLARED.match(text[:500])
    if declared and declared[1].lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
        return _Fault(f"{_shown(name)} says that it is {_shown(declared[1])}. Save it as UTF-8, and let it say so.")
    return text


def _change(name: str, before: str | None, after: str | None) -> FileChange:
    kind = "added" if before is None else "removed" if after is None else "changed"
    old, new = (before or "").splitlines(), (after or "").splitlines()
    if max(len(old), len(new)) > MOST_LINES_COMPARED:
        return FileChange(name, kind, (), len(new), len(old), more=len(old) + len(new))
    lines = list(_compared(old, new))
    added, removed = (sum(1 for line in lines if line.startswith(sign)) for sign in "+-")
    more = max(0, len(lines) - MOST_LINES_SHOWN)
    return FileChange(name, kind, tuple(lines[:MOST_LINES_SHOWN]), added, removed, more)


def _compared(old: list[str], new: list[str]) -> Iterator[str]:
    """The unified diff without its two head lines, which only repeat the name."""
    yield from list(difflib.unified_diff(old, new, lineterm="", n=2))[2:]


def _plainly(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return text[0].upper() + text[1:].rstrip(".") + "."


def _shown(name: str) -> str:
    """A name as a sentence can quote it."""
    return repr(name if len(name) <= 80 else name[:77] + "...")
