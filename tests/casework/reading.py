"""What does a page say, however its template is broken into lines?"""

from __future__ import annotations

import re
from typing import Final

from django.http import HttpResponseBase

SPACE: Final = re.compile(r"\s+")


def told(answer: HttpResponseBase) -> str:
    """The markup of a page as a browser would read it: each run of spaces is one, none before the end of a tag."""
    markup: bytes = answer.content  # type: ignore[attr-defined]  # of a page that is not streamed
    return SPACE.sub(" ", markup.decode()).replace(" >", ">")
