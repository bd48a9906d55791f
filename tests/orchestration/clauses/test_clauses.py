"""Are the clauses of a contract found with their pages, and is what departs named by how much, in its own words?"""

from __future__ import annotations

import pytest
import yaml

from orchestration.actors.artefacts import artefact_fault
from orchestration.actors.contract import ActorError
from orchestration.actors.kinds.clauses.actor import ClausesActor
from orchestration.actors.kinds.text_model import multilingual
from orchestration.clauses import likeness
from orchestration.clauses.amounts import amounts_in
from orchestration.clauses.comparing import Deviation, deviations, matched, unclear
from orchestration.clauses.finding import Clause, clauses_in
from orchestration.clauses.standard import Limit, Section, sections_of
from orchestration.clauses.telling import letter, report, summary
from tests.benchmarks.contracts import OURS, contracts, in_other_words, measured, standard

needs_many = pytest.mark.skipif(not multilingual.here(), reason="`make languages` was not run")
PAGES = (
    "AGREEMENT\nbetween A and B\n1. Payment\nInvoices are due within fourteen (14) days of their\n"
    "date. Late sums bear interest",
    "of 8 percent.\n2. LIABILITY\nThe Supplier is in no case liable beyond\n"
    "25 percent of the yearly fees.\nSignatures\n3. Nothing",
)


def of(kind: str, text: str) -> list[Deviation]:
    """What departs in a contract of this one clause, beside what it lacks."""
    known = standard()
    return [one for one in deviations(matched([Clause("1", kind, text, 1)], known), known) if one.clause]


def test_clauses_begin_at_headings_and_know_the_page_of_each_of_their_words() -> None:
    payment, liability = clauses_in(PAGES)
    assert (payment.number, payment.heading, payment.page) == ("1", "Payment", 1)
    assert payment.text.endswith("Late sums bear interest of 8 percent.")
    assert (payment.page_of("Invoices are due"), payment.page_of("of 8 percent")) == (1, 2)
    assert (liability.heading, liability.page) == ("Liability", 2) and "Nothing" not in liability.text


def test_a_contract_without_headings_has_no_clauses_and_one_without_numbers_has_those_in_capitals() -> None:
    assert clauses_in(["Dear Sir,\nwe agree to everything.\n"]) == ()
    (one,) = clauses_in(["FORCE MAJEURE\nA strike frees a party.\n25 percent of what was paid\nis kept."])
    assert one.heading == "Force majeure" and one.text.endswith("is kept.")


def test_where_the_text_itself_stands_beside_its_number_the_clause_has_no_heading_and_loses_none_of_it() -> None:
    page = (
        "AGREEMENT\n1. Each bill is paid at once.\n"
        "2. The Supplier answers for no loss whatever, not even for one that\nCustomers have.\n"
        "3. The law of Ireland applies, and\nthe courts of Dublin decide.\nSignatures"
    )
    short, long, last = clauses_in([page])
    assert [one.heading for one in (short, long, last)] == [""] * 3
    assert short.text == "Each bill is paid at once"
    assert long.text == "The Supplier answers for no loss whatever, not even for one that Customers have."
    assert last.text == "The law of Ireland applies, and the courts of Dublin decide."
    paragraph = "A paragraph that is longer than any heading is, and has more than one part; so that it is none."
    one, two = clauses_in([f"AGREEMENT\n1. {paragraph}\n2. {paragraph}"])
    assert (one.number, one.heading, two.text) == ("1", "", paragraph)


def test_a_clause_without_a_heading_is_known_by_what_it_says_or_told_as_not_compared() -> None:
    """`python -m tests.benchmarks contracts` prints thirty."""
    texts = {
        "What either party learns of the other stays between them for five years after the work is over.":
            "Confidentiality",
        "Rechnungen begleicht der Kunde binnen zehn Tagen.": "Payment" if multilingual.here() else None,
        "The parties name one person each who answers questions.": None,
    }  # fmt: skip
    found = matched([Clause(str(at), "", text, 1) for at, text in enumerate(texts, 1)], standard())
    assert [one.section.kind if one.section else None for one in found] == list(texts.values())
    assert "Clause 3 (page 1)" in report(found, [])


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("within thirty (30) calendar days", [("days", 30)]),
        ("for two years and three months", [("months", 24), ("months", 3)]),
        ("within 48 hours, at most 2.5 % or EUR 10,000", [("days", 2), ("percent", 2.5), ("euros", 10_000)]),
        ("one week after it; 1.250,50 EUR", [("days", 7), ("euros", 1250.5)]),
        ("on the first day of the month", []),
        ("one tenth of the price, one third party, half a year", [("percent", 10), ("months", 6)]),
        (
            "bei einem Fünftel, nach einem halben Jahr, eines Vierteljahres",
            [("percent", 20), ("months", 6), ("months", 3)],
        ),
        ("up to one and a half years", [("months", 18)]),
    ],
)
def test_amounts_are_read_in_digits_and_in_words(sentence: str, named: list[tuple[str, float]]) -> None:
    assert list(amounts_in(sentence)) == named


