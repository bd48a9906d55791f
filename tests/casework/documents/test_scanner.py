"""A scanner that the installation names looks at each file first, and where it does not answer none is taken."""

from __future__ import annotations

import shlex
import sys
from typing import Any

import pytest

from casework.documents.services import File, file_of
from orchestration.ground.refusals import Refused

FINDS = "import sys; sys.exit(1 if b'EICAR' in sys.stdin.buffer.read() else 0)"
BREAKS = "import sys; sys.exit(2)"


def by(settings: Any, program: str) -> None:
    settings.DOCUMENT_SCANNER = shlex.join([sys.executable, "-c", program])


def test_what_a_scanner_finds_is_refused_and_what_is_clean_is_taken(settings: Any) -> None:
    by(settings, FINDS)
    told = file_of("letter.txt", b"this is EICAR")
    assert isinstance(told, Refused) and told.code == "infected"
    assert isinstance(file_of("letter.txt", b"Dear sirs"), File)


@pytest.mark.parametrize("command", [shlex.join([sys.executable, "-c", BREAKS]), "/no/such/scanner"])
def test_nothing_is_taken_where_the_scanner_does_not_answer(settings: Any, command: str) -> None:
    settings.DOCUMENT_SCANNER = command
    told = file_of("letter.txt", b"Dear sirs")
    assert isinstance(told, Refused) and "no file is taken now" in told.message


def test_without_a_scanner_files_are_taken(settings: Any) -> None:
    assert settings.DOCUMENT_SCANNER == "" and isinstance(file_of("letter.txt", b"Dear sirs"), File)
