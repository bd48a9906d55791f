"""Is a pickle refused as an artefact however it is packed, and nothing else for it?"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
import zipfile
import zlib
from collections.abc import Callable

import pytest

from orchestration.actors.artefacts import PICKLED, artefact_fault

MODEL = {"weights": [0.5] * 1_000, "labels": ["a", "b"]}
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes, "zlib": zlib.compress, "gzip": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress,
    "lzma": lambda content: lzma.compress(content, lzma.FORMAT_ALONE),
}  # fmt: skip


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("packed", PACKED)
def test_a_pickle_is_refused_however_it_is_packed(packed: str, protocol: int) -> None:
    assert artefact_fault("another", PACKED[packed](pickle.dumps(MODEL, protocol))) == PICKLED


def test_a_pickle_in_an_archive_is_refused() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("archive/data.bin", pickle.dumps(MODEL))
    assert artefact_fault("another", content.getvalue()) == PICKLED


@pytest.mark.parametrize("packed", PACKED)
@pytest.mark.parametrize("content", [b'{"labels": ["a"]}', b"x = 1", b"xxxxx", b"\x00" * 10_000_000])
def test_what_is_no_pickle_is_none_however_it_is_packed(packed: str, content: bytes) -> None:
    assert artefact_fault("another", PACKED[packed](content)) == ""


@pytest.mark.parametrize("kind", ["http", "soap", "sql", "served-model"])
def test_a_connectors_file_that_is_not_sound_is_no_version(kind: str) -> None:
    assert "required property" in artefact_fault(kind, b"capability: x")
