"""A recording is a document: taken, put into sentences with their seconds, and played from any of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User

from casework.documents import reading
from casework.documents.models import Document, ReadField, Reading, ReadPage
from casework.models import Case
from orchestration.documents import reading as reads
from orchestration.documents import speech, spoken
from orchestration.documents.confined import Unreadable
from orchestration.documents.kinds import Kind, kind_of
from orchestration.documents.words import heard_page, packed, unpacked
from tests.casework.casetypes.test_invoice_story import Brings, brings, shipped
from tests.casework.documents.test_case_documents import added, browser
from tests.casework.stand_ins import Demo, demo, store
from tests.casework.systems.test_copies import PAPER

__all__ = ["brings", "demo", "shipped", "store"]
pytestmark = pytest.mark.django_db

People = dict[str, User]
CALL = (Path(__file__).parent / "call.wav").read_bytes()
"""Nine seconds, spoken by a program: a car was hit, the policy number, and what the repair costs."""
SAID = [
    [0.0, 1.6, [["My", 0.98], ["car", 0.99], ["was", 0.9], ["hit", 0.95]]],
    [2.3, 4.8, [["Elena", 0.31], ["Rossi", 0.9], ["called.", 0.9]]],
    [65.3, 68.5, [["It", 0.97], ["costs", 0.96], ["950", 0.93], ["euros.", 0.97]]],
]
hears = pytest.mark.skipif(not speech.is_here(), reason="whisper is not here: `make speech` fetches it")


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Two parts are heard, as if by whisper; the numbers of those that were asked for."""
    parts: list[int] = []

    def part(content: bytes, number: int, before: Any) -> Any:
        parts.append(number)
        return heard_page(SAID[:2] if number == 1 else SAID[2:], before), number == 1

    monkeypatch.setattr(reads, "is_here", lambda: True)
    monkeypatch.setattr(reading, "heard", part)
    return parts


@pytest.fixture
def call(people: People, open_case: Callable[..., Case], heard: list[int]) -> Document:
    one = added(people["anna"], open_case(), CALL, "call.wav")
    reading.read(one.pk)
    return one


def page(who: User, one: Document, query: str = "") -> str:
    return " ".join(browser(who).get(f"/cases/{one.case_id}/documents/{one.pk}/{query}").content.decode().split())


FRAME = b"\xff\xfb\x90\x00" + b"\0" * 413
"""Of MP3: 128 kbit/s at 44.1 kHz."""
OGG = b"OggS\0\2" + b"\0" * 20 + b"\1\x13OpusHead\1\1" + b"\0" * 9 + b"OggS"


@pytest.mark.parametrize(
    ("content", "kind"),
    [(CALL[:100], "wav"), (OGG, "ogg"), (b"ID3\4\0\0\0\0\0\2xx" + FRAME * 2, "mp3"), (FRAME * 2, "mp3"),
     (b"RIFF\0\0\0\0AVI LIST", "unknown")], ids=["wav", "ogg", "mp3-tag", "mp3", "avi"],
)  # fmt: skip
def test_recordings_are_told_by_what_is_in_them(content: bytes, kind: str) -> None:
    found = kind_of(content)
    assert (found.key if isinstance(found, Kind) else found.code) == kind


@pytest.mark.parametrize(
    "content",
    [CALL[:16], CALL[:12] + CALL[36:], CALL[:44], b"RIFF\0\0\0\0WAVEfmt junk", b"OggS" + b"\0" * 50, OGG[:-4],
     OGG.replace(b"OpusHead", b"theora12"), b"ID3" + b"x" * 1000, b"ID3\4", FRAME[:4], b"\xff\xfb" * 500],
    ids=["wav-16-bytes", "wav-no-format", "wav-silent", "wav-junk", "ogg-zeros", "ogg-head-alone", "ogg-film",
         "id3-text", "id3-alone", "mp3-head-alone", "mp3-bytes"],
)  # fmt: skip
def test_what_begins_as_a_recording_and_has_no_sound_is_refused_with_words(content: bytes) -> None:
    found = kind_of(content)
    assert not isinstance(found, Kind) and (found.code, "no sound" in found.message) == ("damaged", True)


def test_sentences_keep_their_seconds_and_how_sure_each_word_is() -> None:
    page = heard_page(SAID)
    assert unpacked(packed(page)) == page and page.by == "speech"
    assert [(line.begins, round(line.sure, 2)) for line in page.lines] == [(0.0, 0.9), (2.3, 0.31), (65.3, 0.93)]


def test_what_is_said_without_a_pause_is_sentences_all_the_same() -> None:
    """Each begins where its first word does, so that a player jumps to it and not to what was said before."""
    text = "Hello. I am Dr. Lee. It costs 3.50 euros. Really? yes."
    words = [SimpleNamespace(word=f" {word}") for word in text.split()]
    said = [" ".join(word.word.strip() for word in one) for one in speech.sentences_in(words)]
    assert said == ["Hello.", "I am Dr. Lee.", "It costs 3.50 euros.", "Really? yes."]
    assert not list(speech.sentences_in([]))


