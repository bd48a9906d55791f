"""May this file be a version of an actor of that kind?

Pickles are refused, alone and inside of archives: reading one runs what stands in it. What a kind can check without
what runs it, it checks here (`CHECKS`); the rest shows when the version is first tried.
"""

from __future__ import annotations

import bz2
import io
import lzma
import pickletools
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pkgutil import resolve_name
from typing import Final

LARGEST: Final = 20 * 2**20
CHECKS: Final[Mapping[str, str]] = {
    "a2a": "orchestration.actors.kinds.declared:file_fault",
    "agent": "orchestration.actors.kinds.declared:file_fault",
    "clauses": "orchestration.actors.kinds.clauses.file:clauses_fault",
    "recommender": "orchestration.actors.kinds.recommender.file:recommender_fault",
    "intent": "orchestration.actors.kinds.text_model.schemas:model_fault",
    "case-kind": "orchestration.actors.kinds.text_model.schemas:model_fault",
    "gist": "orchestration.actors.kinds.declared:file_fault",
    "sentiment": "orchestration.actors.kinds.text_model.schemas:model_fault",
    "score": "orchestration.actors.kinds.score.model:model_fault",
    "document-intelligence": "orchestration.actors.kinds.declared:file_fault",
    "http": "orchestration.actors.kinds.declared:file_fault",
    "knowledge": "orchestration.actors.kinds.declared:file_fault",
    "support": "orchestration.actors.kinds.declared:file_fault",
    "language-model": "orchestration.actors.kinds.declared:file_fault",
    "mcp": "orchestration.actors.kinds.declared:file_fault",
    "reader": "orchestration.actors.kinds.reader.file:reader_fault",
    "served-model": "orchestration.actors.kinds.declared:file_fault",
    "soap": "orchestration.actors.kinds.declared:file_fault",
    "sql": "orchestration.actors.kinds.declared:file_fault",
    "watchlist": "orchestration.actors.kinds.watchlist.file:list_fault",
    "money-flows": "orchestration.actors.kinds.moneyflows.file:flows_fault",
}
"""Kind -> what says in a sentence why a file is none of its artefacts, or ""."""
PICKLED: Final = "This is a Python pickle, or holds one. Reading it would run what stands in it, so it is refused."


def artefact_fault(kind: str, content: bytes) -> str:
    """Why this cannot be a version of such an actor, in a sentence; "" where it may be kept."""
    if not content:
        return "The file is empty."
    if len(content) > LARGEST:
        return f"The file has more than {LARGEST // 2**20} MB."
    if is_pickle(content) or is_pickle(_unpacked(content)) or _holds_pickle(content):
        return PICKLED
    if kind not in CHECKS:
        return ""
    check: Callable[[str, bytes], str] = resolve_name(CHECKS[kind])
    return check(kind, content)


def is_pickle(content: bytes) -> bool:
    """Whether Python's unpickler would read it: by its first bytes, or (protocol 0 has none) read to its end."""
    if content[:1] == b"\x80" and content[1:2] and 2 <= content[1] <= 5:
        return True
    try:
        *_, (last, _, at) = pickletools.genops(io.BytesIO(content))
    except Exception:  # whatever stops it from being read as one
        return False
    return last.name == "STOP" and at is not None and not content[at + 1 :].strip()


def _unpacked(content: bytes) -> bytes:
    """The beginning of what is compressed, as joblib does with pickles; empty where it is not."""
    for begins, unpack in COMPRESSED.items():
        if content.startswith(begins):
            with suppress(EOFError, OSError, zlib.error, lzma.LZMAError):
                return unpack(content)
    return b""


def _of_gzip(content: bytes) -> bytes:
    return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(content, BEGINNING)


def _of_bz2(content: bytes) -> bytes:
    return bz2.BZ2Decompressor().decompress(content, BEGINNING)


def _of_lzma(content: bytes) -> bytes:
    return lzma.LZMADecompressor().decompress(content, BEGINNING)


BEGINNING: Final = 65_536
COMPRESSED: Final[Mapping[bytes, Callable[[bytes], bytes]]] = {
    b"\x1f\x8b": _of_gzip,
    b"x": _of_gzip,
    b"BZh": _of_bz2,
    b"\xfd7zXZ": _of_lzma,
    b"\x5d\x00\x00": _of_lzma,
}


def _holds_pickle(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(_is_pickled(archive, one) for one in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError):
        return False


def _is_pickled(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    if member.filename.endswith((".pkl", ".pickle", ".joblib")):
        return True
    with archive.open(member) as opened:
        return opened.read(2)[:1] == b"\x80"
