"""What does somebody do who has a page open? Listens to its stream, and notes when it heard of a change."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field


@dataclass(eq=False)
class Page:
    """One open page: where its stream is and whose session asks. `heard`: moments of changes (monotonic)."""

    path: str
    cookie: str
    heard: list[float] = field(default_factory=list)
    signs: int = 0
    failed: str = ""
    _writer: asyncio.StreamWriter | None = None

    async def listen(self, port: int) -> None:
        try:
            reader, self._writer = await asyncio.open_connection("127.0.0.1", port)
            ask = f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self.cookie}\r\n\r\n"
            self._writer.write(ask.encode())
            status = (await reader.readline()).split()
            if status[1:2] != [b"200"]:
                self.failed = b" ".join(status).decode() or "nothing"
                return
            await self._hear(reader)
        except (OSError, IndexError) as error:
            self.failed = type(error).__name__

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            if line.startswith(b"event: changed"):
                self.heard.append(time.monotonic())
            elif line.startswith(b"event: beat"):
                self.signs += 1
            elif line.startswith(b"event: over"):
                self.failed = "over"
        self.failed = self.failed or "ended"

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


async def opened(pages: list[Page], port: int, *, together: int = 20, seconds: float = 120) -> list[asyncio.Task[None]]:
    """Open them, at most `together` at the same time; returns when each has given a sign of life or failed."""
    tasks = []
    for begin in range(0, len(pages), together):
        some = pages[begin : begin + together]
        tasks += [asyncio.create_task(page.listen(port)) for page in some]
        await until(lambda some=some: all(page.signs or page.failed for page in some), seconds)  # type: ignore[misc]
    return tasks


async def until(holds: object, seconds: float) -> bool:
    """Whether it held within so many seconds."""
    assert callable(holds)
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.02)
    return True
