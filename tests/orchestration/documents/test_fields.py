"""Company, date and total are found by what stands around them, each with its place."""

from __future__ import annotations

import pytest

from orchestration.documents.fields import found_in, plain_of
from orchestration.documents.finding import Found, dates_in, number_of
from orchestration.documents.reading import text_of
from orchestration.documents.words import Box, Line, Page, Word
from tests.benchmarks.invoices import exact
from tests.benchmarks.typeset import typeset


def read(*lines: str, sure: float = 1.0) -> dict[str, Found]:
    """What is found in a page of these lines."""
    placed = tuple(
        Line(tuple(
            Word(word, Box(0.1 * column, 0.05 * row, 0.1 * column + 0.08, 0.05 * row + 0.03), sure)
            for column, word in enumerate(line.split())
        ))
        for row, line in enumerate(lines)
    )  # fmt: skip
    return {one.name: one for one in found_in([Page(1, placed)])}


RECEIPT = (
    "tan woon yann", "YONGFATT ENTERPRISE (JM0517726)", "TEL 07-3523888", "Doc No 31663 Date 25/12/2018",
    "Total Sales (Excluding GST) 80.91", "Rounding -0.01", "Total Sales (Inclusive of GST) : 80.90", "CASH: 100.00",
    "Change: 19.10", "Total: 80.91 0.00",
)  # fmt: skip


def test_a_receipt_names_company_date_and_total() -> None:
    found = read(*RECEIPT)
    assert {name: one.value for name, one in found.items()} == {
        "company": "YONGFATT ENTERPRISE", "date": "25/12/2018", "total": "80.90",
    }  # fmt: skip
    assert found["total"].box.packed() == [0.6, 0.3, 0.68, 0.33]


@pytest.mark.parametrize(
    ("lines", "total"),
    [
        (("Sub Total 90.00", "GST 5.40", "TOTAL 95.40"), "95.40"),
        (("5 Item(s) Total (MYR) : 20.00", "GST @ 6% : 1.20", "Net Total (MYR) : 21.20"), "21.20"),
        (("Net amount 20.00", "VAT 4.00", "Total 24.00"), "24.00"),
        (("Total 30.91", "ROUNDING ADJUSTMENT -0.01", "TOTAL ROUNDED RM 30.90"), "RM 30.90"),
        (("TOTAL QTY 3", "Grand Total", "EUR 1,234.50"), "EUR 1,234.50"),
        (("TOTAL 20.00", "CASH 50.00", "CHANGE 30.00"), "20.00"),
        (("Total (Inclusive of GST): 65.72", "Rounding Adj -0.02", "TOTAL: 65.70"), "65.70"),
        (("Total (Inclusive of GST): 65.72", "Cash 65.70", "TOTAL: 65.70"), "65.70"),
        (("Item 3.00", "Item 4.00"), "4.00"),
        (("T0TA1 RM 33.9O", "CASH 50.00"), "33.90"),
        (("Item 12.00", "Item 8.50", "20.50", "CASH 50.00", "CHANGE 29.50"), "20.50"),
        (("NETT 20.00", "GST SUMMARY", "Total 18.87 1.13"), "20.00"),
        (("SUB TTL 90.00", "TTL 95.40"), "95.40"),
    ],
)
def test_the_total_is_the_sum_that_is_paid(lines: tuple[str, ...], total: str) -> None:
    assert read("SHOP LTD", *lines)["total"].value == total


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("25/12/2018", "2018-12-25"), ("3 de mayo de 2026", "2026-05-03"), ("1er août 2026", "2026-08-01"),
        ("29. März 2026", "2026-03-29"), ("12 gennaio 2026", "2026-01-12"),
        ("18-11-18 13:58", "2018-11-18"), ("05 MAR 2018", "2018-03-05"),
        ("2018-03-23", "2018-03-23"), ("OCT 3, 2016", "2016-10-03"), ("14.5.2026", "2026-05-14"),
        ("12/31/2024", "2024-12-31"), ("1 January 2025", "2025-01-01"), ("26-05--201815:16", "2018-05-26"),
        ("28 / 04 / 2018", "2018-04-28"),
    ],
)  # fmt: skip
def test_a_date_is_known_in_its_many_forms(text: str, day: str) -> None:
    assert [found.isoformat() for _, found in dates_in(f"on {text} at noon")][:1] == [day]


