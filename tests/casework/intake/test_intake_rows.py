"""Which rows of a CSV file can become cases? Reading alone; no database."""

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.intake.rows import LONGEST_LINE, BadRow, Row, Table, Unusable, derived_reference, table
from orchestration.casetypes.case_type import Intake

INTAKE = Intake(
    required=("message",),
    columns={
        "reference": "reference",
        "text": "message",
        "message": "message",
        "name": "customer.name",
        "category": "sender_category",
    },
)
HEADER = b"reference,message,category\n"


def read(content: bytes) -> list[Row | BadRow]:
    found = table(io.BytesIO(content), INTAKE)
    assert isinstance(found, Table), found
    return list(found.rows())


def refused(content: bytes) -> str:
    found = table(io.BytesIO(content), INTAKE)
    assert isinstance(found, Unusable)
    return found.reason


def messages(content: bytes) -> list[str]:
    return [row.data["message"] for row in read(content) if isinstance(row, Row)]


def bad_lines(content: bytes) -> list[int]:
    return [row.line for row in read(content) if isinstance(row, BadRow)]


def test_a_row_becomes_data_at_the_places_that_the_manifest_names():
    rows = read(b"reference,text,name\nR1,My card is gone,Mia Wolf\n")
    assert rows == [Row(2, "R1", {"message": "My card is gone", "customer": {"name": "Mia Wolf"}})]


def test_empty_fields_are_left_out():
    assert read(b"text,name\nHello,  \n") == [Row(2, "", {"message": "Hello"})]


