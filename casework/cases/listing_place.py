"""Where is somebody in the list of cases, as its address says it? Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from casework.cases.read.case_list import Wanted
from casework.lists.asked import Asked, Given, Grouping, given_filters
from casework.lists.asked import asked as asked_of
from casework.lists.columns import MOST, Column
from casework.lists.grouping import chosen, within
from casework.web.asked import number_in

WHICH: Final = {"open": "Open", "closed": "Closed", "all": "All"}


@dataclass(frozen=True, slots=True)
class CasesPlace:
    """Tab, kind, state, order, columns, filters, by what it is grouped and which group is shown alone, what is searched
    for, how far the pages are turned, and the saved view (its number) that they came by."""

    which: str = "open"
    reference: str = ""
    kind: str = ""
    state_name: str = ""
    sort: str = ""
    after: str = ""
    columns: tuple[str, ...] = ()
    filters: tuple[Given, ...] = ()
    view: int = 0
    group: str = ""
    within: str = ""

    @classmethod
    def of(cls, asked: QueryDict) -> CasesPlace:
        """A reference is sought among all cases, unless it is said among which."""
        reference = asked.get("q", "").strip()[:100]
        which, group = asked.get("which", ""), asked.get("group", "")[:200]
        return cls(
            which=which if which in WHICH else "all" if reference else "open", reference=reference,
            kind=asked.get("kind", "")[:64], state_name=asked.get("state", "")[:64], sort=asked.get("sort", "")[:200],
            after=asked.get("after", "")[:500], columns=tuple(dict.fromkeys(asked.getlist("col")))[:MOST],
            filters=given_filters(asked.lists()), view=number_in(asked.get("view", "")),
            group=group, within=asked.get("in", "")[:200] if group else "",
        )  # fmt: skip

    def asked(self, columns: Sequence[Column], groupings: Sequence[Grouping] = ()) -> Asked:
        """What of it concerns fields of the cases, for who may choose these columns, and which group it shows alone."""
        found = asked_of(self.filters, self.sort, columns)
        return replace(found, within=within(chosen(groupings, self.group), self.within))

    def wanted(self, columns: Sequence[Column], groupings: Sequence[Grouping] = ()) -> Wanted:
        """The list itself, whatever is searched for in it."""
        return Wanted(self.kind, self.state_name, self.which, self.asked(columns, groupings))

    @property
    def given(self) -> list[Given]:
        """Names and values as the address has them."""
        said = [("q", self.reference), ("which", self.which), ("kind", self.kind), ("state", self.state_name),
                ("sort", self.sort), ("after", self.after), *(("col", path) for path in self.columns), *self.filters,
                ("group", self.group), ("in", self.within), ("view", str(self.view or ""))]  # fmt: skip
        return [one for one in said if one[1]]

    @property
    def state(self) -> str:
        """What a saved view keeps of it; the same for whatever shows the same."""
        return replace(self, reference="", after="", view=0, filters=tuple(sorted(self.filters))).query

    @property
    def query(self) -> str:
        return urlencode(self.given)

    @property
    def address(self) -> str:
        return reverse("cases") + "?" + self.query