def test_what_is_no_day_is_no_date() -> None:
    assert list(dates_in("45/45/2018 and 1800-22-3333, 99-99-99")) == []


def test_a_date_whose_signs_were_lost_is_taken_where_there_is_no_other() -> None:
    found = read("SHOP LTD", "Member 12345678", "27032018 No CS-20243")["date"]
    assert (found.value, plain_of("date", found.value)) == ("27032018", "2018-03-27")
    assert plain_of("date", "20180327") == "2018-03-27"
    assert read("SHOP LTD", "27032018 No CS-20243", "Date 01/04/2018")["date"].value == "01/04/2018"
    assert "date" not in read("SHOP LTD", "GST 00127032018", "Ref 27032018-1", "27032999")


def test_the_date_that_is_named_so_goes_before_others() -> None:
    assert (
        read("SHOP LTD", "Printed 02/02/2026", "Due date 03/03/2026", "Date 01/01/2026")["date"].value == "01/01/2026"
    )


@pytest.mark.parametrize(
    ("lines", "company"),
    [
        (("OJC MARKETING", "SDN BHD", "NO 2 JALAN"), "OJC MARKETING SDN BHD"),
        (("TAX INVOICE", "KEDAI PAPAN YEW CHUAN", "(0005583085-K)"), "KEDAI PAPAN YEW CHUAN"),
        (("Example GmbH", "Street 1"), "Example GmbH"),
        (("HOTLINE 1800 88", "MYNEWS RETAIL SB(306295-X) FKA BISON SB", "QTY"), "MYNEWS RETAIL SB"),
        (("welcome", "ONE SEAFOOD SDN DHD", "TABLE 4"), "ONE SEAFOOD SDN DHD"),
    ],
)
def test_a_company_is_known_by_its_form_or_its_place(lines: tuple[str, ...], company: str) -> None:
    assert read(*lines)["company"].value == company


def test_nobody_is_surer_of_a_value_than_the_reader_was_of_its_words() -> None:
    assert all(one.sure <= 0.5 for one in read(*RECEIPT, sure=0.5).values())


def test_in_an_empty_document_nothing_is_found() -> None:
    assert read() == {} and found_in([]) == ()


@pytest.mark.parametrize(
    ("amount", "number"), [("RM 30.90", 30.9), ("1,234.50", 1234.5), ("1.234,50", 1234.5), ("-0.01", -0.01)]
)
def test_an_amount_is_a_number_however_it_is_written(amount: str, number: float) -> None:
    assert number_of(amount) == number


HEAD = ("From: Jane Doe <jane@example.org>", "To: help@shop.example", "Date: Mon, 30 Nov 2026 10:00:00 +0000")


@pytest.mark.parametrize(
    ("lines", "company"),
    [
        ((*HEAD, "Subject: My LAMP", "Dear Sir or Madam,", "it is broken.", "JANE DOE"), None),
        (("Von: Jane Doe", "An: Shop", "Betreff: Lampe GmbH", "Guten Tag"), None),
        ((*HEAD, "Subject: a very long one, which", "Our bill", "NORDLICHT GMBH"), "NORDLICHT GMBH"),
        (("jane@example.org", "Tel 0171 2345678", "Lamp Works Ltd"), "Lamp Works Ltd"),
        (("jane@example.org", "0171 2345678 call me"), None),
        (("From: Lamp Works Ltd", "Invoice 7"), "From: Lamp Works Ltd"),
    ],
)
def test_who_writes_an_e_mail_and_how_they_are_reached_is_no_company(
    lines: tuple[str, ...], company: str | None
) -> None:
    found = read(*lines).get("company")
    assert (found and found.value) == company


def test_an_invoice_of_any_layout_and_language_is_read_and_what_cannot_be_told_is_not_sure() -> None:
    """Who writes to whom stands nowhere where two companies stand side by side: that is looked at by a person."""
    for paper in typeset(11):
        pages = text_of(paper.pdf, "pdf", 1).pages
        company = next(one for one in found_in(pages) if one.name == "company")
        apart = paper.layout == "side_by_side"
        assert paper.truth.keys() - exact(paper) == ({"company"} if apart else set()), paper.layout
        assert (company.sure < 0.8) == apart


def test_a_day_is_read_where_a_reader_of_pictures_took_its_digits_for_letters() -> None:
    assert read("SHOP LTD", "25/l2/20I8 1O:15").get("date", Found("", "", 0, 0, Box(0, 0, 0, 0))).value == "25/12/2018"
