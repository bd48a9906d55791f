"""What does an analyst do in a minute? Takes a task from the list, reads it, types an answer, comments, and finishes.

One program for each analyst, over HTTP, as a browser without scripts would ask; what is typed is kept as a page keeps
it, and looked for again on the page before it is sent. Where somebody else has taken a task first, another is taken.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

import httpx2

TASK: Final = re.compile(r'href="/tasks/(\d+)/[^"]*"\s+data-open')
ANSWER: Final = {"verdict": "change", "category": "refund_request", "reason_kind": "other", "reason": "As they asked."}
"""What is answered beside the text."""


@dataclass
class Told:
    """What all analysts came to: seconds by what was done, and what went wrong, in words."""

    took: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    lost: int = 0
    late: int = 0

    def add(self, what: str, seconds: float) -> None:
        self.took.setdefault(what, []).append(seconds)


class FormOf(HTMLParser):
    """The form that keeps what is typed (`data-draft`), and the texts that stand in it; `case`: whose comments it has
    beside it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.draft, self.token, self.made_for, self.version = "", "", "", "0"
        self.once, self.case = "", ""
        self.texts: dict[str, str] = {}
        self._in = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and "data-draft" in given:
            self.draft, self.version = given["data-draft"], given["data-draft-seen"]
        if given.get("name") == "csrfmiddlewaretoken":
            self.token = given["value"]
        if given.get("name") == "once":
            self.once = given["value"]
        if tag == "section" and given.get("id") == "comments":
            self.case = given.get("hx-get", "").removeprefix("/cases/").partition("/")[0]
        if given.get("name") == "made_for":
            self.made_for = given["value"]
        self._in = given.get("name", "") if tag == "textarea" else ""

    def handle_data(self, data: str) -> None:
        if self._in:
            self.texts[self._in] = self.texts.get(self._in, "") + data

    def handle_endtag(self, tag: str) -> None:
        self._in = ""


class Analyst:
    """`pace`: seconds between two acts, on average."""

    def __init__(self, number: int, url: str, cookie: str, told: Told, pace: float) -> None:
        name, _, value = cookie.partition("=")
        self.number, self.told, self.pace, self.drawn = number, told, pace, random.Random(number)
        self.client = httpx2.AsyncClient(base_url=url, cookies={name: value}, timeout=60)

    async def works(self, until: float) -> None:
        await asyncio.sleep(self.drawn.uniform(0, 2 * self.pace))
        try:
            while time.monotonic() < until:
                await self._one(until)
        except (httpx2.HTTPError, AssertionError) as wrong:
            self.told.errors.append(f"analyst {self.number}: {wrong!r}")
        finally:
            await self.client.aclose()

    async def _one(self, until: float) -> None:
        listed = await self._get("list", "/?tab=unassigned")
        offered = TASK.findall(listed)
        await self._thinks()
        if not offered:
            return
        task = self.drawn.choice(offered)
        if not await self._takes(task, FormOf(listed)):
            return
        page = FormOf(await self._get("task", f"/tasks/{task}/"))
        text = await self._types(page, task)
        await self._thinks()
        await self._comments(page, task)
        await self._finishes(page, task, text)

    async def _takes(self, task: str, page: FormOf) -> bool:
        answer = await self._post("take", f"/tasks/{task}/claim/", page, {})
        self.told.late += answer.status_code == 409
        assert answer.status_code in (302, 409), f"take: {answer.status_code}"
        return answer.status_code == 302

    async def _types(self, page: FormOf, task: str) -> str:
        """Twice, with a pause between; then the page is opened anew, and has to show it."""
        text, version = "", page.version
        for words in ("Dear customer, we look into it.", " The amount comes back within a day."):
            await self._thinks()
            text += f"{words} ({self.number})"
            kept = await self._post("keep", f"{page.draft}&seen={version}", page, {"answer": text})
            assert kept.status_code == 200, f"keep: {kept.status_code}"
            version = str(kept.json()["version"])
        again = FormOf(await self._get("task", f"/tasks/{task}/"))
        self.told.lost += again.texts.get("answer", "").strip() != text
        return text

    async def _comments(self, page: FormOf, task: str) -> None:
        """What they found, for their colleagues: by the form of the panel below the task's, which has to show it."""
        case = page.case
        panel = FormOf(await self._get("comments", f"/cases/{case}/comments/?task={task}"))
        text = f"I looked into it. ({self.number}, {task})"
        address = f"/cases/{case}/comments/?task={task}"
        sent = await self._post("comment", address, panel, {"text": text, "once": panel.once})
        assert sent.status_code == 302, f"comment: {sent.status_code}"
        shown = await self._get("comments", sent.headers["Location"].partition("#")[0])
        self.told.lost += text not in shown

    async def _finishes(self, page: FormOf, task: str, text: str) -> None:
        answer = await self._post("finish", f"/tasks/{task}/complete/", page, ANSWER | {"answer": text})
        assert answer.status_code == 302, f"finish: {answer.status_code}"
        await self._get("case", answer.headers["Location"])

    async def _get(self, what: str, address: str) -> str:
        began = time.monotonic()
        answer = await self.client.get(address)
        self.told.add(what, time.monotonic() - began)
        assert answer.status_code == 200, f"{what}: {answer.status_code}"
        return answer.text

    async def _post(self, what: str, address: str, page: FormOf, fields: dict[str, str]) -> httpx2.Response:
        began = time.monotonic()
        hidden = {"csrfmiddlewaretoken": page.token, "made_for": page.made_for}
        answer = await self.client.post(address, data=hidden | fields)
        self.told.add(what, time.monotonic() - began)
        return answer

    async def _thinks(self) -> None:
        await asyncio.sleep(self.drawn.uniform(0.5 * self.pace, 1.5 * self.pace))
