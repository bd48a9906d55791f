"""When are two references the same, and when is a case that comes in a repeat?

A sender's reference and source name a case. References that read alike are one (`orchestration.privacy.folding`); the
same reference with the same data is a repeat, with other data a clash. Data are compared by a keyed digest, which also
holds when the history was erased.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from audit.db.rows import row
from casework.models import Case
from orchestration.ground.refusals import Refused
from orchestration.privacy.folding import fold
from orchestration.privacy.pseudonyms import pseudonym_of_data

LONGEST: Final = 100
LONGEST_KEY: Final = 230

CLASH: Final = Refused(
    "clash",
    "This reference was brought in before with other data. Nothing was changed: look at that case, or send this one "
    "under a reference of its own.",
    {"reference": "Another case with this reference is there already, and what it says is not the same."},
)

BEFORE: Final = "case_type = %(case_type)s and source = %(source)s and reference_key = %(key)s"
_INVISIBLE: Final = ("Cf", "Cc", "Zl", "Zp")


@dataclass(frozen=True, slots=True)
class Arrived:
    """What names a case that comes in, and the digest of its data."""

    case_type: str
    source: str
    reference: str
    digest: str

    def before(self) -> Case | None:
        """The case that this reference brought in before."""
        given = {"case_type": self.case_type, "source": self.source, "key": key_of(self.reference)}
        return row(Case, BEFORE, given)

    def is_repeat_of(self, case: Case) -> bool:
        """Whether it says the same; of a case from before this was kept, nobody can say otherwise."""
        return case.data_digest in ("", self.digest)


def cleaned(reference: str) -> str:
    """A reference as it is kept and shown: composed, in one line, without characters that nobody sees."""
    seen = "".join(" " if character in "\r\n\t" else character for character in reference)
    seen = "".join(character for character in seen if unicodedata.category(character) not in _INVISIBLE)
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", seen)).strip()


def is_reference(reference: str) -> bool:
    """Whether this can name a case: something to read, and not too much of it."""
    return bool(fold(reference)) and len(reference) <= LONGEST and len(fold(reference)) <= LONGEST_KEY


def key_of(reference: str) -> str:
    """What references that read alike have in common."""
    return fold(reference)[:LONGEST_KEY]


def digest_of(data: Mapping[str, Any]) -> str:
    """Stands for the data of a case, whatever the order of its names, its line ends and the composition of letters."""
    return pseudonym_of_data("case data", _plain(data))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_plain(name): _plain(item) for name, item in value.items() if item not in (None, "")}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).replace("\r\n", "\n").strip()
    return int(value) if isinstance(value, float) and value.is_integer() else value
