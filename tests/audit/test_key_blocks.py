"""Keys of cases stand many to a file, and each of them can go alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.test import override_settings

from audit import data_keys, key_blocks
from audit.data_keys import KeyFault
from audit.key_blocks import CASES


@pytest.fixture(autouse=True)
def keys(tmp_path: Path) -> Iterator[Path]:
    with override_settings(DATA_KEY=str(tmp_path / "data.key"), DATA_KEYS=str(tmp_path / "keys")):
        yield tmp_path / "keys"


def files(keys: Path) -> list[str]:
    return sorted(path.name for path in keys.glob("??/*"))


def sealed_of(*numbers: int) -> dict[str, bytes]:
    return {f"case-{number}": data_keys.seal(f"case-{number}", b"of case %d" % number) for number in numbers}


def opens(subject: str, content: bytes) -> bool:
    try:
        return data_keys.opened(subject, content) == b"of case %d" % int(subject.removeprefix("case-"))
    except KeyFault:
        return False


def test_many_cases_take_one_file_which_stands_before_the_first_of_them_is_sealed(keys: Path) -> None:
    kept = sealed_of(*range(3, 2 * CASES))
    assert files(keys) == ["cases-0", "cases-1"] and all(opens(*each) for each in kept.items())
    assert len({data_keys.key_of(subject) for subject in kept}) == len(kept)
    assert {path.stat().st_mode & 0o77 for path in keys.rglob("*") if path.is_file()} == {0}
    assert set(data_keys.subjects()) == set(kept)
    assert not any(map(data_keys.has_key, ("case-2", f"case-{2 * CASES}", "case-", "case-x")))


def test_a_key_that_is_destroyed_is_in_no_file_and_takes_no_other_with_it(keys: Path) -> None:
    kept, block = sealed_of(1, 2, 3), keys / "-0" / "cases-0" / "1"
    wrapped = key_blocks.kept(key_blocks.slot_of("case-2"))  # type: ignore[arg-type]
    assert wrapped is not None and wrapped in block.read_bytes()
    data_keys.destroy("case-2")
    data_keys.destroy("case-2")
    assert wrapped not in block.read_bytes() and files(keys) == ["cases-0"]
    assert [opens(*each) for each in kept.items()] == [True, False, True]
    assert not data_keys.has_key("case-2") and "case-2" not in data_keys.subjects()
    assert not data_keys.rewrapped("case-2")
    assert opens("case-2", sealed_of(2)["case-2"]) and not opens("case-2", kept["case-2"])  # of a number given anew
    assert files(keys) == ["case-2", "cases-0"]
    data_keys.destroy("case-2")
    assert files(keys) == ["cases-0"]


def test_no_key_is_needed_to_destroy_one_and_a_block_of_none_gives_no_number_another(keys: Path) -> None:
    kept = sealed_of(CASES - 1)
    (keys.parent / "data.key").unlink()
    data_keys.destroy(f"case-{CASES - 1}")
    assert list(data_keys.subjects()) == [] and files(keys) == ["cases-0"]
    assert not opens(*next(iter(kept.items()))) and not data_keys.has_key(f"case-{CASES - 1}")


def test_keys_that_go_at_the_same_time_as_others_are_made_and_wrapped_anew_all_go(keys: Path) -> None:
    kept = sealed_of(*range(CASES - 24, CASES))
    gone, stay = set(list(kept)[::2]), set(list(kept)[1::2])
    data_keys.master_added()
    with ThreadPoolExecutor(8) as pool:
        for subject in kept:
            pool.submit(data_keys.rewrapped, subject)
            if subject in gone:
                pool.submit(data_keys.destroy, subject)
        later = list(pool.map(lambda number: sealed_of(CASES + number), range(8)))
    assert {subject for subject, content in kept.items() if opens(subject, content)} == stay
    assert all(opens(*each) for one in later for each in one.items())
    assert not gone & set(data_keys.subjects())
    assert not any(data_keys.rewrapped(subject) for subject in stay) and data_keys.masters_dropped() == 1


def test_a_case_that_has_a_file_of_its_own_from_before_keeps_it(keys: Path) -> None:
    own = data_keys._place("case-5")
    own.parent.mkdir(parents=True)
    own.write_bytes(data_keys._wrapped("case-5", bytes(32)))
    sealed_of(1)
    assert data_keys.key_of("case-5") == bytes(32) and "cases-0" in files(keys)
    assert list(data_keys.subjects()).count("case-5") == 1
    data_keys.destroy("case-5")
    assert not data_keys.has_key("case-5")


def test_a_case_from_before_its_block_was_begun_has_keys_that_begin_with_it(keys: Path) -> None:
    kept = sealed_of(10, 9, 11)
    assert sorted(path.name for path in keys.glob("??/cases-0/*")) == ["10", "9"]
    assert all(opens(*each) for each in kept.items())
    data_keys.destroy("case-10")
    assert [opens(*each) for each in kept.items()] == [False, True, True] and "case-10" not in data_keys.subjects()


def test_a_block_that_was_away_is_put_back_beside_the_one_that_was_made_meanwhile(keys: Path) -> None:
    before, block, away = sealed_of(1, 2), keys / "-0" / "cases-0", keys.parent / "away"
    block.rename(away)
    meanwhile = sealed_of(3, 4)
    assert not any(opens(*each) for each in before.items())
    away.joinpath("1").rename(block / "1")
    assert all(opens(*each) for each in (before | meanwhile | sealed_of(5)).items())
    assert len(list(data_keys.subjects())) == CASES - 1
    data_keys.destroy("case-4")
    assert not opens("case-4", meanwhile["case-4"]) and "case-4" not in data_keys.subjects()


def test_a_block_that_another_process_has_changed_is_read_anew_and_a_damaged_one_is_said(keys: Path) -> None:
    kept, block = sealed_of(1, 2), keys / "-0" / "cases-0" / "1"
    os.utime(block, (1, 1))
    content = block.read_bytes()
    block.write_bytes(content[: key_blocks.WRAPPED + 1] + b"?" * 30)
    assert [opens(*each) for each in kept.items()] == [True, False]
    block.write_bytes(content)
    assert all(opens(*each) for each in kept.items())
