"""The gist of a document is made of whole sentences, also where the page breaks a line within one."""

from __future__ import annotations

from orchestration.actors.kinds.reader.gist import gist

LETTER = """Town of Kiel, Waterworks
Notice to all who live in Werftstrasse
The water will be turned off on Tuesday from eight to twelve, because a pipe is
repaired. Please draw as much water as you need before.
We thank you."""


def test_a_sentence_that_a_page_breaks_in_two_stands_whole_in_the_gist() -> None:
    assert gist(LETTER).endswith(
        "The water will be turned off on Tuesday from eight to twelve, because a pipe is repaired. "
        "Please draw as much water as you need before."
    )


def test_a_line_that_begins_anew_is_no_part_of_the_sentence_before_it() -> None:
    assert gist("Notice to all who live in Werftstrasse\nÜber Mittag wird das Wasser abgestellt.", 1) in (
        "Notice to all who live in Werftstrasse",
        "Über Mittag wird das Wasser abgestellt.",
    )