def test_a_recording_is_heard_part_by_part_and_shown_as_sentences(
    call: Document, people: People, heard: list[int]
) -> None:
    row = Reading.objects.get(document=call)
    assert heard == [1, 2] and (row.state, row.reader, row.words) == ("read", speech.HEARER, 11)
    assert len(ReadPage.objects.get(document=call).page.lines) == 3
    shown = page(people["anna"], call)
    assert "<audio" in shown and f'src="/cases/{call.case_id}/documents/{call.pk}/sound/"' in shown
    assert 'data-seek="65.3"' in shown and "1:05" in shown and "there are slips" in shown
    assert shown.count("Not sure:") == 1
    assert '/sound/#t=65.3"' in page(people["anna"], call, "?at=65.3"), "without a script the page begins there"
    assert "#t=" not in page(people["anna"], call, "?at=1e9<script>")


def test_a_field_leads_to_the_sentence_that_it_came_from(call: Document, people: People) -> None:
    found = ReadField.objects.get(document=call)
    assert (found.name, found.value, found.sure) == ("total", "950", 0.8)
    assert "Play where it was said, at 1:05" in page(people["anna"], call).replace("at <", "at ")


def test_what_people_say_is_found_by_the_word_beside_it() -> None:
    said = [[0, 1, [[word, 1.0] for word in text.split()]] for text in (
        "The invoice number is RE-2041.", "It was 900 euros, no,",
        "it was 1,250.50 euros on 3 November 2026.", "Order number 4711",
    )]  # fmt: skip
    found = {one.name: one.value for one in spoken.found_in([heard_page(said)])}
    assert found == {"number": "RE-2041", "total": "1,250.50", "date": "3 November 2026", "order": "4711"}


def test_a_player_gets_the_part_that_it_plays(call: Document, people: People) -> None:
    client, address = browser(people["anna"]), f"/cases/{call.case_id}/documents/{call.pk}/sound/"
    whole = client.get(address)
    assert (whole.status_code, whole["Content-Type"], whole["Accept-Ranges"]) == (200, "audio/wav", "bytes")
    assert whole.content == CALL and "sandbox" in whole["Content-Security-Policy"]
    size = len(CALL)
    for asked, first, last in (("0-99", 0, 99), (f"{size - 5}-", size - 5, size - 1), ("-7", size - 7, size - 1),
                               (f"10-{size * 2}", 10, size - 1)):  # fmt: skip
        part = client.get(address, headers={"range": f"bytes={asked}"})
        assert part.status_code == 206 and part["Content-Range"] == f"bytes {first}-{last}/{size}"
        assert part.content == CALL[first : last + 1]
    for beyond in (f"{size}-", "9-3"):
        assert client.get(address, headers={"range": f"bytes={beyond}"}).status_code == 416
    assert client.get(address, headers={"range": "lines=1-2"}).status_code == 200
    letter = added(people["anna"], call.case, b"A letter.")
    assert client.get(f"/cases/{call.case_id}/documents/{letter.pk}/sound/").status_code == 404


def test_who_may_not_see_all_that_may_be_said_reads_it_masked_and_does_not_hear_it(
    brings: Brings, shipped: Demo, people: People, heard: list[int]
) -> None:
    one = added(people["clara"], brings(PAPER), CALL, "call.wav")
    reading.read(one.pk)
    sound = f"/cases/{one.case_id}/documents/{one.pk}/sound/"
    assert browser(people["clara"]).get(sound).status_code == 200 and "<audio" in page(people["clara"], one)
    shown = page(people["anna"], one)
    assert "not be yours to hear" in shown and "<audio" not in shown and "It costs 950 euros." in shown
    assert browser(people["anna"]).get(sound).status_code == 404


def test_where_nothing_hears_recordings_the_page_says_which_command_gets_it_and_goes_on_then(
    people: People, open_case: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads, "is_here", lambda: False)
    monkeypatch.setattr(reading, "is_here", lambda: False)
    one = added(people["anna"], open_case(), CALL, "call.wav")
    reading.read(one.pk)
    shown = page(people["anna"], one)
    assert "`make speech` fetches what does it" in shown and "<audio" in shown, "it can be played all the same"
    reading.look_after()
    assert Reading.objects.get(document=one).state == "failed"
    monkeypatch.setattr(reading, "is_here", lambda: True)
    reading.look_after()
    assert Reading.objects.get(document=one).state == "waiting"


@hears
@pytest.mark.slow
def test_whisper_hears_what_was_said_and_opens_nothing_else() -> None:
    page, more = reads.heard(CALL, 1, None)
    assert "car was hit on Friday" in page.text and "4711" in page.text and not more
    assert page.lines[0].begins == 0 and 7 < page.lines[-1].ends < 10
    assert all(0 < word.sure <= 1 for line in page.lines for word in line.words)
    for bad in (b"RIFF\0\0\0\0WAVEfmt junk", b"OggS" + b"\0" * 50, b"ID3" + b"x" * 1000):
        with pytest.raises(Unreadable):
            reads.heard(bad, 1, None)
