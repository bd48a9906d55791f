"""Which events of all histories touched this field, said what holds from these days on, or were given this reason?

Fields are names that a case type's schema has, never data. A day counts where whoever asks may read it.
A reason may quote what is hidden from whoever asks: one of
a case counts only where its words stand in what they would read of it, so that no search tells what no page does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.contrib.auth.models import User

from audit.data_keys import KeyFault
from casework.access import permissions
from casework.cases.read.case_view import Look, look
from casework.models import Case
from casework.studio.rule_versions import newest_types
from orchestration.casetypes.case_type import CaseType
from orchestration.casetypes.effective import Days, effective_places
from orchestration.casetypes.form_answers import at_path
from orchestration.ground import clock
from orchestration.privacy.principal import Principal
from orchestration.view.state import ROOT

Json = Any
REASONS: Final = ("reason", "note", "why", "justification")
LEAST: Final = 3
"""Letters of a reason that are looked for."""


def names_of(path: str) -> tuple[str, ...]:
    """The names on the way to a field, from `customer.iban` or `/customer/iban`; none where no schema has it."""
    names = tuple(part for part in path.replace("/", ".").split(".") if part)
    known = names and any(names in _plain(one.classification.paths) for _, one in newest_types())
    return names if known else ()


def _plain(paths: Iterable[tuple[str, ...]]) -> set[tuple[str, ...]]:
    return {tuple(name for name in names if name != "*") for names in paths}


def touches(detail: Mapping[str, Json], names: Sequence[str]) -> bool:
    """Whether the event is about the field, or about one inside it."""
    told = str(detail.get("path", "")).replace("/", ".").strip(".").split(".")
    if told[: len(names)] == list(names):
        return True
    return any(_stands(detail.get(key), names) for key in ("changes", "variables"))


def _stands(value: Json, names: Sequence[str]) -> bool:
    for name in names:
        if not isinstance(value, Mapping) or name not in value:
            return False
        value = value[name]
    return True


def written_from(detail: Mapping[str, Json], days: Days, places: Iterable[str]) -> tuple[str, ...]:
    """Of these places those at which the event wrote, into the data of its case, a date within these days."""
    if detail.get("instance", ROOT) != ROOT or detail.get("item") is not None:
        return ()  # data of a part, which are none of the case
    written = detail.get("variables") or detail.get("changes")
    return tuple(place for place in places if days.have(at_path(written, place)))


def places_seen(user: User) -> frozenset[str]:
    """The dates from which something holds, of case types as they are now, that this person reads in cases anywhere: so
    no case has to be looked at for a date that is masked for them in all."""
    person = permissions.principal(user, None, clock.utc_now())
    return frozenset(
        place for _, one in newest_types() for place in effective_places(one.schema) if _reads(person, one, place)
    )


def _reads(person: Principal, case_type: CaseType, place: str) -> bool:
    pointer = "/" + place.replace(".", "/")
    return person.sees(case_type.classification.rule(pointer), pointer)


def said(detail: Mapping[str, Json], cause: str, words: str = "") -> str:
    """The reason that was given with the event, where these words stand in it; "" where none was."""
    told = [str(detail[key]) for key in REASONS if detail.get(key)] + ([cause] if cause else [])
    return next((one for one in told if words.casefold() in one.casefold()), "")


class Reader:
    """What whoever asks may read of words and days of a case; each case is read once."""

    def __init__(self, user: User) -> None:
        self.user = user
        self._looks: dict[int, Look | None] = {}

    def reads(self, case: int, text: str, words: str) -> bool:
        """Whether these words stand in the text as they may read it."""
        return words.casefold() in self.as_read(case, text).casefold()

    def as_read(self, case: int, text: str) -> str:
        """The text as they may read it; "" where the key of the case is gone. `case` 0: it belongs to none."""
        if not case:
            return text
        seen = self._look(case)
        return "" if seen is None else seen.view.text(text)

    def reads_day(self, case: int, places: Iterable[str]) -> bool:
        """Whether any of these dates is one from which something holds in the case, and they may read it."""
        wanted = {*places}
        seen = self._look(case) if case and wanted else None
        return seen is not None and any(
            _reads(seen.view.principal, seen.case_type, place)
            for place in effective_places(seen.case_type.schema) & wanted
        )

    def _look(self, case: int) -> Look | None:
        """None where the key of the case is gone."""
        if case not in self._looks:
            self._looks[case] = self._looked(Case.objects.select_related("instance").get(pk=case))
        return self._looks[case]

    def _looked(self, case: Case) -> Look | None:
        try:
            return look(user=self.user, case=case, now=clock.utc_now(), most=1)
        except KeyFault:
            return None
