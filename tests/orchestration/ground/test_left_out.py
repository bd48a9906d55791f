"""Is a library that nobody here wants left out, and there for whoever asks for it later?"""

import subprocess
import sys

import pytest

from orchestration.ground.left_out import left_out

UNUSED = "this"  # of the standard library: nobody here has imported it


def test_a_library_is_not_there_inside_the_block_and_is_there_after_it() -> None:
    with left_out(UNUSED), pytest.raises(ImportError):
        __import__(UNUSED)
    assert UNUSED not in sys.modules  # so that who imports it now finds it


def test_what_is_imported_already_stays_for_who_has_it() -> None:
    with left_out("sys"):
        assert __import__("sys") is sys
    assert sys.modules["sys"] is sys


def test_a_block_that_breaks_leaves_nothing_hidden() -> None:
    with pytest.raises(ZeroDivisionError), left_out(UNUSED):
        raise ZeroDivisionError
    assert UNUSED not in sys.modules


def test_a_process_that_writes_logs_does_not_read_what_colours_tracebacks() -> None:
    said = "import sys, casework.logs; print(sorted({'rich', 'pygments'} & sys.modules.keys()))"
    ran = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
