"""Where do passwords and keys of other systems stand, and how do they stay out of everything else?

A file names a secret; its value stands in the environment (`CASEWRIGHT_SECRET_NAME`) or in a file of that name in the
folder `secrets` of the state folder, which nobody but its owner may read. A `Secret` shows dots wherever it is printed,
logged or formatted; only `reveal` gives its value.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from django.conf import settings

NAME: Final = "^[a-z][a-z0-9-]{0,63}$"
DOTS: Final = "••••••"
PREFIX: Final = "CASEWRIGHT_SECRET_"
OURS: Final = frozenset({"key", "key-fallbacks"})
"""Names whose variable of the environment is a setting of the product itself."""
MOST_BYTES: Final = 16_384
FEWEST_WATCHED: Final = 6
"""A secret of fewer letters stands in many an honest text."""


class SecretMissing(LookupError):
    """There is no such secret, or it is not kept as it has to be; the message is for administrators."""


class Secret:
    """A value that is never shown."""

    __slots__ = ("_value", "name")

    def __init__(self, name: str, value: str) -> None:
        self.name = name
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the one place that sends it."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({self.name})"

    def __str__(self) -> str:
        return DOTS

    def __reduce__(self) -> str:
        raise TypeError("A secret is not pickled.")


def secret(name: str) -> Secret:
    """The secret of this name. Raises SecretMissing."""
    if not re.fullmatch(NAME, name) or name in OURS:
        raise SecretMissing(f"{name!r} is no name of a secret: small letters, digits and hyphens make one.")
    value = os.environ.get(variable(name), "").strip() or _from_file(name)
    if not value:
        raise SecretMissing(f"There is no secret {name!r}. Set {variable(name)}, or write the file secrets/{name}.")
    return Secret(name, value)


def variable(name: str) -> str:
    """The variable of the environment that may hold it."""
    return PREFIX + name.upper().replace("-", "_")


def found_in(content: bytes, secrets: Iterable[Secret]) -> str:
    """The name of the first of these secrets that stands in it; empty where none does."""
    for one in secrets:
        value = one.reveal().encode()
        if len(value) >= FEWEST_WATCHED and value in content:
            return one.name
    return ""


def _from_file(name: str) -> str:
    path = Path(settings.SECRETS_FOLDER) / name
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise SecretMissing(f"Others may read the file of the secret {name!r}: set its mode to 0600.")
            return file.read(MOST_BYTES).decode().strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError):
        raise SecretMissing(f"The file of the secret {name!r} cannot be read.") from None
