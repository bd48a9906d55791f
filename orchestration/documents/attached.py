"""What is attached to an e-mail?

`attachments_of` asks the child (`confined`); `read` and `prepare` are what it does there. What is attached to what is
attached stays in it.
"""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from typing import Any, Final

from orchestration.documents.confined import MB, Unreadable, asked_of
from orchestration.ground.child_process import Limits

Json = Any
MOST: Final = 20
"""Files of one e-mail."""
LIMITS: Final = Limits(seconds=20, memory=1024 * MB, output=32 * MB)


def attachments_of(kind: str, content: bytes) -> tuple[tuple[str, bytes], ...]:
    """(name, content) of each file that is attached; nothing where it is no e-mail, or cannot be opened."""
    if kind != "email":
        return ()
    try:
        told, joined = asked_of(content, LIMITS, do="attached", kind=kind)
    except Unreadable:
        return ()
    found, at = [], 0
    for name, size in told["files"]:
        found.append((str(name), joined[at : at + size]))
        at += size
    return tuple(found)


def prepare() -> None:
    """Load what takes an e-mail apart, while that is still possible."""
    read(
        b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\na\r\n--b\r\n'
        b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename*=utf-8''a%20b.pdf\r\n\r\nYQ==\r\n--b--\r\n", {},
    )  # fmt: skip


def read(content: bytes, order: dict[str, Json]) -> tuple[dict[str, Json], bytes]:
    """The files that are attached: their names and sizes, and their contents behind one another."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    parts = list(message.iter_attachments()) if isinstance(message, EmailMessage) else []
    found: list[tuple[str, bytes]] = []
    for part in parts[:MOST]:
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload:
            found.append((part.get_filename() or "attachment", payload))
    return {"files": [[name, len(inside)] for name, inside in found]}, b"".join(inside for _, inside in found)
