"""What is sealed is read with its key alone, and with no key by nobody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from audit import data_keys
from audit.data_keys import KeyFault
from tests.benchmarks.sealing import figures

pytestmark = pytest.mark.usefixtures("sealing")


def test_what_is_sealed_is_opened_for_its_subject_alone(tmp_path: Path) -> None:
    sealed = data_keys.seal("case-1", b"a letter of Maria")
    assert data_keys.is_sealed(sealed) and b"Maria" not in sealed
    assert len(sealed) == len(b"a letter of Maria") + data_keys.OVERHEAD
    assert data_keys.opened("case-1", sealed) == b"a letter of Maria"
    data_keys.seal("case-2", b"")
    with pytest.raises(KeyFault, match="not what was sealed"):
        data_keys.opened("case-2", sealed)
    for place in range(len(sealed)):
        with pytest.raises(KeyFault):
            data_keys.opened("case-1", sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]) if (
                place >= 4
            ) else data_keys.opened("case-3", sealed)
    assert {path.stat().st_mode & 0o77 for path in tmp_path.rglob("*") if path.is_file()} == {0}


def test_a_destroyed_key_takes_with_it_what_it_sealed_wherever_that_is() -> None:
    backup = data_keys.seal("case-1", b"a letter")
    data_keys.destroy("case-1")
    data_keys.destroy("case-1")
    with pytest.raises(KeyFault, match="destroyed"):
        data_keys.opened("case-1", backup)
    data_keys.seal("case-1", b"another")  # a key of the same name is another key
    with pytest.raises(KeyFault, match="not what was sealed"):
        data_keys.opened("case-1", backup)


def test_a_new_master_key_wraps_what_the_old_one_did_and_the_old_one_goes_last() -> None:
    sealed = {name: data_keys.seal(name, name.encode()) for name in ("letter-1", "letter-2")}
    data_keys.master_added()
    sealed["letter-3"] = data_keys.seal("letter-3", b"letter-3")
    with pytest.raises(KeyFault, match="Wrap them anew first"):
        data_keys.masters_dropped()
    assert [data_keys.rewrapped(name) for name in data_keys.subjects()] == [True, True, False]
    assert not any(data_keys.rewrapped(name) for name in data_keys.subjects())
    assert (data_keys.masters_dropped(), data_keys.masters_dropped()) == (1, 0)
    assert all(data_keys.opened(name, one) == name.encode() for name, one in sealed.items())


def test_a_lost_master_key_is_never_made_again_over_what_it_wraps(tmp_path: Path) -> None:
    sealed = data_keys.seal("case-1", b"a letter")
    kept = (tmp_path / "data.key").read_text()
    (tmp_path / "data.key").unlink()
    with pytest.raises(KeyFault, match="Put it back"):
        data_keys.seal("case-2", b"another")
    (tmp_path / "data.key").write_text("ab\n")
    with pytest.raises(KeyFault, match="no key"):
        data_keys.opened("case-1", sealed)
    (tmp_path / "data.key").write_text(kept)
    assert data_keys.opened("case-1", sealed) == b"a letter"


def test_nothing_is_sealed_by_another_master_key_and_the_right_one_reads_all_when_it_is_back(tmp_path: Path) -> None:
    data_keys.prove()  # before there is anything, nothing is wrong, and nothing is made
    assert not (tmp_path / "data.key").exists()
    sealed = data_keys.seal("case-1", b"a letter")
    kept = (tmp_path / "data.key").read_text()
    (tmp_path / "data.key").write_text("ab" * 32 + "\n")
    for refused in (data_keys.prove, data_keys.master_added, lambda: data_keys.seal("letter-2", b"another")):
        with pytest.raises(KeyFault, match="it is another one"):
            refused()
    with pytest.raises(KeyFault, match="not among those"):
        data_keys.seal("case-2", b"its key is there, but wrapped by the right one")
    assert "letter-2" not in data_keys.subjects() and (tmp_path / "data.key").read_text() == "ab" * 32 + "\n"
    (tmp_path / "data.key").write_text(kept)
    data_keys.prove()
    assert data_keys.opened("letter-2", data_keys.seal("letter-2", b"another")) == b"another"
    data_keys.master_added()
    assert data_keys.opened("letter-3", data_keys.seal("letter-3", b"of the new one")) == b"of the new one"
    assert data_keys.opened("case-1", sealed) == b"a letter"


def test_two_who_need_the_same_key_at_once_have_the_same() -> None:
    with ThreadPoolExecutor(8) as pool:
        sealed = list(pool.map(lambda number: data_keys.seal("case-1", b"%d" % number), range(40)))
    assert [data_keys.opened("case-1", one) for one in sealed] == [b"%d" % number for number in range(40)]


def test_the_figures_of_sealing_are_measured() -> None:
    hashed, sealed, opened, wrapped, step, longer = figures(2)
    assert "hashed" in hashed and "sealed" in sealed and "opened" in opened and "wrapped anew" in wrapped
    assert "a step of a case" in step and "its share of a block" in longer
