"""How are values of a case sealed in the rows that hold them, so that the database alone does not tell them?

Each case has a data key of its own (`audit.data_keys`), kept outside the database; a value is sealed under it with
AES-256-GCM and a fresh nonce, so that equal values do not look alike. What is sealed names whose key opens it, and is
bound to that name. Histories are hashed as they are kept: a chain holds for who has no key, and after a key is
destroyed. What was kept before stands in clear, and is read as it is.
"""

from __future__ import annotations

import hmac
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache, partial
from time import monotonic
from typing import Any, Final, overload

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from audit import data_keys
from audit.data_keys import KeyFault

Json = Any
Seal = Callable[[bytes], bytes]

SEALED: Final = b"CWS1"
"""How a sealed value begins; then the length of whose it is, whose it is, the nonce, and what GCM gives."""
WRITTEN: Final = "sealed:1:"
"""How a sealed text begins; then the above in base64."""
MATCHED: Final = "sealed:2:"
"""How a value begins that is sealed so that the same one of the same case is found again; then whose, and the rest."""
NONCE: Final = 12
NOTHING_READ: Final = b"{}"
"""What a list reads of a case whose key is gone."""
UNREAD: Final = "cannot be read: the key of {} is gone"
"""What stands in a list in place of a text that nobody opens any more."""
HELD: Final = 4096
"""Keys that a process holds at most."""
SECONDS: Final = 300
"""How long a process holds a key at most: so long it may still open what was erased by another one."""


def case_subject(instance: int) -> str:
    """Whose key seals what is kept of a root case."""
    return f"case-{instance}"


def subject_with_key(instance: int) -> str:
    """Whose key seals what is kept beside the case from now on; "" where the case has none, and is kept in clear."""
    subject = case_subject(instance)
    return subject if data_keys.is_sealing() and (_is_held(subject) or data_keys.has_key(subject)) else ""


def _is_held(subject: str) -> bool:
    """Whether this process has the key, also where its file is away: nothing goes on in clear for that."""
    try:
        return bool(_ciphers(subject))
    except KeyFault:
        return False


def kept_as(instance: int) -> Seal:
    """What is done to contents that are kept beside a case: what was done to the case."""
    subject = subject_with_key(instance)
    return partial(sealed, subject) if subject else lambda content: content


def is_sealed(content: bytes) -> bool:
    return content.startswith(SEALED)


def sealed(subject: str, content: bytes) -> bytes:
    """The content sealed, with a key that is made where the subject has none. Raises KeyFault."""
    return Sealer(subject)(content)


