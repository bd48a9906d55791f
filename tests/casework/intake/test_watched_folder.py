"""Files in a watched folder begin cases or join some, once each, and are moved aside with what became of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casework.documents.models import Document
from casework.intake import watched
from casework.models import Case

pytestmark = pytest.mark.django_db
LONG_AGO = 1_700_000_000


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.WATCHED_FOLDER = str(tmp_path)
    return tmp_path


def put(folder: Path, place: str, content: bytes = b"Dear sirs", when: float = LONG_AGO) -> Path:
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (when, when))
    return path


def test_a_file_joins_the_case_whose_reference_its_folder_has(folder: Path, open_case: Callable[..., Case]) -> None:
    case = open_case()
    put(folder, f"complaint/{case.reference}/letter.txt")
    watched.look_after()
    found = Document.objects.get(case=case)
    assert (found.name, found.by) == ("letter.txt", "system:intake")
    assert (folder / "done/complaint" / case.reference / "letter.txt").exists()
    put(folder, f"complaint/{case.reference}/letter.txt")
    watched.look_after()
    assert Document.objects.count() == 1 and (folder / "done/complaint" / case.reference / "letter (1).txt").exists()


@pytest.mark.parametrize(
    ("place", "content", "why"),
    [
        ("complaint/NO-SUCH/letter.txt", b"Dear sirs", "No one open case of this type has this reference."),
        ("nonsense/letter.txt", b"Dear sirs", "No case type has the name of this folder."),
        ("complaint/T-1/invoice.pdf", b"MZ program", "Programs are not taken."),
        ("complaint/letter.txt", b"Dear sirs", "message"),
    ],
)  # fmt: skip
def test_what_is_refused_is_moved_aside_with_the_reason(
    folder: Path, open_case: Callable[..., Case], place: str, content: bytes, why: str
) -> None:
    open_case()
    path = put(folder, place, content)
    watched.look_after()
    assert not path.exists() and not Document.objects.exists()
    assert why in (folder / "refused" / f"{place}.txt").read_text()


def test_links_hidden_files_and_what_is_still_being_written_are_left_alone(
    folder: Path, open_case: Callable[..., Case]
) -> None:
    case = open_case()
    secret = put(folder.parent, f"{folder.name}-secret.txt")
    (folder / "complaint" / case.reference).mkdir(parents=True)
    (folder / "complaint" / case.reference / "link.txt").symlink_to(secret)
    put(folder, f"complaint/{case.reference}/.hidden")
    put(folder, f"complaint/{case.reference}/fresh.txt", when=LONG_AGO * 3)
    watched.look_after()
    assert not Document.objects.exists() and not (folder / "refused").exists()
