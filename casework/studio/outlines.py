"""How does an outline that a person writes, or a model gave, become a proposal?

It is compiled, checked as a deployment is and its examples are played. Sound, it is kept beside what was uploaded:
looked at, and published by a person or dropped. Nothing is in force before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import yaml
from django.contrib.auth.models import User

from casework.models import Proposal
from casework.studio.publishing import newest, proposal_keep
from casework.studio.upload_archive import Unpacked
from orchestration.casetypes.files import size_faults
from orchestration.casetypes.scenarios import Result
from orchestration.ground import clock
from orchestration.modelling.compiler import OUTLINE, is_of_outline
from orchestration.modelling.judging import judged, played

Json = Any

LONGEST: Final = 200_000
BY_HAND: Final = "an outline written by hand"
EMPTY: Final = ("Write an outline first.",)


@dataclass(frozen=True, slots=True)
class NotSound:
    """Why no draft comes of it, a sentence each."""

    messages: tuple[str, ...]
    taken: str = ""
    """The key of the case type that is there already, where that alone is why."""


class _Loader(yaml.SafeLoader):
    """Of a name that stands twice YAML keeps the last, so that what stands above it would be lost without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        first: dict[str, int] = {}
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.value != "<<"):
            if key.value in first:
                problem = f"“{key.value[:40]}” stands here already, in line {first[key.value]}; keep one of them"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
            first[key.value] = key.start_mark.line + 1
        return super().construct_mapping(node, deep)


def outline_propose(*, by: User, text: str, source: str = BY_HAND, over: str = "") -> Proposal | NotSound:
    """Keep the draft that an outline (YAML or JSON) becomes, or say what has to be mended. `over`: the key of the case
    type of which it is meant to be the next version."""
    read = outline_read(text)
    if isinstance(read, NotSound):
        return read
    found = judged(read, clock.utc_now())
    if not found.is_sound:
        return NotSound(found.messages)
    key = str(yaml.safe_load(found.files["manifest.yaml"])["key"])
    there = newest(key)
    if there is not None and over != key:
        return NotSound((f"There is a case type “{key}” already, in version {there.version}. Give yours another name, "
                         "or say that the draft is meant as its next version.",), key)  # fmt: skip
    return proposal_keep(by=by, key=key, read=Unpacked(dict(found.files)), source=source)


def outline_read(text: str) -> Json | NotSound:
    """What somebody wrote, as values."""
    if not text.strip():
        return NotSound(EMPTY)
    if len(text) > LONGEST:
        return NotSound((f"This has {len(text):,} characters; at most {LONGEST:,} are read.",))
    try:
        found = yaml.load(text, _Loader)  # noqa: S506 - a loader that is safe
        wrong = size_faults("The outline", found)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        return NotSound((f"Line {line}: {error.problem or error.context}.",))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        return NotSound((f"This cannot be read: {str(error).partition(chr(10))[0][:200]}.",))
    return NotSound(tuple(wrong)) if wrong else found


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a draft's own outline says, and how each of its examples goes."""

    outline: str
    runs: tuple[Result, ...]


def drafted(proposal: Proposal) -> Drafted | None:
    """None for what was uploaded, and for what is not any more what its outline becomes: nothing is played of that."""
    if not is_of_outline(proposal.files):
        return None
    return Drafted(proposal.files[OUTLINE], tuple(played(proposal.files)))
