"""Where do the lines of a program go? Into a file beside the data, so that the terminal keeps what people should read.

A file that has grown large is put aside once (`.1`). Where nothing can be written, as on a full disk, lines are lost
and nothing else is.
"""

from contextlib import suppress
from pathlib import Path
from typing import IO

LARGEST = 20 * 1024 * 1024


class LogFile:
    """Lines are added at the end; the file before is kept as `NAME.1`."""

    def __init__(self, path: Path, *, largest: int = LARGEST) -> None:
        self.path, self.largest = path, largest
        self._file: IO[bytes] | None = None

    def add(self, line: bytes) -> None:
        with suppress(OSError, ValueError):
            file = self._opened()
            file.write(line)
            file.flush()
            if file.tell() > self.largest:
                self._put_aside()

    def tail(self, lines: int) -> str:
        """The last lines, as far as they can be read."""
        with suppress(OSError):
            return "\n".join(self.path.read_text(errors="replace").splitlines()[-lines:])
        return ""

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("ab")
        return self._file

    def _put_aside(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self.path.replace(self.path.with_name(self.path.name + ".1"))
