"""How is a stream of any length sealed, so that a part of it, or one that was put in another order, is not read?

For backups. Pieces under AES-256-GCM, each with its number as the nonce and whether it is the last: the STREAM
construction of Hoang, Reyhanitabar, Rogaway and Vizar (2015). The key is the stream's own (`audit.data_keys`), so a
number is used once; who destroys it has destroyed the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audit.data_keys import KeyFault

BEGINS: Final = b"CWB1"
"""How a sealed stream begins; then the length of its subject, and the subject."""
PIECE: Final = 1 << 20
TAG: Final = 16
LAST, MORE = b"\1", b"\0"


def subject_of(source: IO[bytes]) -> str:
    """Whose key sealed the stream, which is read up to where its pieces begin; "" where it is not sealed."""
    if source.read(len(BEGINS)) != BEGINS:
        return ""
    return source.read(source.read(1)[0]).decode("ascii")


def seal_stream(subject: str, key: bytes, source: IO[bytes], to: IO[bytes]) -> None:
    """Read all of a stream and write it sealed."""
    named = subject.encode("ascii")
    to.write(BEGINS + bytes([len(named)]) + named)
    cipher, number = AESGCM(key), 0
    piece, following = _whole(source, PIECE), _whole(source, PIECE)
    while True:
        last = MORE if following else LAST
        to.write(last + cipher.encrypt(number.to_bytes(12, "big"), piece, named + last))
        if not following:
            return
        piece, following, number = following, _whole(source, PIECE), number + 1


def opened_stream(subject: str, key: bytes, source: IO[bytes]) -> Iterator[bytes]:
    """The pieces of what was sealed, one by one as each is checked. Raises KeyFault at the first that does not hold."""
    cipher, named, number, last = AESGCM(key), subject.encode("ascii"), 0, MORE
    while last == MORE:
        sealed = _whole(source, 1 + PIECE + TAG)
        last = sealed[:1]
        try:
            yield cipher.decrypt(number.to_bytes(12, "big"), sealed[1:], named + last)
        except (InvalidTag, ValueError) as error:
            raise KeyFault("it is not what was sealed, or a part of it is missing") from error
        number += 1
    if source.read(1):
        raise KeyFault("something was added to what was sealed")


def _whole(source: IO[bytes], size: int) -> bytes:
    """As much as was asked for, also of a pipe that gives less at a time; less at the end alone."""
    found = bytearray()
    while len(found) < size and (piece := source.read(size - len(found))):
        found += piece
    return bytes(found)