def test_column_names_may_have_capitals_spaces_and_any_order():
    assert messages(b" Category ,TEXT\ncards,Hello\n") == ["Hello"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_comma_semicolon_and_tab_are_told_from_the_header(delimiter):
    assert read(f"reference{delimiter}text\nR1{delimiter}Hello\n".encode()) == [Row(2, "R1", {"message": "Hello"})]


def test_a_byte_order_mark_is_skipped():
    assert messages(b"\xef\xbb\xbf" + HEADER + "R1,Grüße,x\n".encode()) == ["Grüße"]


def test_windows_line_ends_and_a_last_line_without_one():
    assert messages(b"text,category\r\none,a\r\ntwo,b") == ["one", "two"]


def test_a_text_in_quotation_marks_may_hold_line_ends_delimiters_and_doubled_marks():
    rows = read(b'text,category\n"one\nmore, and ""more""",a\nnext,b\n')
    assert rows == [
        Row(2, "", {"message": 'one\nmore, and "more"', "sender_category": "a"}),
        Row(4, "", {"message": "next", "sender_category": "b"}),
    ]


def test_unicode_line_separators_do_not_end_a_row():
    text = "one\u2028two\x85three\x0bfour"
    assert messages(f"text,category\n{text},a\n".encode()) == [text]


def test_marks_inside_a_text_that_come_in_pairs_are_part_of_it():
    assert messages(b'text,category\nThey said "no" to me,a\n') == ['They said "no" to me']


@pytest.mark.parametrize(
    "content",
    [
        b"sep=;\r\nreference;message\r\nR1;Hello\r\n",
        b'\xef\xbb\xbf\xef\xbb\xbf"SEP=,"\nreference,message\nR1,Hello\n',
        b"sep=\t\nreference\tmessage\nR1\tHello",
        b"reference,message,,\nR1,Hello,,\n",
        b",reference,,message\n,R1,,Hello\n",
        b",,\nreference,message\n,\n,,,\nR1,Hello,,,\n",
        b"reference,message\nR1,Hello\n\x1a",
        b"reference,message\nR1,Hello\x1a\n\x00\x00",
        b"reference,message\nR1,Hello\n\x00\x00",
    ],
)
def test_what_a_sheet_leaves_behind_is_passed_over(content):
    (row,) = read(content)
    assert isinstance(row, Row)
    assert (row.reference, row.data) == ("R1", {"message": "Hello"})


@pytest.mark.parametrize("text", ["0\x1a\n", "\x1a\n", "\x1a\n\x1a\nmore", "a\x1a\n\n\x1a\nb\x1a", "a\n  \nb"])
def test_what_ends_a_file_is_part_of_a_text_that_goes_on(text):
    (row,) = read(f'reference,message\nR1,"{text}"\n'.encode())
    assert row.data == {"message": text}


def test_a_column_without_a_name_is_empty_or_the_row_is_bad():
    (bad,) = read(b"reference,message,\nR1,Hello,left over\n")
    assert bad == BadRow(2, "Column 3 has no name, and there is something in it.")


@pytest.mark.parametrize("field", ["4.50E+12", '"4,5E+12"', "1E+20", "#REF!", "#NAME?", "#####"])
def test_what_a_sheet_has_surely_damaged_is_named_and_not_repeated(field):
    damaged, good = read(f"reference,message\n{field},Hello\nR2,Hi 4.50E+12 #REF!\n".encode())
    assert isinstance(damaged, BadRow) and damaged.reason.startswith("Column 1: a spreadsheet")
    assert field not in damaged.reason
    assert isinstance(good, Row)


def test_blank_lines_are_no_rows():
    assert [row.line for row in read(b"text\n\nHello\n\n  \nBye\n")] == [3, 6]


def test_a_file_with_only_a_header_has_no_rows():
    assert read(HEADER) == []


class TestBadRows:
    def test_wrong_encoding_is_named_by_its_line_and_the_others_go_in(self):
        content = b"text,category\none,a\nGr\xfc\xdfe,b\ntwo,c\n"
        assert (messages(content), bad_lines(content)) == (["one", "two"], [3])

    def test_a_wrong_number_of_fields(self):
        content = b"text,category\none,a\none,two,three\nalone\nlast,b\n"
        assert (messages(content), bad_lines(content)) == (["one", "last"], [3, 4])

    def test_a_nul_byte(self):
        content = b"text,category\none\x00,a\ntwo,b\n"
        assert (messages(content), bad_lines(content)) == (["two"], [2])

    def test_a_carriage_return_that_is_not_quoted(self):
        content = b"text,category\none\rmore,a\ntwo,b\n"
        assert (messages(content), bad_lines(content)) == (["two"], [2])

    def test_a_quotation_that_never_ends_takes_no_other_row_with_it(self):
        content = b'text,category\n"never ends,a\none,b\ntwo,c\n'
        assert (messages(content), bad_lines(content)) == (["one", "two"], [2])

    def test_a_quotation_that_never_ends_does_not_take_the_next_quoted_row(self):
        content = b'text,category\n"never ends,a\nplain,b\n"one, two",c\n"again,d\n"three, four",e\n'
        assert (messages(content), bad_lines(content)) == (["plain", "one, two", "three, four"], [2, 5])

    def test_a_mark_that_is_not_doubled(self):
        content = b'text,category\n"a "word" here",a\none,b\n5" pipe,c\ntwo,d\n'
        assert (messages(content), bad_lines(content)) == (["one", "two"], [2, 4])

    def test_a_line_too_long_to_be_held(self):
        content = b"text,category\n" + b"x" * (3 * LONGEST_LINE) + b",a\none,b\n"
        assert (messages(content), bad_lines(content)) == (["one"], [2])

    def test_a_quotation_that_runs_into_a_line_too_long_to_be_held(self):
        content = b'text,category\n"open,a\n' + b"x" * (2 * LONGEST_LINE) + b"\none,b\n"
        assert (messages(content), bad_lines(content)) == (["one"], [2, 3])

    def test_reasons_never_repeat_what_stands_in_the_row(self):
        rows = read(b'text,category\n"secret,a\nsecret,b,c\nsecret\xff,d\nsecret\x00,e\nsec\rret,f\n')
        assert len(rows) == 5
        assert all(isinstance(row, BadRow) and "secret" not in row.reason for row in rows)


class TestUnusableFiles:
    def test_empty(self):
        assert "empty" in refused(b"")
        assert "empty" in refused(b"\n\n")

    def test_an_unknown_column_refuses_the_whole_file_without_repeating_what_may_be_data(self):
        reason = refused(b"text,mia.wolf@example.com\nHello,x\n")
        assert reason.startswith("Column 2 is not known.")
        assert "mia" not in reason
        assert "category" in reason

    def test_a_required_column_is_missing(self):
        assert refused(b"reference,category\nR1,x\n") == "The column text or message is missing."

    def test_two_columns_for_one_place(self):
        assert refused(b"text,message\na,b\n") == "More than one column holds the message. Leave one of them."

    def test_utf_16(self):
        assert "UTF-16" in refused("text,category\na,b\n".encode("utf-16"))

    def test_a_header_that_never_ends(self):
        assert "cannot be read" in refused(b'"text,category\na,b\n')


class TestDerivedReferences:
    def references(self, *texts: str) -> list[str]:
        seen: Counter[str] = Counter()
        return [derived_reference({"message": text}, seen, b"key") for text in texts]

    def test_the_same_rows_get_the_same_references_whatever_stands_between_them(self):
        assert set(self.references("a", "b")) < set(self.references("b", "c", "a"))

    def test_equal_rows_are_told_apart_by_their_occurrence(self):
        first, second = self.references("a", "a")
        assert first != second
        assert self.references("a") == [first]

    def test_without_the_key_nobody_can_try_out_what_the_content_is(self):
        assert derived_reference({"m": "a"}, Counter(), b"key") != derived_reference({"m": "a"}, Counter(), b"other")


MESSAGES = Path(__file__).parents[4] / "shared" / "data" / "banking77" / "train.csv"


@pytest.mark.skipif(not MESSAGES.exists(), reason="the real messages are not on this machine")
def test_ten_thousand_real_messages_are_read_as_they_are():
    with MESSAGES.open(encoding="utf-8", newline="") as file:
        wanted = [row["text"] for row in csv.DictReader(file)]
    assert messages(MESSAGES.read_bytes()) == wanted and len(wanted) == 10_003
    assert bad_lines(MESSAGES.read_bytes()) == []


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), min_size=1).filter(str.strip)


@given(st.lists(st.tuples(texts, texts)), st.sampled_from([",", ";", "\t"]))
def test_whatever_a_csv_writer_writes_is_read_back(written, delimiter):
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([("text", "category"), *written])
    rows = read(file.getvalue().encode())
    assert [(row.data["message"], row.data["sender_category"]) for row in rows] == written


@given(st.binary(max_size=400))
def test_no_bytes_after_the_header_stop_the_reading(content):
    rows = read(b"text,category\n" + content)
    assert [row.line for row in rows] == sorted(row.line for row in rows)
    assert len({row.line for row in rows}) == len(rows)


@given(st.binary(max_size=400), texts.filter(lambda text: '"' not in text))
def test_a_good_row_before_the_mess_always_goes_in(content, text):
    good = f'"{text}","x"\n'.encode()
    assert read(b"text,category\n" + good + content)[0].data["message"] == text
