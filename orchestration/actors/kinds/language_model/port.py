"""Through which port is a language model asked, and what came back?

What is sent is handed to `Deliver`, which alone reaches the network: the actor's own way there, with its list of hosts,
secrets and bounds. `gateway` stands behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Json = Any
Turn = tuple[str, str]
"""Who says it ("user" or "assistant"), and what."""
Deliver = Callable[[bytes, Mapping[str, str]], Json]
"""Sends a body, with headers that its shape asks for, and gives the body of the answer. Raises ActorError."""


class Strange(ValueError):
    """What came back is no answer of a language model."""


@dataclass(frozen=True, slots=True)
class Said:
    """`value`: an object that came typed, else None and `text` holds it. `ended`: done, cut, refused or tool.

    Tokens are as the server counts them; None: it does not say.
    """

    text: str
    value: Json
    ended: str
    tokens_in: int | None
    tokens_out: int | None
    model: str
    id: str


class Port(Protocol):
    """One conversation's way to its model."""

    def ask(self, system: str, turns: Sequence[Turn], deliver: Deliver) -> Said:
        """What the model says to these words. Raises Strange, and the ActorError of `deliver`."""
        ...
