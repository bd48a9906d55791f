"""Documents are kept sealed, are read while they are being sealed, and are gone from backups with their key."""

from __future__ import annotations

import io
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings

from orchestration.documents import store
from orchestration.documents.store import Damaged

LETTER = b"A letter of Maria Sandoval. " * 40


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path) -> Iterator[Path]:
    stores = {**settings.STORAGES, "documents": {
        "BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path / "documents")},
    }}  # fmt: skip
    keys = {"DATA_KEY": str(tmp_path / "data.key"), "DATA_KEYS": str(tmp_path / "keys")}
    with override_settings(STORAGES=stores, **keys):
        yield tmp_path


def in_clear(place: Path) -> list[str]:
    return [path.name for path in place.rglob("*") if path.is_file() and b"Maria" in path.read_bytes()]


def rotated(*how: str) -> str:
    said = io.StringIO()
    call_command("rotate_keys", *how, stdout=said, stderr=said)
    return said.getvalue()


def test_a_content_is_kept_sealed_and_once(own_store: Path) -> None:
    digest = store.keep(LETTER)
    assert store.keep(LETTER) == digest and store.content_of(digest) == LETTER and in_clear(own_store) == []
    store.write(f"pages/{digest[:2]}/{digest}-1-320.webp", b"Maria, drawn", digest)
    assert store.written(f"pages/{digest[:2]}/{digest}-1-320.webp", digest) == b"Maria, drawn"
    assert in_clear(own_store) == [] and len(list((own_store / "keys").rglob("document-*"))) == 1


def test_what_is_forgotten_cannot_be_read_from_a_backup_of_before(own_store: Path) -> None:
    digest = store.keep(LETTER)
    store.write(f"pages/{digest[:2]}/{digest}-1-320.webp", b"Maria, drawn", digest)
    shutil.copytree(own_store / "documents", own_store / "backup")
    store.forget(digest)
    assert not [path for path in (own_store / "documents").rglob("*") if path.is_file()]
    shutil.copytree(own_store / "backup", own_store / "documents", dirs_exist_ok=True)
    with pytest.raises(Damaged, match="destroyed"):
        store.content_of(digest)
    assert in_clear(own_store) == []
    assert store.keep(LETTER) == digest and store.content_of(digest) == LETTER  # brought anew it is kept anew


def test_what_was_kept_in_clear_goes_on_being_read_and_is_sealed_by_and_by(own_store: Path) -> None:
    with override_settings(DATA_KEY=""):
        old = [store.keep(LETTER + bytes([number])) for number in range(20)]
        store.write(f"pages/{old[0][:2]}/{old[0]}-1-320.webp", b"Maria, drawn", old[0])
    assert len(in_clear(own_store)) == 21 and store.content_of(old[3]) == LETTER + bytes([3])
    stop, missing = threading.Event(), []

    def reads() -> None:
        while not stop.is_set():
            for number, digest in enumerate(old):
                try:
                    assert store.content_of(digest) == LETTER + bytes([number])
                except Exception as error:  # noqa: BLE001 - whatever it is, it is told below
                    missing.append(repr(error))

    reader = threading.Thread(target=reads)
    reader.start()
    said = rotated("--new", "--drop-old")
    stop.set()
    reader.join()
    assert missing == [] and in_clear(own_store) == []
    assert "21 contents sealed" in said and "1 master key of before forgotten" in said
    assert "0 contents sealed" in rotated() and store.content_of(old[3]) == LETTER + bytes([3])


@pytest.mark.parametrize("left", ["before", "between", "after"])
def test_sealing_that_was_killed_is_gone_on_from(own_store: Path, left: str) -> None:
    with override_settings(DATA_KEY=""):
        digest = store.keep(LETTER)
    place = own_store / "documents" / digest[:2] / digest
    plain = place.read_bytes()
    store.sealed_in_place(f"{digest[:2]}/{digest}", digest)
    anew = place.with_name(place.name + store.ANEW)
    anew.write_bytes(place.read_bytes())
    if left == "before":  # the sealed one is half written
        place.write_bytes(plain)
        anew.write_bytes(anew.read_bytes()[:50])
    elif left == "between":
        place.unlink()
    else:  # the last one is half written
        place.write_bytes(place.read_bytes()[:50])
    assert store.content_of(digest) == LETTER
    rotated()
    assert store.content_of(digest) == LETTER and not anew.exists() and in_clear(own_store) == []


def test_without_a_key_nothing_is_sealed_and_what_is_sealed_is_said_to_be_so(own_store: Path) -> None:
    digest = store.keep(LETTER)
    with override_settings(DATA_KEY=""):
        with pytest.raises(Damaged, match="CASEWRIGHT_DATA_KEY names no file"):
            store.content_of(digest)
        with pytest.raises(CommandError, match="nothing to rotate"):
            rotated()
    begins_so = b"CWE1 is how this letter begins, that was brought before there was a key."
    with override_settings(DATA_KEY=""):
        old = store.keep(begins_so)
    assert store.content_of(old) == begins_so
    rotated()
    assert store.content_of(old) == begins_so


def test_what_cannot_be_read_is_told_and_left_as_it_is(own_store: Path) -> None:
    digest = store.keep(LETTER)
    place = own_store / "documents" / digest[:2] / digest
    place.with_name(place.name + store.ANEW).write_bytes(b"")
    place.write_bytes(place.read_bytes()[:50])
    with pytest.raises(CommandError, match="1 contents could not be read"):
        rotated()
    assert len(place.read_bytes()) == 50


def test_what_cannot_be_sealed_is_not_kept_in_clear_instead(own_store: Path) -> None:
    store.keep(LETTER)
    (own_store / "data.key").unlink()
    with pytest.raises(store.Away, match="no key to seal them with"):
        store.keep(LETTER + b"!")
    assert in_clear(own_store) == []
