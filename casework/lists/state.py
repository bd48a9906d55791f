"""What of the address of a list does a saved view keep, and which part of that may a reader use? Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode

from casework.lists.asked import MOST, ORDERED_BY, TAG, Given, is_filter

LONGEST: Final = 2000
"""Characters of what a view keeps."""
LONGEST_VALUE: Final = 200


@dataclass(frozen=True, slots=True)
class Kind:
    """A list whose views can be saved; `key` is also the name of its address.

    `names`: what a view keeps of the address, besides filters; `orders`: those that are not by a field of the cases.
    """

    key: str
    title: str
    names: frozenset[str]
    orders: frozenset[str]


GROUPED: Final = ("group", "in")
"""By what a list is grouped, and which group alone is shown."""
OWN: Final = frozenset(("owner", "type", "state", "priority", "unit"))
"""What any list can be grouped by, beside fields of the cases."""
INBOX: Final = Kind("inbox", "inbox", frozenset(("tab", "sort", "col", *GROUPED)), ORDERED_BY | {"late", "next"})
CASES: Final = Kind(
    "cases", "list of cases", frozenset(("which", "kind", "state", "sort", "col", *GROUPED)), ORDERED_BY
)
KINDS: Final = {kind.key: kind for kind in (INBOX, CASES)}


@dataclass(frozen=True, slots=True)
class State:
    """`left_out`: how many parts are not in `pairs`, as the reader may not see the fields that they use."""

    pairs: tuple[Given, ...]
    left_out: int


def kept(query: str, kind: Kind, also: frozenset[str] = frozenset()) -> str:
    """Of the query of an address what a view of this list keeps, and the names of `also`; what is empty says nothing.
    Raises ValueError where that is too long."""
    if len(query) > 4 * LONGEST:
        raise ValueError("too long")
    found = parse_qsl(query.removeprefix("?"), max_num_fields=4 * MOST)
    names = kind.names | also
    pairs = [
        (name, value[:LONGEST_VALUE]) for name, value in found
        if value and (name in names or is_filter(name)) and len(name) <= LONGEST_VALUE and "\0" not in name + value
    ]  # fmt: skip
    written = urlencode(pairs)
    if len(written) > LONGEST:
        raise ValueError("too long")
    return written


def unknown(query: str, kind: Kind) -> list[str]:
    """The names in a query that say nothing to this list."""
    names = (name for name, _ in parse_qsl(query.removeprefix("?"), max_num_fields=4 * MOST))
    return [name for name in dict.fromkeys(names) if name not in kind.names and not is_filter(name)]


def readable(query: str, kind: Kind, paths: Collection[str]) -> State:
    """What of a view somebody may use who may choose the columns with these paths.

    The rest does not reach them: a value that another filters by may be what is masked for them.
    """
    pairs = parse_qsl(query)
    grouped = dict(pairs).get("group", "")
    no_group = () if grouped in OWN or grouped in paths else GROUPED
    left = tuple(pair for pair in pairs if pair[0] not in no_group and _may_use(pair, kind, paths))
    return State(left, len(pairs) - len(left))


def _may_use(pair: Given, kind: Kind, paths: Collection[str]) -> bool:
    name, value = pair
    if name == TAG:
        return True
    if is_filter(name):
        return name.partition(".")[2] in paths
    if name == "sort":
        return value in kind.orders or value.removeprefix("-") in paths
    return name != "col" or value in paths
