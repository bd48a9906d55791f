"""With what does a page of a list open: its address, a saved view, or the reader's own default?

Pure. An address that only names a view opens it as it is now; one that says more departs from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict

from casework.lists.saved import View
from casework.web.asked import number_in

UNSAID: Final = ("view", "had")
"""Of an address what does not say how the list is set."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a page shows, as an address would ask for it. `view`: the saved one that it is of; `gone`: one was named
    that is not there for this reader."""

    asked: QueryDict
    view: View | None = None
    gone: bool = False

    @property
    def number(self) -> int:
        return self.view.id if self.view else 0


@dataclass(frozen=True, slots=True)
class ViewTab:
    """A saved view beside the tabs of its list."""

    view: View
    count: int
    is_here: bool


def opened(asked: QueryDict, views: Sequence[View]) -> Opened:
    """What the page shows for this address to a reader who has these views."""
    named = number_in(asked.get("view", ""))
    is_bare = not any(value for name, values in asked.lists() if name not in UNSAID for value in values)
    here = next((view for view in views if (view.id == named if named else is_bare and view.is_default)), None)
    return Opened(here.asked if here and is_bare else asked, here, bool(named) and here is None)
