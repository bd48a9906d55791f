"""Can what may be read for some purposes only be read by anybody, and does no list know of it?

Lists and the search go by clearance alone, so what is bound to a purpose (`x-purposes`) stands in neither: it is read
on the case, by who looks for that. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from orchestration.casetypes.files import MANIFEST
from orchestration.privacy.classification import Classification, escaped


def purpose_faults(classification: Classification, listed: Iterable[str], looked_for: Collection[str]) -> Iterator[str]:
    """A sentence for each place that lists know (`listed`) and that is bound to a purpose, and for each purpose that
    nobody looks for."""
    for path in listed:
        bound = classification.rule("".join("/" + escaped(name) for name in path.split("."))).purposes
        if bound:
            told = ", ".join(sorted(bound))
            yield f"{MANIFEST}, list: {path} may be read for {told} only, so no list can know of it."
    wanted = {purpose for rule in classification.paths.values() for purpose in rule.purposes}
    for purpose in sorted(wanted.difference(looked_for)):
        yield f"{MANIFEST}, roles: nobody looks for {purpose!r}, for which alone the schema lets a field be read."
