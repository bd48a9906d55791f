"""For what kinds of reasons is a masked value revealed?"""

from __future__ import annotations

from typing import Final

OTHER: Final = "other"
KINDS: Final = {
    "customer": "The customer asks, or has to be reached",
    "payment": "A payment or a document is compared",
    "suspicion": "There is a suspicion",
    "law": "A law or an authority asks for it",
    OTHER: "Something else",
}
