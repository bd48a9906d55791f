"""A host with two screens that a 3270 terminal can type on (TN3270, RFC 1576): as little as a bot's test needs."""

from __future__ import annotations

import socketserver

IAC, DO, WILL, SB, SE, EOR = 255, 253, 251, 250, 240, 239
TTYPE, END_OF_RECORD, BINARY = 24, 25, 0
ERASE_WRITE, RESET, SBA, SF, IC = 0xF5, 0xC3, 0x11, 0x1D, 0x13
OPEN, PROTECTED = 0x40, 0x60
COLUMNS = 80
CODES = bytes([0x40, *range(0xC1, 0xCA), *range(0x4A, 0x50), 0x50, *range(0xD1, 0xDA), *range(0x5A, 0x60), 0x60, 0x61,
               *range(0xE2, 0xEA), *range(0x6A, 0x70), *range(0xF0, 0xFA), *range(0x7A, 0x80)])  # fmt: skip


def place(row: int, column: int) -> bytes:
    """Set buffer address: rows and columns from 1."""
    at = (row - 1) * COLUMNS + column - 1
    return bytes([SBA, CODES[at >> 6], CODES[at & 63]])


def text(row: int, column: int, words: str) -> bytes:
    """Words that cannot be typed over; their attribute stands before them."""
    return place(row, column - 1) + bytes([SF, PROTECTED]) + words.encode("cp037")


def field(row: int, column: int, length: int) -> bytes:
    """A place to type in."""
    end = place(row, column + length) + bytes([SF, PROTECTED])
    return place(row, column - 1) + bytes([SF, OPEN]) + end


FORM = (
    text(1, 10, "GOODWILL ENTRY") + text(3, 2, "ACCOUNT") + field(3, 12, 10) + text(4, 2, "AMOUNT") + field(4, 12, 10)
)
FORM += place(3, 12) + bytes([IC])


class Mainframe(socketserver.ThreadingTCPServer):
    """`entries`: the fields that were sent, as they were typed."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.entries: list[list[str]] = []


class _Session(socketserver.StreamRequestHandler):
    server: Mainframe

    def handle(self) -> None:
        self.wfile.write(bytes([IAC, DO, TTYPE]))
        self._until(bytes([IAC, WILL, TTYPE]))
        self.wfile.write(bytes([IAC, SB, TTYPE, 1, IAC, SE]))
        self._until(bytes([IAC, SE]))
        both = [[IAC, word, option] for option in (END_OF_RECORD, BINARY) for word in (DO, WILL)]
        self.wfile.write(bytes(sum(both, [])))
        self._until(bytes([IAC, WILL, BINARY]))
        self._show(FORM)
        while record := self._record():
            typed = [part[2:].decode("cp037").strip() for part in record[3:].split(bytes([SBA]))[1:]]
            self._show(self._answer(typed))

    def _answer(self, typed: list[str]) -> bytes:
        if typed[:1] == ["0000"]:
            return text(1, 10, "ACCOUNT CLOSED")
        self.server.entries.append(typed)
        return text(1, 10, "ENTRY SAVED") + text(2, 10, f"NUMBER G-{len(self.server.entries)}")

    def _show(self, screen: bytes) -> None:
        record = bytes([ERASE_WRITE, RESET]) + screen
        self.wfile.write(record.replace(b"\xff", b"\xff\xff") + bytes([IAC, EOR]))

    def _until(self, end: bytes) -> bytes:
        found = b""
        while not found.endswith(end) and (one := self.rfile.read(1)):
            found += one
        return found

    def _record(self) -> bytes:
        """What the terminal sends at a key; what is left of the negotiation goes by."""
        found = self._until(bytes([IAC, EOR]))[:-2]
        while found[:1] == b"\xff":
            found = found[3:]
        return found
