"""How is it said that a list has more than was counted? Pure."""

from __future__ import annotations


class AtLeast(int):
    """A count that ended before its list did."""
