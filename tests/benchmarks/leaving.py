"""How much of what is planted in cases leaves by the prompts that ship?"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator


def figures() -> Iterator[str]:
    """Over all prompts and case types; and what the same reading finds where no pseudonyms are put in."""
    from tests.casework.actors.planted import Count, folders, leaves, prompts
    from tests.orchestration.actors.language.provider import KEY, providing

    os.environ["CASEWRIGHT_SECRET_LLM_KEY"] = KEY
    for leak in (False, True):
        count = Count()
        with providing() as provider:
            found = list(leaves(provider, count, leak=leak))
        kinds = Counter(one.kind for one in found)
        said = ", ".join(f"{kind} {kinds[kind]}" for kind in sorted(kinds)) or "nothing"
        yield (
            f"{'without' if leak else 'with'} pseudonyms: {len(prompts()) + 1} prompts x {len(folders())} case types, "
            f"{count.crossings} crossings, {count.requests} requests, {count.forms:,} forms written: "
            f"{len(found)} traces at the server ({said})"
        )
