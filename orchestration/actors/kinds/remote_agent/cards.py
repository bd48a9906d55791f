"""Is an agent outside still the one that an administrator chose, and does its card say so itself?

Agent cards of A2A 1.0. A card is signed as a JSON Web Signature (RFC 7515) over its canonical JSON without its
signatures (RFC 8785), with Ed25519 or ES256; both the key and the card are pinned. Whoever signs by Protocol Buffers
leaves out what is empty, as the official libraries do: such a signature holds, too, and ours are given both ways. Pure.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

Json = Any
ALGORITHM: Final = "EdDSA"
ON_CURVE: Final = "ES256"
MOST_SIGNATURES: Final = 10
PublicKey = Ed25519PublicKey | EllipticCurvePublicKey


def canonical(card: Mapping[str, Json]) -> bytes:
    """All that a card says but its signatures: keys in order, no blanks, a whole number as one."""
    return _written({name: value for name, value in card.items() if name != "signatures"})


def without_empty(card: Mapping[str, Json]) -> bytes:
    """The same without texts, lists and objects that are empty, and without those that hold nothing else."""
    return _written(_full({name: value for name, value in card.items() if name != "signatures"}) or {})


def _written(said: Json) -> bytes:
    written = json.dumps(_plain(said), ensure_ascii=False, separators=(",", ":"))
    return written.encode("utf-8", "surrogatepass")


def pin(card: Mapping[str, Json]) -> str:
    """The hash of what a card says, as 64 hexadecimal digits. Another signature changes nothing."""
    return hashlib.sha256(canonical(card)).hexdigest()


def signed(card: Mapping[str, Json], key: Ed25519PrivateKey, name: str) -> dict[str, Json]:
    """The card with its signatures, of all that it says and of what is not empty. `name`: of the key."""
    protected = _coded(json.dumps({"alg": ALGORITHM, "kid": name, "typ": "JOSE"}).encode())
    signatures = [key.sign(f"{protected}.{_coded(said)}".encode()) for said in _ways(card)]
    return {**card, "signatures": [{"protected": protected, "signature": _coded(one)} for one in signatures]}


def is_signed_by(card: Mapping[str, Json], key: str) -> bool:
    """Whether one of its signatures is of this key: of Ed25519 its 32 bytes, of P-256 its point uncompressed, in
    hexadecimal digits."""
    public, algorithm = key_of(key)
    try:
        payloads = [_coded(said) for said in _ways(card)]
    except RecursionError:
        return False
    found = list(_signatures(card, algorithm))
    return any(_holds(public, payload, one) for payload in payloads for one in found)


def key_of(key: str) -> tuple[PublicKey, str]:
    """The public key, and the algorithm that its signatures have. Raises ValueError where it is none."""
    raw = bytes.fromhex(key)
    if len(raw) == 32:
        return Ed25519PublicKey.from_public_bytes(raw), ALGORITHM
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw), ON_CURVE


def _ways(card: Mapping[str, Json]) -> list[bytes]:
    return list(dict.fromkeys((canonical(card), without_empty(card))))


def _signatures(card: Mapping[str, Json], algorithm: str) -> Iterator[tuple[str, bytes]]:
    found = card.get("signatures")
    for one in found[:MOST_SIGNATURES] if isinstance(found, list) else ():
        try:
            protected, signature = str(one["protected"]), _decoded(str(one["signature"]))
            if json.loads(_decoded(protected))["alg"] == algorithm:
                yield protected, signature
        except (KeyError, TypeError, ValueError):
            continue


def _holds(public: PublicKey, payload: str, one: tuple[str, bytes]) -> bool:
    signature, signed_text = one[1], f"{one[0]}.{payload}".encode("utf-8", "surrogatepass")
    try:
        if isinstance(public, Ed25519PublicKey):
            public.verify(signature, signed_text)
        else:
            public.verify(_of_curve(signature), signed_text, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _of_curve(signature: bytes) -> bytes:
    """Two numbers of 32 bytes (RFC 7518, 3.4), as the library takes them. Raises ValueError."""
    if len(signature) != 64:
        raise ValueError
    return encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))


def _full(value: Json) -> Json:
    """The value without what is empty in it; None where nothing is left."""
    if isinstance(value, Mapping):
        kept = {str(name): full for name, below in value.items() if (full := _full(below)) is not None}
        return kept or None
    if isinstance(value, list):
        return [full for below in value if (full := _full(below)) is not None] or None
    return None if value == "" else value


def _plain(value: Json) -> Json:
    if isinstance(value, Mapping):
        named = {str(name): _plain(below) for name, below in value.items()}
        return dict(sorted(named.items(), key=lambda one: one[0].encode("utf-16-be", "surrogatepass")))
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _coded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
