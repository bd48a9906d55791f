"""What does it take to prove a history without the product? The verifier as a process of its own, over a file.

A million events of cases of 30 (EVENTS=200000 for fewer), signed by one checkpoint; CPU seconds and peak memory of the
process, which has no library but Python's own.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import verifier
from audit.chain import GENESIS, Head
from audit.checkpoints import Statement, public
from audit.checkpoints import sealed as signed
from audit.evidence import written
from audit.reading import Row
from audit.services import Fact, Origin, sealed
from audit.verifier import leaf, merkle_root

EVENTS = int(os.environ.get("EVENTS", "1000000"))
A_CASE = 30
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORIGIN = Origin("person:anna", cause="task 17")
MEASURED = (
    "import runpy, sys; sys.argv.pop(0);"
    "import atexit; atexit.register(lambda: sys.stderr.write("
    "next(line for line in open('/proc/self/status') if line.startswith('VmHWM'))));"
    "runpy.run_path(sys.argv[0], run_name='__main__')"
)
"""The verifier, which says at its end what memory it took at most (kB)."""
DETAIL = {"item": 17, "name": "Answer the customer", "data": {"answer": "We are sorry. " * 12, "amount": 212.5}}


def proven() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        key = Ed25519PrivateKey.generate()
        heads: list[tuple[int, int, str]] = []
        with open(folder / "evidence", "wb") as file:
            file.writelines(written(_rows(heads), None, AT))
        root = merkle_root(leaf(*head) for head in heads).hex()
        statement = Statement(1, AT, GENESIS.hex(), len(heads), root, tuple(heads))
        (folder / "1.checkpoint").write_bytes(signed(statement, key))
        yield f"{EVENTS} events, {(folder / 'evidence').stat().st_size / EVENTS:.0f} bytes each"
        command = [sys.executable, "-I", "-S", "-c", MEASURED, verifier.__file__, str(folder / "evidence")]
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        done = subprocess.run(
            [*command, "--checkpoints", str(folder), "--key", public(key).hex()], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        memory = int(done.stderr.split()[1]) / 1024
        yield f"proven in {seconds:.1f} s of CPU ({EVENTS / seconds:,.0f} events/s), {memory:.0f} MB at its peak"


def _rows(heads: list[tuple[int, int, str]]) -> Iterator[Row]:
    facts = [Fact("engine.ItemChanged", DETAIL)] * A_CASE
    for chain in range(1, EVENTS // A_CASE + 1):
        history = sealed(chain, Head(), facts, ORIGIN, "complaint v3", AT)
        c = history.columns
        heads.append((chain, A_CASE, history.head.digest.hex()))
        for i in range(A_CASE):
            yield (chain, c["sequences"][i], c["actions"][i], ORIGIN.actor, "", ORIGIN.cause, AT, "complaint v3",
                   c["hits"][i], c["payload_digests"][i], c["previous"][i], c["digests"][i], c["salts"][i],
                   c["bodies"][i])  # fmt: skip
