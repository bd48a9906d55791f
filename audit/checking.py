"""Does a chain hold, link by link, as it is read?

What `chain.first_break` asks of objects, asked of raw rows at ten times the rate, and of the whole chain: after a break
the check goes on from what is stored, so that each further one is named as well. Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from json.encoder import encode_basestring  # the C function behind json.dumps
from typing import TYPE_CHECKING

from audit.chain import Break, Head

if TYPE_CHECKING:
    from audit.reading import Row

MOST_BREAKS = 20
"""A chain with more is not told apart any further."""


@dataclass(slots=True)
class Shared:
    """What the links of one step have in common, as it is hashed; most links share it with the one before."""

    key: tuple[str, str, str, datetime, str] | None = None
    before: str = ""
    after: str = ""


class ChainCheck:
    """One chain, fed in order from the link after `head`. `unread`: sequences whose payload is not there.

    `replaced`: digests of contents that stand, without a salt, in place of what was hashed. Only of a case that may be
    (`replaceable`), and whoever checks it holds them against what the orders in its history say.
    """

    __slots__ = ("_shared", "breaks", "digest", "prefix", "replaceable", "replaced", "sequence", "unread")

    def __init__(self, chain: int, head: Head, *, replaceable: bool = False) -> None:
        self.replaceable = replaceable
        self.replaced: dict[int, str] = {}
        self.prefix = f"[{chain},"
        self.sequence, self.digest = head.sequence, head.digest
        self.breaks: list[Break] = []
        self.unread: list[int] = []
        self._shared = Shared()

    @property
    def head(self) -> Head:
        return Head(self.sequence, self.digest)

    def feed(self, row: Row) -> bool:
        """Whether this link holds."""
        sequence, salt, body, wanted = row[1], row[12], row[13], row[11]
        expected, before = self.sequence + 1, self.digest
        self.sequence, self.digest = sequence, wanted
        if sequence != expected:
            return self._broken(expected, f"event {expected} is missing: the next one kept is {sequence}")
        if row[10] != before:
            return self._broken(expected, f"event {expected} does not continue event {expected - 1}")
        if self._recomputed(row) != wanted:
            return self._broken(expected, f"event {expected} was changed after it was written")
        if body is None or salt is None:
            self.unread.append(sequence)
        elif not salt and self.replaceable:
            self.replaced[sequence] = sha256(body).hexdigest()
        elif sha256(salt + body).digest() != row[9]:
            return self._broken(expected, f"the content of event {expected} was changed after it was written")
        return True

    def end(self, head: Head) -> None:
        """The chain is read: does it end where the row beside it says?"""
        if self.sequence < head.sequence:
            missing = f"events {self.sequence + 1} to {head.sequence} are missing from the end"
            self._broken(self.sequence + 1, missing)
        elif self.head != head:
            self._broken(self.sequence, "the last event is not the one that the case remembers")

    def _broken(self, sequence: int, reason: str) -> bool:
        if len(self.breaks) < MOST_BREAKS:
            self.breaks.append(Break(sequence, reason))
        return False

    def _recomputed(self, row: Row) -> bytes:
        """As `chain.link_digest`, with what the links of a step share written once."""
        shared, key = self._shared, (row[3], row[4], row[5], row[6], row[7])
        if shared.key != key:
            quoted = encode_basestring
            shared.key = key
            shared.before = f",{quoted(row[3])},{quoted(row[4])},{quoted(row[5])},"
            at = row[6].astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00")
            shared.after = f'"{at}Z",{quoted(row[7])},'
        facts = (
            f"{self.prefix}{row[1]},{encode_basestring(row[2])}{shared.before}{shared.after}"
            f'{encode_basestring(row[8])},"{row[9].hex()}","{row[10].hex()}"]'
        )
        return sha256(facts.encode()).digest()
