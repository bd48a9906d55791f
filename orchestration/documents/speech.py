"""What was said in a recording, when, and how sure is that? Some minutes of it at a time.

Work of the child process (`child`): whisper, run by faster-whisper, which `make speech` fetches into a folder of its
own. Without it nothing here can be asked; `is_here` says so.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from orchestration.documents.confined import ROOT, Unreadable

Json = Any
FOLDER: Final = ROOT / ".speech"
MINUTES: Final = 4
"""Of a recording that are heard at once: some 70 seconds of one core."""
RATE: Final = 16_000
HEARER: Final = "whisper-base-2"
"""What heard a recording, and in which version of its ways."""
NOT_HERE: Final = "Recordings are not put into words here: `make speech` fetches what does it."
ENDS: Final = re.compile(r"[.?!][\"')\u201d\u2019]?\s*$")
TITLE: Final = re.compile(r"(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|No|Nr|Hr|Fr)\.")
"""What ends with a full stop and no sentence."""
LATER: Final = ("numpy.ma", "av.subtitles.stream", "multiprocessing.synchronize")
"""What is imported only while it works, when nothing can be any more."""
_loaded: list[Any] = []


def is_here(folder: Path = FOLDER) -> bool:
    return (folder / "model/model.bin").exists() and (folder / "site/faster_whisper").is_dir()


def prepare() -> None:
    """Load the model, and all that it would load while it works."""
    sys.path.append(str(FOLDER / "site"))
    from faster_whisper import WhisperModel
    from tqdm import tqdm

    for name in LATER:
        import_module(name)
    tqdm.get_lock()  # type: ignore[no-untyped-call]
    model = WhisperModel(
        str(FOLDER / "model"), device="cpu", compute_type="int8", cpu_threads=1, num_workers=1, local_files_only=True
    )
    _loaded.append(model)


def read(content: bytes, order: dict[str, Json]) -> tuple[dict[str, Json], bytes]:
    """The sentences of the part that the order names, from 1, and whether more comes after it. Raises Unreadable."""
    from faster_whisper.audio import decode_audio

    try:
        sound = decode_audio(BytesIO(content), sampling_rate=RATE)
    except (OSError, ValueError, RuntimeError, IndexError, StopIteration) as error:
        raise Unreadable("This recording cannot be opened: it is damaged, or of another kind.") from error
    begins = (order["part"] - 1) * MINUTES * 60
    part = sound[begins * RATE : (begins + MINUTES * 60) * RATE]
    more = len(sound) > (begins + MINUTES * 60) * RATE
    return {"sentences": _sentences(part, begins), "more": more}, b""


def _sentences(part: Any, begins: float) -> list[Json]:
    """[begin, end, [[word, how sure], ...]] in seconds of the whole recording."""
    if len(part) < RATE // 10:
        return []
    heard, _ = _loaded[0].transcribe(part, beam_size=1, word_timestamps=True, condition_on_previous_text=False)
    words = [[word for word in one.words or () if word.word.strip()] for one in heard]
    return [
        [round(begins + said[0].start, 2), round(begins + said[-1].end, 2),
         [[word.word.strip(), round(float(word.probability), 3)] for word in said]]
        for one in words for said in sentences_in(one)
    ]  # fmt: skip


def sentences_in(words: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The sentences of what whisper heard as one piece: where nobody paused, several are one to it."""
    begun = 0
    for at, (word, after) in enumerate(pairwise(words), 1):
        if ENDS.search(word.word) and after.word.strip()[:1].isupper() and not TITLE.fullmatch(word.word.strip()):
            yield words[begun:at]
            begun = at
    if words:
        yield words[begun:]
