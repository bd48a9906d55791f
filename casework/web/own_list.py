"""When has a list changed that is each reader's own: an inbox, a list of cases, what waits for them?

Subjects of such a list are people. Any step may change the list of any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.contrib.auth.models import User


@dataclass(frozen=True, slots=True)
class OwnList:
    """`states`: for each of these people, what stands for the state of their list; a few statements for all."""

    name: str
    states: Callable[[Collection[int]], dict[int, str]]

    def concerned(self, changed: frozenset[int], watched: Collection[int]) -> Collection[int]:
        return watched

    def look(self, subjects: Collection[int]) -> dict[int, str]:
        return self.states(subjects)

    def visible(self, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
        """Everybody sees their own, as long as they are active."""
        active = User.objects.filter(pk__in={who for who, _ in pairs}, is_active=True).values_list("pk", flat=True)
        return {(who, who) for who in active}.intersection(pairs)
