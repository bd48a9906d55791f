"""Is a document cut into pieces that can be cited: under their headings, of a length that is read at once?"""

from __future__ import annotations

from orchestration.knowledge.pieces import LONGEST, MOST, cut, cut_pages


def test_a_piece_stands_under_all_its_headings() -> None:
    pieces = cut("# Refunds\n\nIn general.\n\n## Late\nAfter ten days ask again.\n\n# Cards\n\nThey are free.")
    assert [(one.heading, one.text) for one in pieces] == [
        ("Refunds", "In general."),
        ("Refunds › Late", "After ten days ask again."),
        ("Cards", "They are free."),
    ]


def test_numbered_headings_of_a_letter_or_a_contract_are_headings_too() -> None:
    pieces = cut("4 Payments\n\n4.2 Late payments\nWhoever pays late owes interest.\n\n4.3 Other matters\nNone.")
    assert [one.heading for one in pieces] == ["4 Payments › 4.2 Late payments", "4 Payments › 4.3 Other matters"]


def test_short_paragraphs_share_a_piece_and_a_long_one_is_cut_between_sentences() -> None:
    assert len(cut("\n\n".join(["One line."] * 20))) == 1
    pieces = cut(" ".join(["This is a sentence of some length that says nothing."] * 60))
    assert len(pieces) > 1
    assert all(len(one.text) <= LONGEST and one.text.endswith(".") for one in pieces)


def test_a_text_without_a_space_or_an_end_is_cut_all_the_same() -> None:
    pieces = cut("x" * (LONGEST * 3 + 1))
    assert all(0 < len(one.text) <= LONGEST for one in pieces)
    assert "".join(one.text for one in pieces) == "x" * (LONGEST * 3 + 1)
    assert len(cut("y\n\n" + ("word " * 100 + "\n\n") * MOST * 3)) == MOST


def test_what_says_nothing_has_no_pieces() -> None:
    assert cut("") == cut(" \n\n \n") == cut("# Only a heading") == ()


def test_a_part_goes_on_over_the_next_page_and_each_piece_says_on_which_it_begins() -> None:
    long = "This is a sentence of some length that says nothing. " * 20
    pieces = cut_pages([(1, "1 Refunds\n" + long), (3, "It goes on."), (4, "2 Cards\nThey are free.")])
    assert [(one.heading, one.page) for one in pieces] == [("1 Refunds", 1), ("1 Refunds", 1), ("2 Cards", 4)]
    assert pieces[1].text.endswith("It goes on.") and cut("No page.")[0].page == 0
