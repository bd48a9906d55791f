"""Where is somebody in their inbox, as its address says it? Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from casework.lists.asked import Asked, Given, Grouping, given_filters
from casework.lists.asked import asked as asked_of
from casework.lists.columns import MOST, Column
from casework.lists.grouping import chosen, within
from casework.tasks.inbox_statements import LISTS
from casework.web.asked import number_in

LONGEST: Final = 2000
"""Characters of the address of a list that the address of a task carries on."""
LATE: Final = "late"
"""The order of the inbox turned around."""
NEXT: Final = "next"
"""What to do next: at risk, then the more urgent, then what is due first."""
OWN_ORDERS: Final = (LATE, NEXT)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is in their inbox: tab, order, columns, filters, by what it is grouped and which group is shown
    alone, what is searched for, how far they have turned the pages, and the saved view (its number) that they came
    by."""

    tab: str
    sort: str
    reference: str
    after: str
    columns: tuple[str, ...] = ()
    filters: tuple[Given, ...] = ()
    view: int = 0
    group: str = ""
    within: str = ""

    @classmethod
    def of(cls, asked: QueryDict) -> Place:
        tab = asked.get("tab", "")
        return cls(
            tab=tab if tab in LISTS else "mine",
            sort=asked.get("sort", "")[:200],
            reference=asked.get("q", "").strip()[:100],
            after=asked.get("after", "")[:500],
            columns=tuple(dict.fromkeys(asked.getlist("col")))[:MOST],
            filters=given_filters(asked.lists()),
            view=number_in(asked.get("view", "")),
            group=(group := asked.get("group", "")[:200]),
            within=asked.get("in", "")[:200] if group else "",
        )

    @classmethod
    def standing(cls, tab: str) -> Place:
        """One of the lists that everybody has, as it is at first."""
        return cls(tab=tab, sort="", reference="", after="")

    def asked(self, columns: Sequence[Column], groupings: Sequence[Grouping] = ()) -> Asked:
        """What of it concerns fields of the cases, for who may choose these columns, and which group it shows alone."""
        found = asked_of(self.filters, "" if self.sort in OWN_ORDERS else self.sort, columns)
        return replace(found, within=within(chosen(groupings, self.group), self.within))

    @property
    def given(self) -> list[Given]:
        """Names and values as the address has them."""
        said = [("tab", self.tab), ("sort", self.sort), ("q", self.reference), ("after", self.after)]
        said += [("group", self.group), ("in", self.within)]
        view = ("view", str(self.view or ""))
        return [one for one in (*said, *(("col", path) for path in self.columns), *self.filters, view) if one[1]]

    @property
    def fields(self) -> SafeString:
        """The same for a form that leads back here, hidden in it. Each row of a list has one: it is written once."""
        return format_html_join("", '<input type="hidden" name="{}" value="{}">', self.given)

    @property
    def state(self) -> str:
        """What a saved view keeps of it; the same for whatever shows the same."""
        kept = replace(self, reference="", after="", view=0, filters=tuple(sorted(self.filters)))
        return kept.query

    @classmethod
    def carried(cls, request: HttpRequest) -> Place | None:
        """Where the page of a task was opened from, as its address says it (`?inbox=`)."""
        told = request.GET.get("inbox", "")[:LONGEST]
        return cls.of(QueryDict(told)) if told else None

    @property
    def address(self) -> str:
        return reverse("inbox") + "?" + self.query

    @property
    def carry(self) -> str:
        """What the address of a task's page ends in, so that its page leads back here."""
        return "?" + urlencode({"inbox": self.query})

    @property
    def query(self) -> str:
        return urlencode(self.given)