def test_the_standard_is_what_its_document_says() -> None:
    (one,) = sections_of(
        [(7, "Standard › Payment", "We pay.\nLimit: days near invoice or due, at least 30.\nNeeded: yes.")]
    )
    assert one == Section(7, "Payment", "We pay.", needed=True, limits=(Limit("days", False, 30, ("invoice", "due")),))
    assert {len(each.text) > 20 for each in standard()} == {True}


def test_a_deviation_says_by_how_much_in_the_words_of_the_contract() -> None:
    (one,) = of(
        "Payment", "It is a good one. Invoices are due within 15 days. A second reminder follows after 40 days."
    )
    assert (one.what, one.asked, one.apart) == ("It says 15 days.", "At least 30 days.", -0.5)
    assert one.quote == "Invoices are due within 15 days." and one.page == 1


def test_an_amount_is_found_beside_a_word_in_its_plural_too() -> None:
    (one,) = of("Data protection", "Der Anbieter meldet nach der DSGVO Vorfälle binnen zwei Wochen.")
    assert one.what == "It says 14 days."


def test_what_is_denied_is_not_what_it_says() -> None:
    assert [one.what for one in of("Payment", "Nothing is ever paid in advance.")] == []
    assert [one.what for one in of("Payment", "The fee is paid in advance.")] == ["It says “in advance”."]


def test_what_is_missing_is_named_and_what_the_standard_does_not_know_is_not_called_compared() -> None:
    known = standard()
    found = matched([Clause("1", "Colours", "The lorries are painted green.", 1)], known)
    apart = deviations(found, known)
    assert found[0].section is None and all(one.clause is None for one in apart)
    assert {one.section.kind for one in apart} == {one.kind for one in known if one.needed}
    said = report(found, apart)
    assert "Not compared" in said and "Colours" in said and "missing" in said
    assert letter(apart).count("please add a clause") == len(apart)


def test_a_clause_under_a_heading_of_its_own_is_known_by_its_meaning() -> None:
    text = "Both parties keep secret what they learn of each other, for one year after the end of the contract."
    (found,) = matched([Clause("4", "Discretion", text, 2)], standard())
    assert unclear([found]) == [] and unclear(matched([Clause("4", "Secrecy", "We keep still.", 2)], standard()))
    assert found.section and (found.section.kind, found.by) == ("Confidentiality", "meaning")


def test_a_summary_is_made_of_the_contract_s_own_sentences() -> None:
    lines = summary(clauses_in(PAGES)).splitlines()
    assert lines[0] == "1. Payment: Invoices are due within fourteen (14) days of their date."


def test_contracts_of_each_layout_are_read_and_compared_without_a_fault() -> None:
    """A sample; `python -m tests.benchmarks contracts` prints twenty, and clauses in other words."""
    for contract in contracts(4):
        sums, mistakes = measured(contract)
        assert mistakes == [] and sums["found"] == sums["clauses"] and sums["besides"] == 0
        assert sums["quoted"] == sums["quotes"]


@pytest.mark.parametrize("file", [b"", b"do: read\n", b"capability: x\ndo: dance\n", b"capability: x\ndo: standard\n"])
def test_a_file_that_is_none_is_refused_with_a_sentence(file: bytes) -> None:
    assert artefact_fault("clauses", file).endswith(".")
    with pytest.raises(ActorError):
        ClausesActor("clauses", "1", file)


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("half a year, a quarter of a year, a fortnight", [("months", 6), ("months", 3), ("days", 14)]),
        ("for a year and a half, then one and a half percent", [("months", 18), ("percent", 1.5)]),
        ("up to twice the yearly fees, or three months' fees", [("percent", 25), ("percent", 200)]),
        ("the fees of two years", [("percent", 200)]),
        ("The fees go up by a tenth; half of the price", [("percent", 10), ("percent", 50)]),
    ],
)
def test_parts_and_multiples_in_words_are_amounts_too(sentence: str, named: list[tuple[str, float]]) -> None:
    assert list(amounts_in(sentence)) == named


