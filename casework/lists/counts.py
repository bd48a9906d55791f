"""How is it said that a list has more than was counted? Pure."""

from __future__ import annotations


class AtLeast(int):
    """A count that ended before its list did."""


def up_to(found: int, most: int) -> int:
    """Of what was looked for up to one more than `most`: how many there are."""
    return AtLeast(most) if found > most else found
