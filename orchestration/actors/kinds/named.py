"""What does the file of an actor name that is kept where the product runs, and which of it is not there?

Secrets and servers are named in files, never spelt out. Where one is not there the actor's work fails, whatever the
other side does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from orchestration.actors.kinds.declared import FILE_KINDS
from orchestration.actors.kinds.files import FileRefused, read_file
from orchestration.ground.secrets import SecretMissing, secret
from orchestration.ground.servers import ServerUnknown, server_address

Json = Any
NAMES: Final[Mapping[str, Callable[[str], object]]] = {
    "secret": secret, "client": secret, "database": secret, "server": server_address,
}  # fmt: skip
"""By the word of a file that names something: what looks for it."""


def missing(kind: str, content: bytes) -> tuple[str, ...]:
    """A sentence for each secret and server that the file names and that is not here."""
    try:
        given = read_file(content) if kind in FILE_KINDS else {}
    except FileRefused:
        return ()
    plain = {name: below for name, below in given.items() if name not in ("input", "output", "answers")}
    return tuple(dict.fromkeys(_missing(plain)))


def _missing(given: Json) -> Iterator[str]:
    if not isinstance(given, Mapping):
        return
    for name, below in given.items():
        if name not in NAMES or not isinstance(below, str):
            yield from _missing(below)
            continue
        try:
            NAMES[name](below)
        except (SecretMissing, ServerUnknown) as wrong:
            yield str(wrong)
