"""Is there any sound in what begins as a recording does? Pure; looks at headers, and decodes nothing."""

from __future__ import annotations

import struct
from typing import Final

LOOKED_AT: Final = 2**16
"""Bytes after the tag of an MP3 in which its first frame has to begin."""
SPOKEN: Final = (b"\x01vorbis", b"OpusHead", b"\x7fFLAC", b"Speex   ")
"""How the first packet of an Ogg stream of sound begins."""
RATES: Final = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""Of MPEG audio, by its version."""
KBITS: Final = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}  # fmt: skip
"""Of layer III, by version; 2.5 is as 2."""


def has_sound(content: bytes, kind: str) -> bool:
    return {"wav": _wav, "ogg": _ogg, "mp3": _mp3}[kind](content)


def _wav(content: bytes) -> bool:
    """A format, and after it at least one byte of sound (RIFF: chunks of an even length)."""
    at, formed = 12, False
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        if name == b"fmt " and at + 24 <= len(content):
            channels, rate = struct.unpack_from("<HI", content, at + 10)
            formed = size >= 16 and channels > 0 and rate > 0
        if name == b"data":
            return formed and at + 8 < len(content)
        at += 8 + size + size % 2
    return False


def _ogg(content: bytes) -> bool:
    """A first page (RFC 3533) that begins a stream of sound, and something after it."""
    if len(content) < 28 or content[4] != 0:
        return False
    parts = content[26]
    begins = 27 + parts
    return content.startswith(SPOKEN, begins) and len(content) > begins + sum(content[27:begins])


def _mp3(content: bytes) -> bool:
    """A frame that the next one follows."""
    begins = _tag(content)
    at = content.find(b"\xff", begins)
    while 0 <= at < begins + LOOKED_AT:
        size = _frame(content, at)
        if size and (_frame(content, at + size) or at + size == len(content)):
            return True
        at = content.find(b"\xff", at + 1)
    return False


def _tag(content: bytes) -> int:
    """The bytes of the tag (ID3v2) before the sound."""
    if not content.startswith(b"ID3") or len(content) < 10:
        return 0
    return 10 + sum((byte & 127) << 7 * left for byte, left in zip(content[6:10], (3, 2, 1, 0), strict=True))


def _frame(content: bytes, at: int) -> int:
    """How many bytes the frame of layer III has that begins here; 0: none does."""
    if at + 4 > len(content):
        return 0
    word = int.from_bytes(content[at : at + 4], "big")
    version, layer, bits, rate = word >> 19 & 3, word >> 17 & 3, word >> 12 & 15, word >> 10 & 3
    if word >> 21 != 0x7FF or version == 1 or layer != 1 or bits in (0, 15) or rate == 3:
        return 0
    whole = 144_000 if version == 3 else 72_000
    return whole * KBITS[3 if version == 3 else 2][bits] // RATES[version][rate] + (word >> 9 & 1)
