#!/usr/bin/env python3
"""Does a history hold, for somebody who trusts neither the product nor its database?

One file, standard library only (Python 3.11):

    python verifier.py EVIDENCE --checkpoints FOLDER --key PUBLIC_KEY
    python verifier.py CAPSULE.zip --key PUBLIC_KEY

Note the digest of the last checkpoint that it names, and give it the next time (--known DIGEST): that the newest
checkpoints were taken away, with all that they signed, shows in no other way.

EVIDENCE is what `manage.py evidence` wrote, or a dump as SQL (`pg_restore -f - BACKUP | python verifier.py - ...`).
CAPSULE is the evidence of one case, with the checkpoints in it.
FOLDER has the signed checkpoints, PUBLIC_KEY is in hex, from whoever runs the product, by a way of its own. Each event
is hashed again, each link followed, each signature checked, each chain held against every checkpoint that names it.

Exit status: 0 everything is proven; 1 something does not hold, each thing named; 2 too little was given to prove it.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import sqlite3
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import reduce
from hashlib import sha256, sha512
from json.encoder import encode_basestring
from pathlib import Path
from typing import IO, Any, Final

CHECKPOINT: Final = "casewright-checkpoint/1"
EVIDENCE: Final = "casewright-evidence/1"
CAPSULE: Final = "casewright-capsule/1"
MANIFEST, SEAL, EVENTS = "manifest.json", "manifest.sig", "evidence.jsonl"
"""In a capsule: what is in it by digest, the signature of that, and the events of the case."""
TOLD, OPENINGS = "history.jsonl", "openings.jsonl"
"""In a capsule: what each event says, in clear; and what shows of those that are kept sealed that they say so."""
ENDING: Final = ".checkpoint"
GENESIS: Final = bytes(32).hex()
SEALED: Final = b"CWS1"
"""How a content begins that the product has sealed. It is hashed as it is kept, so that no key is needed here. Its salt
is the digest of an opening, which nobody finds without the key, and of what it says: who is given both can check it."""
COMMITTING: Final = 32
"""Bytes of such a salt; contents of before have a shorter one, at random."""
MOST: Final = 200
"""So many faults are told one by one."""
UNREADABLE: Final = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What comes of JSON that is not of the shape that it should be, or nested deeper than Python goes."""
APART: Final = timedelta(minutes=15)
"""What a step that was under way at a checkpoint may be older than it."""


# --- Ed25519 (RFC 8032, 5.1), verifying only

