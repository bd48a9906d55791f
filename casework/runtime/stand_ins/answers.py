"""What does the stand-in answer? A status, a type and a content, each with the word that it is a stand-in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final
from urllib.parse import parse_qsl

Json = Any

SAID: Final = "This is a stand-in of Casewright's demo, not a real system."
STYLE: Final = (
    "pre{white-space:pre-wrap;font:inherit}"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}"
    ".stand-in{border:2px solid #8a5a00;background:#fff4dc;color:#000;padding:.5rem 1rem}"
    "label{display:block;margin-top:1rem}input,select,textarea,button{font:inherit;padding:.3rem .5rem}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #999}"
    ".wrong{color:#a00000}"
)


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Json:
        """What was sent, as JSON. Raises ValueError, also where it is deeper than anybody's data."""
        try:
            return json.loads(self.body)
        except RecursionError as error:
            raise ValueError("it is too deep") from error

    def fields(self) -> dict[str, Json]:
        """What was sent: JSON, or a form. Raises ValueError."""
        if self.headers.get("content-type", "").startswith("application/json"):
            found = self.json() if self.body else {}
            if not isinstance(found, dict):
                raise ValueError("an object is expected")
            return found
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content: bytes
    headers: dict[str, str] = field(default_factory=dict)


def told(status: int, body: dict[str, Json], **headers: str) -> Answer:
    """JSON, with the word that it is a stand-in."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = json.dumps({**body, "stand_in": SAID}).encode()
    return Answer(status, content, {"Content-Type": "application/json", **named})


def page(title: str, content: str, status: int = 200) -> Answer:
    """A page of HTML; `content` is HTML already."""
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} (stand-in)</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>'
        f'<p class="stand-in" role="note">{escape(SAID)}</p>'
        f"<main><h1>{escape(title)}</h1>{content}</main></body></html>"
    )
    return Answer(status, text.encode(), {"Content-Type": "text/html; charset=utf-8"})


def onward(place: str) -> Answer:
    return Answer(303, b"", {"Location": place})