def test_a_length_in_another_unit_is_compared_where_none_stands_in_the_limit_s_own() -> None:
    (late,) = of("Force majeure", "After half a year either party may go.")
    assert (
        late.what == "It says 180 days."
        and of("Term and termination", "Either side leaves with six weeks' notice.") == []
    )


def test_what_reads_rather_like_what_the_house_refuses_departs_whatever_the_parties_are_called() -> None:
    (one,) = of("Payment", "The Buyer pays some of the price before work begins.")
    assert one.what.startswith("It reads like “") and one.quote.startswith("The Buyer")
    assert of("Intellectual property", "Every work result is the Client's own.") == []


def test_what_binds_or_frees_one_side_alone_departs_where_the_house_wants_both() -> None:
    assert [one.what for one in of("Confidentiality", "Only the Buyer keeps silent, for four years.")] == [
        "It binds or frees one side alone."
    ]
    assert of("Confidentiality", "Neither of the parties speaks of it for four years.") == []


def test_what_is_counted_is_not_guessed_from_what_it_reads_like() -> None:
    assert of("Price changes", "The fees rise each year by two percent.") == []
    assert of("Price changes", "The fees rise each year by nine percent.")[0].what == "It says 9 percent."


def test_a_part_of_the_standard_that_is_several_passages_is_one_section() -> None:
    (one,) = sections_of([(7, "Payment", "We pay.\nNot like: We pay first."), (8, "Payment", "Like: We pay last.")])
    assert (one.passage, one.unlike, one.like) == (7, ("We pay first",), ("We pay last",))


def test_of_clauses_in_words_that_nobody_foresaw_none_that_departs_passes_in_silence() -> None:
    """`python -m tests.benchmarks contracts` prints all of it."""
    found = in_other_words("fresh")
    assert found.named[True, True] >= 16 and found.named[False, True] <= 1
    assert found.left[True] == found.named[True, False]


@needs_many
def test_what_reads_a_little_more_like_the_other_kind_is_left_to_the_reader() -> None:
    known = standard()
    found = matched(
        [Clause("1", "Governing law", "Disputes that arise abroad are settled there by Dutch law.", 1)], known
    )
    assert not [one for one in deviations(found, known) if one.clause]
    assert unclear(found) == found


@needs_many
@pytest.mark.parametrize(("which", "named"), [("last", 11), ("german-looked-at", 14), ("german-last", 8)])
def test_departures_in_two_languages_are_found_by_meaning_and_few_pass_in_silence(which: str, named: int) -> None:
    found = in_other_words(which)
    assert found.named[True, True] >= named and found.named[False, True] <= 1
    assert found.named[True, False] - found.left[True] <= 1


@needs_many
def test_a_german_sentence_is_read_by_meaning_where_the_extra_is_here_and_by_rules_alone_where_it_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "Steigen seine eigenen Kosten, gibt der Anbieter sie an den Kunden weiter."
    (one,) = of("Preisanpassung", text)
    assert (one.what, one.quote) == (
        "It reads like “The supplier passes a rise of its own costs on to the customer.”", text
    )  # fmt: skip
    monkeypatch.setattr(likeness, "names", dict)
    assert of("Preisanpassung", text) == []


def test_clauses_in_german_are_held_against_the_same_standard() -> None:
    found = in_other_words("german")
    assert found.named[True, False] == 0 and found.named[False, True] == 0


def test_of_a_german_contract_the_clauses_are_found_and_only_what_is_not_there_is_missing() -> None:
    said = yaml.safe_load(OURS.read_text("utf-8"))["german"]
    kept = {kind: (heading, text) for heading, kind, text, departs in said if not departs}
    del kept["Liability"]
    text = "Vertrag\n\n" + "\n\n".join(
        f"§ {at} {heading}\n\n{words}" for at, (heading, words) in enumerate(kept.values(), 1)
    )
    known = standard()
    clauses = list(clauses_in([text]))
    assert [one.heading for one in clauses] == [heading for heading, _ in kept.values()]
    assert [(one.section.kind, one.what) for one in deviations(matched(clauses, known), known)] == [
        ("Liability", "The contract has no such clause."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "amounts"),
    [
        ("innerhalb von dreißig (30) Tagen", [("days", 30)]), ("binnen zwölf Monaten", [("months", 12)]),
        ("eine Woche", [("days", 7)]), ("zwei Jahre", [("months", 24)]), ("höchstens 2,5 Prozent", [("percent", 2.5)]),
        ("48 Stunden", [("days", 2)]), ("EUR 10.000", [("euros", 10_000)]),
    ],
)  # fmt: skip
def test_amounts_are_read_in_german(sentence: str, amounts: list[tuple[str, float]]) -> None:
    assert list(amounts_in(sentence)) == amounts
