"""People find a case by what they remember of it, and nothing by what they may not read."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.services import Origin
from casework.models import Case, CaseGroupObjectPermission, SearchedCase, SearchedWord
from casework.search import candidates
from casework.search.find import search
from casework.search.frequency import RARE, shares
from casework.search.known import known
from casework.search.query import Term, terms
from orchestration.engine.commands import SetVariables
from orchestration.ground import clock
from orchestration.shell import services
from tests.casework.conftest import PERSON
from tests.sql import statements

pytestmark = pytest.mark.django_db

People = dict[str, User]
Analysed = Callable[..., Case]


def found(user: User, asked: str, **more: Any) -> list[str]:
    person = User.objects.get(pk=user.pk)
    return [hit.reference for hit in search(user=person, now=clock.utc_now(), asked=asked, **more).hits]


def written(case: Case, **data: object) -> None:
    assert not hasattr(services.send(case.instance_id, SetVariables(data), Origin("system:test")), "message")


def words_kept() -> dict[int, tuple[list[str], str]]:
    return {row.pk: (row.face, row.words) for row in SearchedCase.objects.all()}


def dictionary() -> set[str]:
    return set(SearchedWord.objects.values_list("word", flat=True))


@pytest.mark.parametrize(
    "asked",
    ["T-1", "t1", "complaint t-1", "swallowed", "SWALLOWED by mach", "machine card", "refund", "telephone",
     "Zürich", "zurich", "ZÜRICH", "cafe"],
)  # fmt: skip
def test_a_case_is_found_by_reference_title_messages_and_data(people: People, analysed: Analysed, asked: str) -> None:
    analysed(message="My card was swallowed by the machine at the café in Zurich", channel="telephone")
    analysed(message="Nothing of the kind", reference="OTHER", intent="exchange_rate", channel="web")
    assert found(people["anna"], asked) == ["T-1"]


def test_what_is_found_says_from_when_it_holds(people: People, analysed: Analysed) -> None:
    analysed(message="My card was swallowed by the machine", received="2026-11-16T09:00:00+00:00")
    (hit,) = search(user=people["anna"], now=clock.utc_now(), asked="swallowed").hits
    assert hit.matches[0].holds.startswith("16 Nov 2026 at ")
    (other,) = search(user=people["anna"], now=clock.utc_now(), asked="refund").hits
    assert other.matches[0].holds == "", "its case type says of no date that it holds from there"


@pytest.mark.parametrize(
    ("query", "holds"),
    [("", True), ("&holds_since=2026-11-16", True), ("&holds_until=2026-11-16", True),
     ("&holds_since=2026-11-17", False), ("&holds_until=2026-11-15", False),
     ("&holds_since=2026-11-16&holds_until=2026-11-16", True)],
)  # fmt: skip
def test_words_are_found_by_the_days_from_which_they_hold_by_page_and_by_api(
    people: People, analysed: Analysed, query: str, holds: bool
) -> None:
    analysed(message="My card was swallowed by the machine", received="2026-11-16T23:59:00+00:00")
    client = Client()
    client.force_login(people["anna"])
    page = client.get(f"/search/?q=swallowed{query}").getvalue().decode()
    assert ("holds from 16 Nov 2026 at " in page) == holds
    (*hits,) = client.get(f"/api/search/?q=swallowed{query}").json()["results"]
    assert [hit["matches"][0]["holds"].startswith("16 Nov 2026 at ") for hit in hits] == [True] * holds


def test_what_holds_from_no_day_is_not_found_by_days_and_no_day_is_refused(people: People, analysed: Analysed) -> None:
    analysed(message="My card was swallowed by the machine", received="2026-11-16T09:00:00+00:00")
    client = Client()
    client.force_login(people["anna"])
    for word in ("refund", "T-1", "complaint"):
        assert client.get(f"/api/search/?q={word}").json()["results"]
        assert not client.get(f"/api/search/?q={word}&holds_since=2020-01-01").json()["results"]
    assert client.get("/api/search/?q=refund&holds_since=soon").status_code == 400
    assert client.get("/search/?q=refund&holds_since=soon").status_code == 200


def test_all_words_have_to_be_there(people: People, analysed: Analysed) -> None:
    analysed(message="A red bicycle"), analysed(message="A green bicycle")
    assert found(people["anna"], "bicycle") == ["T-2", "T-1"]
    assert found(people["anna"], "bicycle red") == ["T-1"]
    assert found(people["anna"], "bicycle yellow") == [] == found(people["anna"], "") == found(people["anna"], " -& ")


def test_who_may_read_a_name_finds_by_it_and_nobody_else(people: People, analysed: Analysed) -> None:
    analysed(message=f"I am {PERSON['name']}, my number is {PERSON['phone']}")
    for word in ("Maria", "sandoval", "Maria Sandoval", "5551234", PERSON["email"], PERSON["phone"]):
        assert found(people["clara"], word) == ["T-1"], word
        assert found(people["anna"], word) == [], word
    for word in (PERSON["iban"], "DE89", "4111", "0532 0130"):
        assert found(people["clara"], word) == found(people["anna"], word) == [], word


def test_a_hidden_value_finds_nothing_after_it_was_corrected(people: People, analysed: Analysed) -> None:
    case = analysed(message="Please call Maria Sandoval back about the bicycle")
    written(case, customer={"name": "Otto Neumann"})
    assert found(people["anna"], "bicycle") == ["T-1"] and found(people["clara"], "neumann") == ["T-1"]
    for word in ("maria", "sandoval", "neumann", "maria bicycle"):
        assert found(people["anna"], word) == [], word


def test_one_who_may_not_see_a_case_does_not_find_it(people: People, analysed: Analysed) -> None:
    analysed(message="A red bicycle")
    assert found(people["anna"], "bicycle") == found(people["axel"], "bicycle") == ["T-1"]
    assert found(people["dora"], "bicycle") == found(people["olga"], "bicycle") == []
    CaseGroupObjectPermission.objects.filter(group__name="Analysts").delete()
    assert found(people["anna"], "bicycle") == []


def test_the_same_is_found_among_the_newest_and_among_all(
    people: People, analysed: Analysed, monkeypatch: pytest.MonkeyPatch
) -> None:
    analysed(message=f"A red bicycle of {PERSON['name']}"), analysed(message="A red car"), analysed(message="A bicycle")
    asked = ("red", "bicycle", "red bicycle", "T-1", "maria", "red x")
    before = [found(people[who], each) for who in ("anna", "clara", "axel", "dora") for each in asked]
    monkeypatch.setattr(candidates, "FIRST", 1), monkeypatch.setattr(candidates, "WALKED", 1)
    after = [found(people[who], each) for who in ("anna", "clara", "axel", "dora") for each in asked]
    assert before == after
    page = search(user=people["anna"], now=clock.utc_now(), asked="t")
    assert not page.all and [hit.reference for hit in page.hits] == ["T-3"]
    older = search(user=people["anna"], now=clock.utc_now(), asked="t", after=page.following)
    assert [hit.reference for hit in older.hits] == ["T-2"]


def test_words_that_too_many_have_are_looked_for_from_the_newest_on(
    people: People, analysed: Analysed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for message in ("A red bicycle", "A red car", "A blue car", "A red boat"):
        analysed(message=message)
    for name in ("FIRST", "WALKED", "MATCHED"):
        monkeypatch.setattr(candidates, name, 1)
    references, after, looked = list[str](), "", 0
    while looked == 0 or after:
        page = search(user=people["anna"], now=clock.utc_now(), asked="red", after=after)
        references += [hit.reference for hit in page.hits]
        after, looked = page.following, looked + 1
    assert references == ["T-4", "T-2", "T-1"] and looked > 3


def test_the_index_is_asked_for_the_rarest_words_alone() -> None:
    red, car, one, two = map(Term, ("red", "car", "one", "two"))
    assert candidates.rarest([red, car, one], [0.9, 0.5, 0.0001]) == [one]
    assert candidates.rarest([red, one, two], [0.9, 0.001, 0.0001]) == [two, one]
    assert candidates.rarest([red, car], [0.05, 0.04]) == [car, red]
    assert candidates.rarest([red], [1.0]) == [red]


def test_how_frequent_a_word_is_comes_from_what_the_database_knows(people: People, analysed: Analysed) -> None:
    for number in range(6):
        analysed(message=f"A red bicycle {number}", customer={"name": "Otto Neumann"})
    with connection.cursor() as cursor:
        cursor.execute("analyze casework_searchedcase")
    red, beginning, nothing, hidden = shares(terms("red bicyc zeppelin neumann"), 0)
    assert red > 0.5 and beginning > 0.5 and nothing == RARE == hidden
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into casework_searchedword (word) select '0zeppelin' || n from generate_series(1, 2000) n"
        )
    assert shares(terms("zeppelin"), 0)[0] == pytest.approx(2000 * RARE) and shares(terms("a zep"), 0)[0] >= RARE
    assert shares(terms("neumann"), 3)[0] > 0.5


def test_a_slip_of_a_letter_is_forgiven_where_nothing_else_is_found(people: People, analysed: Analysed) -> None:
    analysed(message="A red bicycle 123456")
    for slip in ("bicicle", "bicyle", "bicyclle", "red bicylce"):
        page = search(user=people["anna"], now=clock.utc_now(), asked=slip)
        assert [hit.reference for hit in page.hits] == ["T-1"] and page.nearly, slip
    assert not search(user=people["anna"], now=clock.utc_now(), asked="bicycle").nearly
    for other in ("123457", "bixixle", "rde"):
        assert found(people["anna"], other) == [], other


def test_a_slip_tells_nothing_that_is_hidden(people: People, analysed: Analysed) -> None:
    analysed(message=f"I am {PERSON['name']}")
    assert found(people["clara"], "Sandovall") == ["T-1"] and found(people["anna"], "Sandovall") == []


def test_slips_are_corrected_to_words_that_the_reader_may_know_of(people: People, analysed: Analysed) -> None:
    analysed(message=f"I am {PERSON['name']} and fell off my bicycle")
    asked = ["bicycle", "sandoval", "zeppelin"]
    assert known(asked, 0) == {"bicycle"} and known(asked, 3) == {"bicycle", "sandoval"} and known([], 3) == set()
    with statements() as sent:
        found(people["anna"], "bicicle")
    assert len(sent) <= 10


def test_the_dictionary_forgets_what_stands_in_no_case(people: People, analysed: Analysed) -> None:
    case = analysed(message="A red bicycle")
    written(case, message="A red car")
    assert {"0red", "0car", "0bicycle"} <= dictionary()
    call_command("rebuild_search", str(case.pk), verbosity=0)
    assert "0bicycle" in dictionary()
    call_command("rebuild_search", verbosity=0)
    assert {"0red", "0car"} <= dictionary() and "0bicycle" not in dictionary()


def test_pages_follow_one_another_and_lose_nothing(people: People, analysed: Analysed) -> None:
    for _ in range(5):
        analysed(message="A red bicycle")
    references, after = list[str](), ""
    while True:
        page = search(user=people["anna"], now=clock.utc_now(), asked="bicycle", after=after, limit=2)
        references += [hit.reference for hit in page.hits]
        after = page.following
        if not after:
            break
    assert references == ["T-5", "T-4", "T-3", "T-2", "T-1"]


def test_of_a_page_what_is_called_as_was_asked_stands_first(people: People, analysed: Analysed) -> None:
    for _ in range(3):
        analysed(message="It is about t-1 again")
    assert found(people["anna"], "T-1") == ["T-1", "T-3", "T-2"]
    assert found(people["anna"], "again") == ["T-3", "T-2", "T-1"] and found(people["olga"], "T-1") == []


def test_a_case_is_found_by_its_reference_however_many_newer_ones_speak_of_it(
    people: People, analysed: Analysed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        analysed(message="It is about t-1 again")
    for name in ("FIRST", "WALKED", "MATCHED"):
        monkeypatch.setattr(candidates, name, 1)
    first = search(user=people["anna"], now=clock.utc_now(), asked="t-1", limit=2)
    assert [hit.reference for hit in first.hits] == ["T-1", "T-4"]
    references, after = list[str](), first.following
    while after:
        page = search(user=people["anna"], now=clock.utc_now(), asked="t-1", limit=2, after=after)
        references, after = references + [hit.reference for hit in page.hits], page.following
    assert references == ["T-3", "T-2"], "and it stands in no later page again"
    assert found(people["anna"], "t-1", limit=1) == ["T-1"] and found(people["olga"], "T-1") == []


def test_a_reference_that_is_masked_for_them_is_not_put_first(people: People, analysed: Analysed) -> None:
    name = PERSON["name"].split()[-1]
    analysed(reference=name, customer={"name": PERSON["name"]}, message="A red bicycle")
    analysed(reference="T-2", customer={"name": PERSON["name"]}, message="Another bicycle")
    assert found(people["anna"], name) == []
    assert found(people["clara"], name) == [name, "T-2"]


def test_the_page_groups_what_it_finds_and_marks_the_words(people: People, analysed: Analysed) -> None:
    analysed(reference="RED-1", message="Where is my money?", customer={"name": "Ann Lee"})
    analysed(message="It was a RED <b>bicycle</b>", customer={"name": "Ann Lee"})
    analysed(message="Hello", customer={"name": "Fred Redman"})
    client = Client()
    client.force_login(people["clara"])
    page = client.get("/search/", {"q": "red"}).content.decode()
    assert [re.sub(r"\s+", " ", name) for name in re.findall(r'<h2 id="found-\w+">([^<]+)</h2>', page)] == [
        "Reference and title", "People", "Messages and data", "Open tasks",
    ]  # fmt: skip
    assert "<mark>RED</mark>-1" in page and "It was a <mark>RED</mark> &lt;b&gt;bicycle" in page
    assert "Fred <mark>Redman</mark>" in page and "Customer: Name" in page


def test_the_page_says_what_was_not_found(people: People, analysed: Analysed) -> None:
    analysed()
    client = Client()
    client.force_login(people["anna"])
    assert "Nothing found" in client.get("/search/", {"q": "Sandoval"}).content.decode()
    assert "Nothing found" not in client.get("/search/").content.decode()
    assert client.get("/search/", {"q": "x" * 5000, "after": "nonsense"}).status_code == 200


def test_a_program_finds_the_same_with_the_places_of_the_words(people: People, analysed: Analysed) -> None:
    analysed(message="It was a red bicycle")
    client = Client()
    client.force_login(people["anna"])
    answer = client.get("/api/search/", {"q": "bicycle"}).json()
    [hit] = answer["results"]
    assert hit["reference"] == "T-1" and hit["group"] == "words" and answer["all"] and not answer["nearly"]
    [match] = hit["matches"]
    assert match["place"] == "Message" and [match["text"][a:b] for a, b in match["marks"]] == ["bicycle"]
    assert client.get("/api/search/").status_code == 400


def test_a_long_text_is_cut_around_the_words(people: People, analysed: Analysed) -> None:
    analysed(message="word " * 200 + "bicycle " + "word " * 200)
    page = search(user=people["anna"], now=clock.utc_now(), asked="bicycle")
    text = page.hits[0].matches[0].text.text
    assert text.startswith("… ") and text.endswith(" …") and "bicycle" in text and len(text) < 240


def test_what_finds_cases_is_what_a_fresh_build_gives_whatever_was_written(people: People, analysed: Analysed) -> None:
    case = analysed()
    texts = st.text(st.sampled_from("aé ß1-_'\\:&|!()<>*\u0301Ω中"), min_size=1, max_size=12)

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(texts, texts, texts)
    def holds(message: str, name: str, channel: str) -> None:
        services.send(
            case.instance_id, SetVariables({"message": message, "customer": {"name": name}, "channel": channel}),
            Origin("system:test"),
        )  # fmt: skip
        kept, learned = words_kept(), dictionary()
        call_command("rebuild_search", verbosity=0)
        assert words_kept() == kept and dictionary() <= learned
        assert dictionary() == {word.strip("'") for _, words in kept.values() for word in words.split("' '")}
        for asked in (message, name, channel):
            search(user=people["anna"], now=clock.utc_now(), asked=asked)

    holds()


def test_cases_from_before_there_was_a_search_are_found_after_the_command(people: People, analysed: Analysed) -> None:
    analysed(message="A red bicycle")
    kept = words_kept()
    SearchedCase.objects.all().delete()
    written(Case.objects.get(), channel="web")
    assert found(people["anna"], "bicycle") == []
    call_command("rebuild_search", "--missing", verbosity=0)
    assert found(people["anna"], "bicycle") == ["T-1"] and words_kept().keys() == kept.keys()


def test_a_search_asks_nothing_about_each_case(people: People, analysed: Analysed) -> None:
    analysed(message="A red bicycle")
    with statements() as few:
        assert len(found(people["anna"], "bicycle")) == 1
    for _ in range(4):
        analysed(message="A red bicycle")
    with statements() as many:
        assert len(found(people["anna"], "bicycle")) == 5
    assert len(few) == len(many) <= 6
