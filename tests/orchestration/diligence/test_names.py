"""A name is found on a list however it is written, and it is said why."""

from __future__ import annotations

import pytest

from orchestration.diligence.names import Entry, Watchlist, words

ENTRIES = (
    Entry("1", "VARNIKOV, Sergei Aleksandrovich", "individual", "X", ("Sergey Varnikoff",)),
    Entry("2", "ORIENTAL LAMP TRADING COMPANY", "company"),
    Entry("3", "AL-HADRANI, Yusuf Khalid"),
    Entry("4", "Nightjar Shipping Ltd"),
)
LIST = Watchlist(ENTRIES)


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("Sergei Aleksandrovich Varnikov", "1"), ("Сергей Александрович Варников", "1"), ("Sergey Varnikof", "1"),
        ("Oriental Lamp Trading", "2"), ("Orientallamp Trading Co.", "2"), ("Yousef Halid al Hadrani", "3"),
        ("Yúsuf Khálid Al-Hadráni", "3"), ("NIGHTJAR SHIPPING LIMITED", "4"), ("Nightjar Shiping", "4"),
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_written(name: str, entry: str) -> None:
    assert [match.entry.id for match in LIST.matches(name)] == [entry]


@pytest.mark.parametrize("name", ["Anna Adler", "Sergei Ivanov", "Lamp", "Trading Company", "", "  ", "…", "Li"])
def test_nobody_is_found_by_a_name_that_is_another_one(name: str) -> None:
    assert LIST.matches(name) == ()


def test_the_same_name_scores_a_hundred_and_each_entry_stands_once_by_its_nearest_name() -> None:
    (match,) = LIST.matches("Sergey Varnikoff")
    assert (match.entry.id, match.by, match.score) == ("1", "Sergey Varnikoff", 100.0)
    assert match.why == ("The list has “Sergey Varnikoff” as another name of it.",)


def test_what_is_apart_is_said() -> None:
    (turned,) = LIST.matches("Yusuf Khalid Al-Hadrani")
    assert "The same words stand in another order." in turned.why
    (cyrillic,) = LIST.matches("Сергей Александрович Варников")
    assert any(one.startswith("Written in Latin letters it is “Sergey") for one in cyrillic.why)
    (short,) = LIST.matches("Oriental Lamp Trade")
    assert "Written otherwise: “trade”." in short.why


def test_legal_forms_say_nothing_unless_they_are_all_there_is() -> None:
    assert words("Nightjar Shipping Ltd.") == words("nightjar shipping GmbH")
    assert words("The Company") == ("the", "company"[:6] + "i")