PRIME: Final = 2**255 - 19
ORDER: Final = 2**252 + 27742317777372353535851937790883648493
D: Final = -121665 * pow(121666, -1, PRIME) % PRIME
ROOT_OF_MINUS_ONE: Final = pow(2, (PRIME - 1) // 4, PRIME)
Point = tuple[int, int, int, int]
"""Extended homogeneous coordinates (RFC 8032, 5.1.4)."""


def _sum(a: Point, b: Point) -> Point:
    one, two = (a[1] - a[0]) * (b[1] - b[0]) % PRIME, (a[1] + a[0]) * (b[1] + b[0]) % PRIME
    three, four = 2 * a[3] * b[3] * D % PRIME, 2 * a[2] * b[2] % PRIME
    e, f, g, h = two - one, four - three, four + three, two + one
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def _times(number: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = _sum(result, point)
        point, number = _sum(point, point), number >> 1
    return result


def _point(written: bytes) -> Point | None:
    """The point that these 32 bytes stand for (5.1.3), if they do for one."""
    y = int.from_bytes(written, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * ROOT_OF_MINUS_ONE % PRIME
    if y >= PRIME or (x * x - square) % PRIME or (x == 0 and sign):
        return None
    x = PRIME - x if x & 1 != sign else x
    return x, y, 1, x * y % PRIME


def signed_plainly(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether this is the key's signature of the message (5.1.7), in Python alone."""
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r, s = _point(key), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    base = _point((4 * pow(5, -1, PRIME) % PRIME).to_bytes(32, "little"))
    if a is None or r is None or base is None or s >= ORDER:
        return False
    h = int.from_bytes(sha512(signature[:32] + key + message).digest(), "little") % ORDER
    left, right = _times(s, base), _sum(r, _times(h, a))
    return not ((left[0] * right[2] - right[0] * left[2]) % PRIME or (left[1] * right[2] - right[1] * left[2]) % PRIME)


def signed(key: bytes, signature: bytes, message: bytes) -> bool:
    """The same by the library `cryptography` where it is there, which is faster."""
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except ImportError:
        return signed_plainly(key, signature, message)
    except Exception:  # the library's own InvalidSignature, or no key at all
        return False
    return True


# --- Merkle tree (RFC 9162, 2.1.1)


def leaf(chain: int, sequence: int, digest: str) -> bytes:
    """Of a chain's head. `digest` in hex."""
    return sha256(f"\0{chain}:{sequence}:{digest}".encode()).digest()


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    stack: list[tuple[int, bytes]] = []
    for one in leaves:
        size, node = 1, one
        while stack and stack[-1][0] == size:
            node = sha256(b"\1" + stack.pop()[1] + node).digest()
            size *= 2
        stack.append((size, node))
    rest = [node for _, node in reversed(stack)] or [sha256(b"").digest()]
    return reduce(lambda right, left: sha256(b"\1" + left + right).digest(), rest)


# --- what is said


@dataclass(slots=True)
class Report:
    """`faults`: what does not hold; `lacking`: what would be needed to prove it. `read`: contents that say what stands
    of them in clear. `masked`: contents may be withheld from whoever took the evidence. Of the chain that is read now:
    `replaced`, `ordered`: the contents that stand in place of others by their digests, and those that orders put there;
    `gone`, `erased_upto`: contents that are not there, and up to which event an order says so."""

    faults: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    events: int = 0
    chains: set[int] = field(default_factory=set)
    after: int = 0
    without_content: int = 0
    sealed: int = 0
    read: int = 0
    erased: list[str] = field(default_factory=list)
    replaced: dict[int, str] = field(default_factory=dict)
    ordered: dict[int, str] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)
    erased_upto: int = 0
    masked: bool = False

    def wrong(self, what: str) -> None:
        self.faults.append(what)


def name_of(chain: int) -> str:
    if chain > 0:
        return f"case {chain}"
    return "rules, roles and actors" if chain == 0 else f"access, chain {-chain}"


# --- checkpoints


@dataclass(slots=True)
class Pins:
    """What signed checkpoints say: the head of each chain, and all that they ever said of it (sequence, digest, number
    of the checkpoint)."""

    heads: dict[int, tuple[int, str]] = field(default_factory=dict)
    said: dict[int, list[tuple[int, str, int]]] = field(default_factory=dict)
    number: int = 0
    at: str = ""
    digest: str = GENESIS
    last: tuple[int, str] = (0, "")
    digests: set[str] = field(default_factory=set)


def read_checkpoints(files: Iterable[tuple[str, bytes]], keys: frozenset[bytes], report: Report) -> Pins:
    """All of them, in order, each with its name: signed by one of the keys, each continuing the one before."""
    pins = Pins()
    for name, content in files:
        body, _, envelope = content.partition(b"\n")
        try:
            said, seal = json.loads(body), json.loads(envelope)
            key, signature = bytes.fromhex(seal["key"]), bytes.fromhex(seal["signature"])
            if key not in keys:
                report.wrong(f"{name} is signed by another key: {key.hex()}")
            elif not signed(key, signature, body):
                report.wrong(f"the signature of {name} is not of what stands in it")
            _fold(pins, said, report)
        except UNREADABLE as error:
            report.wrong(f"{name} cannot be read as a checkpoint: {error!r}")
        pins.digest = sha256(body).hexdigest()
        pins.digests.add(pins.digest)
    _root_holds(pins, report)
    return pins


def _fold(pins: Pins, said: dict[str, Any], report: Report) -> None:
    number = int(said["number"])
    if said["format"] != CHECKPOINT:
        raise ValueError(said["format"])
    if number != pins.number + 1:
        last = f"to {number - 1} are" if number > pins.number + 2 else "is"
        report.wrong(f"checkpoint {pins.number + 1} {last} missing: the next one that is there is {number}")
    elif said["previous"] != pins.digest:
        report.wrong(f"checkpoint {number} does not continue checkpoint {number - 1} as it is")
    pins.number, pins.at = number, str(said["at"])
    pins.last = (int(said["heads"]), str(said["root"]))
    for chain in said["gone"]:
        report.wrong(f"{name_of(chain)} was there before checkpoint {number}, and then was gone")
        pins.heads.pop(chain, None)
    for chain, sequence, digest in said["changed"]:
        before = pins.heads.get(chain)
        if before is not None and sequence < before[0]:
            report.wrong(f"{name_of(chain)} had {before[0]} events, and {sequence} at checkpoint {number}")
        pins.heads[chain] = (sequence, digest)
        pins.said.setdefault(chain, []).append((sequence, digest, number))


def _root_holds(pins: Pins, report: Report) -> None:
    """What the last one says of all chains together is what the single ones add up to."""
    if pins.number and not report.faults:
        found = merkle_root(leaf(chain, *pins.heads[chain]) for chain in sorted(pins.heads))
        if (len(pins.heads), found.hex()) != pins.last:
            report.wrong(f"the chains that all checkpoints name are not those that checkpoint {pins.number} adds up")


# --- events

Row = tuple[int, int, str, str, str, str, str, str, str, str, str, str, bytes | None, bytes | None]
"""chain, sequence, action, actor, on behalf of, cause, at, definition, rule hits, payload digest, previous, digest;
salt, body: None where the content was erased or withheld. Digests in hex, `at` in UTC with microseconds."""


def link_digest(row: Row) -> str:
    """SHA-256 over the canonical bytes of a link, in hex."""
    quoted = encode_basestring
    chain, sequence, action, actor, behalf, cause, at, definition, hits, payload, previous = row[:11]
    facts = (
        f"[{chain},{sequence},{quoted(action)},{quoted(actor)},{quoted(behalf)},{quoted(cause)},"
        f'"{at}",{quoted(definition)},{quoted(hits)},"{payload}","{previous}"]'
    )
    return sha256(facts.encode("utf-8", "surrogateescape")).hexdigest()


def check_events(rows: Iterable[Row], pins: Pins, report: Report) -> None:
    """Each link against the one before it and against what checkpoints say of it; rows by chain and sequence."""
    chain, sequence, digest = None, 0, GENESIS
    pinned: dict[int, list[tuple[str, int]]] = {}
    last = 0
    young = _moment(pins.at) - APART if pins.at else None
    for row in rows:
        if row[0] != chain:
            _ends(chain, sequence, pins, report)
            chain, sequence, digest = row[0], 0, GENESIS
            if chain in report.chains:
                report.wrong(f"{name_of(chain)} stands in more than one place")
            report.chains.add(chain)
            pinned, last = {}, pins.heads.get(chain, (0, ""))[0]
            for at, wanted, number in pins.said.get(chain, ()):
                pinned.setdefault(at, []).append((wanted, number))
        _check(row, sequence, digest, report)
        sequence, digest = row[1], row[11]
        report.events += 1
        for wanted, number in pinned.get(sequence, ()):
            if digest != wanted:
                report.wrong(f"{name_of(row[0])}, event {sequence} is not the one that checkpoint {number} signed")
        if sequence > last:
            report.after += 1
            if young is not None and _moment(row[6]) < young:
                report.wrong(
                    f"{name_of(row[0])}, event {sequence} is older than checkpoint {pins.number}, which has none"
                )
    _ends(chain, sequence, pins, report)


def _check(row: Row, sequence: int, digest: str, report: Report) -> None:
    name, expected = name_of(row[0]), sequence + 1
    if row[1] != expected:
        report.wrong(f"{name}, event {expected} is missing: the next one there is {row[1]}")
    elif row[10] != digest:
        report.wrong(f"{name}, event {expected} does not continue event {sequence}")
    elif link_digest(row) != row[11]:
        report.wrong(f"{name}, event {expected} was changed after it was written")
    if row[12] is None or row[13] is None:
        report.without_content += 1
        report.gone.append(row[1])
        return
    report.sealed += row[13].startswith(SEALED)
    if not row[12] and row[0] > 0:
        report.replaced[row[1]] = sha256(row[13]).hexdigest()
        return
    if sha256(row[12] + row[13]).hexdigest() != row[9]:
        report.wrong(f"{name}, the content of event {row[1]} was changed after it was written")
    elif row[2] == "content.erased" and row[0] > 0:
        said = json.loads(row[13])
        report.erased_upto = max(report.erased_upto, int(said["upto"]))
        report.erased.append(f"{name}, events 1 to {said['upto']}, by order {said['order']} of {row[6]}: {said['why']}")
    elif row[2] == "content.replaced" and row[0] > 0:
        said = json.loads(row[13])
        report.ordered |= {int(number): digest for number, digest in said["contents"].items()}
        count = len(said["contents"])
        report.erased.append(f"{name}, a person in {count} events, replaced by order {said['order']} of {row[6]}")


def _ends(chain: int | None, sequence: int, pins: Pins, report: Report) -> None:
    for event, digest in sorted(report.replaced.items()):
        if report.ordered.get(event) != digest:
            report.wrong(f"{name_of(chain or 0)}, the content of event {event} is not what an order put in its place")
    for event in () if report.masked else report.gone:
        if event > report.erased_upto:
            report.wrong(f"{name_of(chain or 0)}, the content of event {event} is gone, and no order says so")
    report.replaced, report.ordered, report.gone, report.erased_upto = {}, {}, [], 0
    signed_up_to = 0 if chain is None else pins.heads.get(chain, (0, ""))[0]
    if chain is not None and sequence < signed_up_to:
        report.wrong(f"{name_of(chain)}, events {sequence + 1} to {signed_up_to} are missing from the end")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


# --- where events come from


def from_evidence(lines: Iterable[bytes], report: Report, wanted: list[int]) -> Iterator[Row]:
    """The rows of a file of evidence, whose last line seals those before it."""
    running, events, sealed = sha256(), 0, False
    for number, line in enumerate(lines):
        if sealed:
            report.wrong("something stands in the evidence after its end")
            return
        said = json.loads(line)
        if number == 0:
            if said.get("format") != EVIDENCE:
                report.wrong(f"this is no evidence, but {said.get('format')!r}")
                return
            if said["chains"] is not None and not wanted:
                report.lacking.append(f"this is a part: {len(said['chains'])} chains; name them with --case")
        elif isinstance(said, dict):
            sealed = True
            if said != {"events": events, "digest": running.hexdigest()}:
                report.wrong("the evidence is not what it was when it was written: its last line says so")
        else:
            events += 1
            yield _row(said)
        running.update(line)
    if not sealed:
        report.wrong("the evidence has no end: this is a part of it")


def _row(said: list[Any]) -> Row:
    salt, body = said[12], said[13]
    kept = None if salt is None or body is None else body.encode("utf-8", "surrogateescape")
    return (*said[:12], None if salt is None else bytes.fromhex(salt), kept)


COPY: Final = re.compile(r"COPY (?:public\.)?(audit_auditevent|audit_auditpayload) \(([^)]*)\) FROM stdin;")
ESCAPED: Final = re.compile(r"\\(.)")
ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "N": None}
NAMES: Final = (
    "chain", "sequence", "action", "actor", "on_behalf_of", "cause", "at", "definition", "rule_hits", "payload_digest",
    "previous", "digest",
)  # fmt: skip


def from_dump(lines: Iterable[bytes]) -> Iterator[Row]:
    """The rows of a dump as SQL, sorted in a file of their own, so that memory stays flat."""
    kept = sqlite3.connect("")
    kept.execute("create table e (chain int, sequence int, row text)")
    kept.execute("create table p (chain int, sequence int, salt text, body text)")
    table, places = "", [0]
    for raw in lines:
        line = raw.decode("utf-8", "surrogateescape").rstrip("\n")
        if not table:
            if found := COPY.match(line):
                columns = [name.strip('" ') for name in found[2].split(",")]
                table = found[1]
                wanted = NAMES if table == "audit_auditevent" else ("chain", "sequence", "salt", "body")
                places = [columns.index(name) for name in wanted]
        elif line == "\\.":
            table = ""
        else:
            values = line.split("\t")
            given = [ESCAPED.sub(lambda m: ESCAPES.get(m[1], m[1]) or "", values[at]) for at in places]
            if table == "audit_auditevent":
                kept.execute("insert into e values (?, ?, ?)", (given[0], given[1], json.dumps(given[2:])))
            else:
                kept.execute("insert into p values (?, ?, ?, ?)", given)
    kept.execute("create index p_in_order on p (chain, sequence)")
    rows = kept.execute(
        "select e.chain, e.sequence, e.row, p.salt, p.body from e left join p using (chain, sequence)"
        " order by e.chain, e.sequence"
    )
    for chain, sequence, text, salt, body in rows:
        action, actor, behalf, cause, at, definition, hits, *digests = json.loads(text)
        moment = datetime.fromisoformat(at).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        payload, previous, digest = (one.removeprefix("\\x") for one in digests)
        content = [None if one is None else bytes.fromhex(one.removeprefix("\\x")) for one in (salt, body)]
        yield (chain, sequence, action, actor, behalf, cause, moment, definition, hits, payload, previous, digest,
               content[0], content[1])  # fmt: skip


# --- the command


def verify(source: IO[bytes], folder: Path | None, keys: frozenset[bytes], cases: list[int]) -> tuple[Report, Pins]:
    """What the evidence, or the dump, and the folder of checkpoints say together. `cases`: only these are asked for."""
    report = Report()
    files = [] if folder is None else [(file.name, file.read_bytes()) for file in sorted(folder.glob("*" + ENDING))]
    return report, _held(source, files if folder is not None else None, keys, cases, report)


def verify_capsule(path: Path, keys: frozenset[bytes]) -> tuple[Report, Pins]:
    """What the capsule of one case holds: the files that were signed, each as it was, its events and checkpoints."""
    report = Report(masked=True)
    with zipfile.ZipFile(path) as kept:
        names = kept.namelist()
        try:
            manifest = kept.read(MANIFEST)
            said = json.loads(manifest)
            chain, files = int(said["chain"]), dict(said["files"])
            if said["format"] != CAPSULE:
                raise ValueError(said["format"])
        except UNREADABLE as error:
            report.wrong(f"this is no capsule: {error!r}")
            return report, Pins()
        _sealed(manifest, kept.read(SEAL) if SEAL in names else None, keys, report)
        for name in sorted({*names, *files} - {MANIFEST, SEAL}):
            if name not in files or names.count(name) > 1:
                report.wrong(f"{name} was not in the capsule when it was made")
            elif name not in names:
                report.wrong(f"{name} was taken out of the capsule")
            elif sha256(kept.read(name)).hexdigest() != files[name]:
                report.wrong(f"{name} is not what it was when the capsule was made")
        found = [(name.rpartition("/")[2], kept.read(name)) for name in sorted(names) if name.endswith(ENDING)]
        if EVENTS not in names:
            report.wrong("the events are not in the capsule")
            return report, Pins()
        with kept.open(EVENTS) as source:
            pins = _held(source, found, keys, [chain], report)
        try:
            _told(kept, names, report)
        except UNREADABLE as error:
            report.wrong(f"what the events say, in {TOLD} and {OPENINGS}, is not of a shape that is known: {error!r}")
        return report, pins


def _told(kept: zipfile.ZipFile, names: list[str], report: Report) -> None:
    """What the history says in clear of each event, against its link: so that whoever made the capsule can put no other
    words into it than those that were kept."""
    told, opened = (_by_event(kept, name, report) if name in names else {} for name in (TOLD, OPENINGS))
    for row in from_evidence(kept.read(EVENTS).splitlines(keepends=True), Report(), [0]):
        said = told.pop(row[1], None)
        if said is None:
            report.wrong(f"{TOLD} leaves out event {row[1]}")
            continue
        facts = (said["action"], said["actor"], said["on_behalf_of"], said["cause"], said["at"], said["version"])
        if facts != row[2:8] or said["rules"] != json.loads(row[8] or "[]"):
            report.wrong(f"{TOLD} says otherwise than event {row[1]} who did what, when, or by which rules")
        _says(row, said["detail"], opened.pop(row[1], None), report)
    for name, rest in ((TOLD, told), (OPENINGS, opened)):
        for event in sorted(rest):
            report.wrong(f"{name} has event {event}, whose content is not in the chain")


def _by_event(kept: zipfile.ZipFile, name: str, report: Report) -> dict[int, dict[str, Any]]:
    """The lines of a file by their events. A second line of one is named: people read both, and one could be false."""
    found: dict[int, dict[str, Any]] = {}
    for line in kept.read(name).splitlines():
        said = json.loads(line, object_pairs_hook=_once)
        if said["event"] in found:
            report.wrong(f"{name} has event {said['event']} more than once")
        found[said["event"]] = said
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are each there once: of two, people read one, and a program the other."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has a name more than once")
    return found


def _says(row: Row, detail: object, opening: dict[str, Any] | None, report: Report) -> None:
    salt, body = row[12], row[13]
    if salt is None or body is None:
        return
    if opening is None and body.startswith(SEALED):
        if len(salt) == COMMITTING:
            report.lacking.append(f"event {row[1]} is sealed, and what would open it is not in {OPENINGS}")
        return
    if opening is not None:
        body = str(opening["content"]).encode("utf-8", "surrogateescape")
        if sha256(bytes.fromhex(opening["opening"]) + body).digest() != salt:
            report.wrong(f"event {row[1]} was sealed with another content than {OPENINGS} has")
            return
        report.sealed -= 1
    if json.loads(body) == detail:
        report.read += 1
    else:
        report.wrong(f"{TOLD} says otherwise than event {row[1]} what it is about")


def _sealed(manifest: bytes, seal: bytes | None, keys: frozenset[bytes], report: Report) -> None:
    if not keys:
        report.lacking.append("no key was given: whoever made the capsule is not known")
    elif seal is None:
        report.lacking.append("the capsule is not signed")
    else:
        try:
            given = json.loads(seal)
            key, signature = bytes.fromhex(given["key"]), bytes.fromhex(given["signature"])
        except UNREADABLE as error:
            report.wrong(f"the signature of the capsule cannot be read: {error!r}")
            return
        if key not in keys:
            report.wrong(f"the capsule is signed by another key: {key.hex()}")
        elif not signed(key, signature, manifest):
            report.wrong("the signature of the capsule is not of what it says is in it")


def _held(
    source: IO[bytes], files: list[tuple[str, bytes]] | None, keys: frozenset[bytes], cases: list[int], report: Report
) -> Pins:
    """The events against each other and against these checkpoints; None: there are none to hold them against."""
    pins = Pins()
    if files is None or not keys:
        report.lacking.append("no checkpoints, or no key: a history that was forged whole, or cut off, would not show")
    else:
        pins = read_checkpoints(files, keys, report)
        if not files:
            report.lacking.append("there is no checkpoint in the place that was given")
    lines = iter(source)
    first = next(lines, b"")
    whole = (line for part in ([first], lines) for line in part if line)
    rows = from_evidence(whole, report, cases) if first.startswith(b"{") else from_dump(whole)
    try:
        check_events((row for row in rows if not cases or row[0] in cases), pins, report)
    except UNREADABLE as error:
        report.wrong(f"the evidence cannot be read any further: {error!r}")
    for chain in sorted((set(cases) if cases else set(pins.heads)) - report.chains):
        if chain in pins.heads:
            report.wrong(f"{name_of(chain)} stands in checkpoint {pins.number} and not here: it is gone")
        else:
            report.lacking.append(f"{name_of(chain)} is neither here nor in a checkpoint")
    if not report.events:
        report.lacking.append("there is no event here, and of nothing nothing is proven")
    return pins


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check a history without the product that wrote it.")
    parser.add_argument("evidence", help="a file of evidence, a capsule, or a dump as SQL; - for standard input")
    parser.add_argument("--checkpoints", type=Path, help="the folder with the signed checkpoints")
    parser.add_argument(
        "--key", action="append", default=[], type=bytes.fromhex, help="public key in hex; may be several"
    )
    parser.add_argument("--case", action="append", default=[], type=int, help="check this case alone; may be several")
    parser.add_argument(
        "--known", action="append", default=[], metavar="DIGEST",
        help="digest of a checkpoint that you noted before: shows where the newest were taken away; may be several",
    )  # fmt: skip
    given = parser.parse_args(arguments)
    try:
        report, pins = _asked(given)
    except Exception as error:  # a damaged archive fails in many ways, and each of them is an answer
        print(f"Not proven: {given.evidence!r} cannot be read: {_why(error)}.")
        return 2 if isinstance(error, OSError) else 1
    for digest in (one for one in given.known if one.lower() not in pins.digests):
        report.wrong(f"the checkpoint that was noted as {digest} is not here: it was taken away, or made anew")
    for fault in report.faults[:MOST]:
        print(f"Does not hold: {fault}.")
    if len(report.faults) > MOST:
        print(f"And {len(report.faults) - MOST} more.")
    for lack in report.lacking:
        print(f"Not proven: {lack}.")
    for one in report.erased[:MOST]:
        print(f"Erased: {one}")
    print(f"{len(report.chains)} chains, {report.events} events read.", *_beside(report, pins))
    return 1 if report.faults else 2 if report.lacking else 0


def _asked(given: argparse.Namespace) -> tuple[Report, Pins]:
    keys = frozenset(given.key)
    if given.evidence != "-" and zipfile.is_zipfile(given.evidence):
        return verify_capsule(Path(given.evidence), keys)
    with sys.stdin.buffer if given.evidence == "-" else open(given.evidence, "rb") as source:
        return verify(source, given.checkpoints, keys, given.case)


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or repr(error)


def _beside(report: Report, pins: Pins) -> Iterator[str]:
    if report.read:
        yield f"{report.read} contents say what {TOLD} says."
    if report.sealed:
        yield f"{report.sealed} contents are sealed: that they are as they were written is checked, not what they say."
    if report.without_content:
        yield f"{report.without_content} contents are not here (erased or withheld): only their digests were checked."
    if pins.number:
        yield f"Signed up to checkpoint {pins.number} of {pins.at}, {pins.digest}."
        yield f"{report.after} events came after it: linked, and not signed yet."
    if not (report.faults or report.lacking):
        yield "All of it holds."


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # what was forged may be no text
    sys.exit(main())