class Sealer:
    """Seals contents of one step, for which it looks its key up once, with the first of them. It is not to be kept: who
    holds it does not hear that the key is destroyed. Raises KeyFault."""

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._head = _head(subject)

    @cached_property
    def _ciphers(self) -> Ciphers:
        return _making(self._subject)

    def __call__(self, content: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return self._head + nonce + self._ciphers.fresh.encrypt(nonce, content, self._head)

    def opening(self, sealed: bytes) -> bytes:
        """See `opening_of`."""
        return self._ciphers.opening(sealed)


def _head(subject: str) -> bytes:
    named = subject.encode("ascii")
    return SEALED + bytes([len(named)]) + named


def opened(content: bytes) -> bytes:
    """What was sealed; what was not, as it is. Raises KeyFault where the key is gone, or it is not what was sealed."""
    if not content.startswith(SEALED):
        return content
    head = _head_of(content)
    nonce, rest = content[len(head) : len(head) + NONCE], content[len(head) + NONCE :]
    try:
        return _ciphers_of(head).fresh.decrypt(nonce, rest, head)
    except (InvalidTag, ValueError) as error:
        raise KeyFault("it is not what was sealed") from error


def opening_of(content: bytes) -> bytes:
    """What shows somebody without the key that this sealed content says what it is said to say, and tells nothing of
    another one: its salt is the digest of this and of what was sealed (`audit.services.sealed`). Raises KeyFault."""
    return _ciphers_of(_head_of(content)).opening(content)


def _head_of(content: bytes) -> bytes:
    start = len(SEALED)
    return content[: start + 1 + content[start]] if len(content) > start else content


def _ciphers_of(head: bytes) -> Ciphers:
    return _ciphers(head[len(SEALED) + 1 :].decode("ascii"))


def opened_or_not(content: bytes) -> bytes:
    """What was sealed; as it is kept where the key is gone, so that one row spoils no list."""
    try:
        return opened(content)
    except KeyFault:
        return content


def read(content: bytes | memoryview) -> Json:
    """The JSON that was sealed, or that stands there in clear. Raises KeyFault; ValueError where it is no JSON."""
    return orjson.loads(opened(bytes(content)))


def read_or_none(content: bytes | memoryview) -> Json:
    """The same; None where its key is gone, for lists of many cases, of which one spoils none."""
    try:
        return read(content)
    except KeyFault:
        return None


# --- texts


def sealed_text(subject: str, text: str) -> str:
    return text_by(Sealer(subject), text)


@overload
def text_by(seal: Seal, text: str) -> str: ...
@overload
def text_by(seal: Seal, text: None) -> None: ...
def text_by(seal: Seal, text: str | None) -> str | None:
    """A text, kept as `seal` keeps contents; in clear where it seals nothing. None stays None."""
    if text is None:
        return None
    content = seal(text.encode())
    return WRITTEN + b64encode(content).decode() if is_sealed(content) else text


def opened_text(text: str) -> str:
    """What was sealed; any other text as it is, also one that only begins so. Raises KeyFault."""
    if not text.startswith(WRITTEN):
        return text
    try:
        return opened(b64decode(text[len(WRITTEN) :], validate=True)).decode()
    except ValueError:
        return text


def opened_text_or_words(text: str) -> str:
    """What was sealed; a sentence in its place where the key is gone."""
    try:
        return opened_text(text)
    except KeyFault:
        return UNREAD.format(subject_in(b64decode(text[len(WRITTEN) :])))


def subject_in(content: bytes) -> str:
    """Whose key opens it, in words."""
    start = len(SEALED) + 1
    named = content[start : start + content[len(SEALED)]] if len(content) > len(SEALED) else b""
    return named.decode("ascii", "replace").replace("-", " ")


# --- what is kept in columns beside the case


def subject_of_kind(kind: str) -> str:
    """Whose key seals what belongs to no case, by its kind; "" where nothing is sealed."""
    return kind if kind and data_keys.is_sealing() else ""


def bytes_beside(subject: str, content: bytes) -> bytes:
    """What is sealed already is not sealed again: it was read while its key was gone. So with texts and JSON."""
    return content if is_sealed(content) else sealed(subject, content)


def beside(subject: str, text: str) -> str:
    """Nothing stays nothing."""
    return sealed_text(subject, text) if text and not text.startswith(WRITTEN) else text


def value_beside(subject: str, value: Json) -> Json:
    """JSON, all of it as one."""
    is_kept = value in ("", [], {}) or (isinstance(value, str) and value.startswith(MATCHED))
    return value if is_kept else matched(subject, value)


# --- values that are compared where they are kept


def matched(subject: str, value: Json) -> str:
    """A JSON value sealed so that the database finds the same value of the same subject again, and of no other
    (AES-SIV, RFC 5297). For where a comparison stands in the row anyway. Raises KeyFault."""
    plain = orjson.dumps(_as_compared(value), option=orjson.OPT_SORT_KEYS)
    content = _making(subject).matching.encrypt(plain, [subject.encode("ascii")])
    return f"{MATCHED}{subject}:{b64encode(content).decode()}"


def matched_or_clear(kind: str, text: str) -> str:
    """A text by which rows of all cases are found: sealed under the key of its kind, or in clear where nothing is
    sealed."""
    subject = subject_of_kind(kind)
    return matched(subject, text) if subject else text


def alike(kind: str, texts: Iterable[str]) -> list[str]:
    """These texts as rows may have them: sealed, and in clear from before."""
    return [way for text in texts for way in dict.fromkeys((text, matched_or_clear(kind, text)))]


def opened_match_or_words(text: str) -> str:
    """What was so sealed; a sentence in its place where the key is gone."""
    try:
        return str(opened_value(text))
    except KeyFault:
        return str(_in_words(text))


def _as_compared(value: Json) -> Json:
    """As PostgreSQL compares JSON: 1.0 is 1."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {name: _as_compared(each) for name, each in value.items()}
        case list() | tuple():
            return [_as_compared(each) for each in value]
    return value


def opened_value(value: Json) -> Json:
    """What `matched` has sealed anywhere in a JSON value, opened. Raises KeyFault."""
    match value:
        case str() if value.startswith(MATCHED):
            return _unmatched(value)
        case dict():
            return {name: opened_value(each) for name, each in value.items()}
        case list():
            return [opened_value(each) for each in value]
    return value


def opened_value_or_words(value: Json) -> Json:
    """The same; where the key is gone a sentence stands in place of each value that it sealed."""
    try:
        return opened_value(value)
    except KeyFault:
        return _in_words(value, whole=True)


def _in_words(value: Json, *, whole: bool = False) -> Json:
    match value:
        case str() if value.startswith(MATCHED):
            said = UNREAD.format(value[len(MATCHED) :].partition(":")[0].replace("-", " "))
            return {"sealed": said} if whole else said
        case dict():
            return {name: _in_words(each) for name, each in value.items()}
        case list():
            return [_in_words(each) for each in value]
    return value


def _unmatched(text: str) -> Json:
    subject, _, content = text[len(MATCHED) :].partition(":")
    try:
        plain = _ciphers(subject).matching.decrypt(b64decode(content, validate=True), [subject.encode("ascii")])
    except (InvalidTag, ValueError):
        return text
    return orjson.loads(plain)


# --- keys


def forget(subject: str) -> None:
    """Destroy the subject's key: from here on nobody opens what it sealed, in a backup either."""
    data_keys.destroy(subject)
    _held.cache_clear()


class Ciphers:
    """What seals and opens under one key. `fresh`: never twice alike. `matching`: equal values alike. `opening`: of one
    sealed content, from which nobody finds the key or another opening."""

    def __init__(self, key: bytes) -> None:
        self._key, self.fresh = key, AESGCM(key)

    @cached_property
    def matching(self) -> AESSIV:
        derived = HKDF(SHA256(), length=64, salt=None, info=b"casewright matched values").derive(self._key)
        return AESSIV(derived)

    @cached_property
    def _openings(self) -> bytes:
        return HKDF(SHA256(), length=32, salt=None, info=b"casewright openings").derive(self._key)

    def opening(self, sealed: bytes) -> bytes:
        return hmac.digest(self._openings, sealed, "sha256")


def _ciphers(subject: str) -> Ciphers:
    if not subject or "/" in subject or subject.startswith("."):
        raise ValueError("no such subject")
    return _held(settings.DATA_KEYS, settings.DATA_KEY, subject, int(monotonic() // SECONDS))


def _making(subject: str) -> Ciphers:
    try:
        return _ciphers(subject)
    except KeyFault:
        data_keys.key_of(subject, make=True)
        return _ciphers(subject)


@lru_cache(maxsize=HELD)
def _held(folder: str, masters: str, subject: str, period: int) -> Ciphers:
    return Ciphers(data_keys.key_of(subject))
