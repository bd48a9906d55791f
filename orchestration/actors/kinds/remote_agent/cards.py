"""Is an agent outside still the one that an administrator chose, and does its card say so itself?

Agent cards of A2A 1.0. A card is signed as a JSON Web Signature (RFC 7515) over its canonical JSON without its
signatures (RFC 8785), here with Ed25519; both the key and the card are pinned. Pure.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

Json = Any
ALGORITHM: Final = "EdDSA"
MOST_SIGNATURES: Final = 10


def canonical(card: Mapping[str, Json]) -> bytes:
    """All that a card says but its signatures: keys in order, no blanks, a whole number as one."""
    said = {name: _plain(value) for name, value in card.items() if name != "signatures"}
    return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def pin(card: Mapping[str, Json]) -> str:
    """The hash of what a card says, as 64 hexadecimal digits. Another signature changes nothing."""
    return hashlib.sha256(canonical(card)).hexdigest()


def signed(card: Mapping[str, Json], key: Ed25519PrivateKey, name: str) -> dict[str, Json]:
    """The card with its signature. `name`: of the key."""
    protected = _coded(json.dumps({"alg": ALGORITHM, "kid": name, "typ": "JOSE"}).encode())
    signature = key.sign(f"{protected}.{_coded(canonical(card))}".encode())
    return {**card, "signatures": [{"protected": protected, "signature": _coded(signature)}]}


def is_signed_by(card: Mapping[str, Json], key: str) -> bool:
    """Whether one of its signatures is of this key (its 32 bytes as 64 hexadecimal digits)."""
    public, payload = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)), _coded(canonical(card))
    return any(_holds(public, payload, one) for one in _signatures(card))


def _signatures(card: Mapping[str, Json]) -> Iterator[tuple[str, bytes]]:
    found = card.get("signatures")
    for one in found[:MOST_SIGNATURES] if isinstance(found, list) else ():
        try:
            protected, signature = str(one["protected"]), _decoded(str(one["signature"]))
            if json.loads(_decoded(protected))["alg"] == ALGORITHM:
                yield protected, signature
        except (KeyError, TypeError, ValueError):
            continue


def _holds(public: Ed25519PublicKey, payload: str, one: tuple[str, bytes]) -> bool:
    try:
        public.verify(one[1], f"{one[0]}.{payload}".encode("utf-8", "surrogatepass"))
    except InvalidSignature:
        return False
    return True


def _plain(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {str(name): _plain(below) for name, below in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _coded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
