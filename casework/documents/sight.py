"""What of a document does a reader see?

What is masked for the reader in any text about the case is so here, too: on its page, in the text, to a search, in the
file. Where a case type says for what its fields are read, each is as secret as that place in the data, besides.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from django.contrib.auth.models import User

from casework.cases.read.case_view import Look, look
from casework.documents.models import Document, ReadField, Reading, ReadPage
from orchestration.casetypes.case_type import CaseType
from orchestration.documents.speech import NOT_HERE
from orchestration.documents.words import Box, Line
from orchestration.ground import clock
from orchestration.privacy.masks import DOTS
from orchestration.privacy.principal import Principal

BEYOND: Final = 0.15
"""Of the height of what is blacked out: how far that goes beyond it on every side."""


@dataclass(frozen=True, slots=True)
class Sight:
    """`hidden`: the names of fields that are not this reader's to see; `values`: what matches what stands in them.

    `parted`: whether anything may be hidden from this reader in a document of this case.
    """

    seen: Look
    parted: bool
    hidden: frozenset[str]
    values: tuple[re.Pattern[str], ...]

    def text(self, text: str) -> str:
        """Any text of the document, as this reader may read it."""
        shown = self.seen.view.text(text)
        for value in self.values:
            shown = value.sub(DOTS, shown)
        return shown

    def page(self, text: str) -> str:
        """A page as this reader reads it: as a whole first, as a line may end within what is hidden, then by line."""
        return "\n".join(map(self.text, self.text(text).split("\n")))

    def lines(self, lines: Sequence[Line]) -> list[str]:
        """Each line of a page as this reader may read it; words of what is hidden and goes on in the next, too."""
        shown = [self.text(line.text) for line in lines]
        whole = self.page("\n".join(line.text for line in lines))
        beyond = Counter(" ".join(shown).split()) - Counter(whole.split())
        return [" ".join(DOTS if word in beyond else word for word in one.split(" ")) for one in shown]

    def hides(self, row: ReadField) -> bool:
        """Whether what was found there, or what a person says that it is, is not this reader's to see."""
        return row.name in self.hidden or not (self._is_clear(row.value) and self._is_clear(row.right))

    def lets_out(self, row: Reading | None, texts: Iterable[str]) -> bool:
        """Whether this reader gets a file with these pages: all of it was read, and nothing in them is masked.

        A recording that nobody can put into words here is played to whoever has the clearance.
        """
        if self.hidden or not self.parted:
            return not self.hidden
        if row is None or row.state != Reading.State.READ:
            return row is not None and row.said == NOT_HERE
        return all(self.page(text) == text for text in texts)

    def _is_clear(self, text: str) -> bool:
        return self.text(text) == text

    def dark(self, lines: Sequence[Line], found: Iterable[ReadField], page: int) -> tuple[Box, ...]:
        """The places on a page that are blacked out for this reader."""
        if not self.parted:
            return ()
        fields = (Box(*row.box) for row in found if row.page == page and self.hides(row))
        words = (box for line, shown in zip(lines, self.lines(lines), strict=True) for box in _dark_words(line, shown))
        return tuple(box for box in (*fields, *words) if box)


def _dark_words(line: Line, shown: str) -> Iterable[Box]:
    """Of a word that stands there more often than is shown, nobody knows which one is: all of them."""
    if shown == line.text:
        return ()
    hidden = Counter(word.text for word in line.words) - Counter(shown.split())
    return [word.box for word in line.words if word.text in hidden]


def hidden_fields(case_type: CaseType, reader: Principal) -> frozenset[str]:
    """The names of the fields of documents that this reader may not see."""
    places = ((name, "/" + path.replace(".", "/")) for name, path in case_type.document_fields.items())
    rule = case_type.classification.rule
    return frozenset(name for name, pointer in places if not reader.sees(rule(pointer), pointer))


def sight_of(seen: Look, found: Iterable[ReadField]) -> Sight:
    """`found`: all that was found in the document."""
    hidden = hidden_fields(seen.case_type, seen.view.principal)
    told = {value for row in found if row.name in hidden for value in (row.value, row.right) if value.strip()}
    parted = bool(hidden) or seen.view.secrets.hide_anything
    return Sight(seen, parted, hidden, tuple(map(_pattern, sorted(told, key=len)[::-1])))


def _pattern(value: str) -> re.Pattern[str]:
    """The value, with whatever spaces it is written."""
    return re.compile(r"\s*".join(map(re.escape, "".join(value.split()))), re.IGNORECASE)


def hidden_from(user: User, document: Document) -> frozenset[str]:
    """The names of the fields of a document that this person may not see."""
    found, sight = _seen_by(user, document)
    return sight.hidden | {row.name for row in found if sight.hides(row)}


def takes_file(user: User, document: Document) -> bool:
    """Whether this person gets the file itself: who sees all that was read in it."""
    seen = look(user=user, case=document.case, now=clock.utc_now(), most=1)
    return document.pk in files_given(seen, [document.pk])


def files_given(seen: Look, numbers: Collection[int]) -> frozenset[int]:
    """Which of these documents of a case its reader gets as files."""
    sight = sight_of(seen, ())
    rows, texts = Reading.objects.in_bulk(numbers), _texts(numbers if sight.parted else ())
    return frozenset(one for one in numbers if sight.lets_out(rows.get(one), texts[one]))


def _texts(numbers: Collection[int]) -> Mapping[int, list[str]]:
    """What the pages of each document say."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for number, text in ReadPage.objects.filter(document__in=numbers).values_list("document", "text").iterator():
        found[number].append(text)
    return found


def begins_shown(seen: Look, numbers: Collection[int]) -> frozenset[int]:
    """Of which of these documents the first page is shown to the reader of a case: what may be masked is read first."""
    if not sight_of(seen, ()).parted:
        return frozenset(numbers)
    return frozenset(ReadPage.objects.filter(document__in=numbers, number=1).values_list("document", flat=True))


def dark_places(user: User, document: Document, page: int) -> tuple[Box, ...] | None:
    """What of a page's picture is blacked out for this person; None: not known yet, as nobody has read the page."""
    found, sight = _seen_by(user, document)
    kept = ReadPage.objects.filter(document=document, number=page).first() if sight.parted else None
    if kept is None:
        return None if sight.parted else ()
    return sight.dark(kept.page.lines, found, page)


def _seen_by(user: User, document: Document) -> tuple[list[ReadField], Sight]:
    found = list(ReadField.objects.filter(document=document))
    return found, sight_of(look(user=user, case=document.case, now=clock.utc_now(), most=1), found)


def blackened(picture: bytes, places: Iterable[Box]) -> bytes:
    """A page that was drawn here (WebP), with these places blacked out."""
    from PIL import Image, ImageDraw  # late: 3 MB that a web process needs once somebody looks at such a page

    with Image.open(BytesIO(picture), formats=("WEBP",)) as opened:
        drawn = opened.convert("RGB")
    pen = ImageDraw.Draw(drawn)
    for box in places:
        beyond = BEYOND * box.height * drawn.height
        pen.rectangle(
            (box.left * drawn.width - beyond, box.top * drawn.height - beyond, box.right * drawn.width + beyond,
             box.bottom * drawn.height + beyond), fill="black",
        )  # fmt: skip
    out = BytesIO()
    drawn.save(out, "WEBP", quality=82, method=2)
    return out.getvalue()
