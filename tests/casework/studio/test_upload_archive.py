"""Is an uploaded file read within bounds, whatever is in it, and does the comparison say what changed?"""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZipFile, ZipInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.actors.bundled import CASE_TYPES
from casework.studio.upload_archive import (
    MOST_ENTRIES,
    MOST_LINES_COMPARED,
    MOST_LINES_SHOWN,
    MOST_UNPACKED,
    MOST_UPLOADED,
    Unpacked,
    Unreadable,
    file_changes,
    unpacked,
    zipped,
)
from orchestration.casetypes.case_type import folder_files

FILES = folder_files(CASE_TYPES / "refund")


def a_zip(*entries: tuple[str | ZipInfo, str | bytes]) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return target.getvalue()


def faults(content: bytes, name: str = "upload.zip") -> tuple[str, ...]:
    found = unpacked(name, content)
    assert isinstance(found, Unreadable), found
    return found.faults


def taken(content: bytes, name: str = "upload.zip", base: dict[str, str] | None = None) -> Unpacked:
    found = unpacked(name, content, base)
    assert isinstance(found, Unpacked), found
    return found


def test_what_is_downloaded_can_be_uploaded_and_is_the_same() -> None:
    assert taken(zipped(FILES)).files == FILES
    assert zipped(FILES) == zipped(dict(reversed(FILES.items())))


def test_a_zipped_folder_is_read_like_its_content_and_the_rest_is_named() -> None:
    entries = [(f"refund/{name}", text) for name, text in FILES.items()]
    more = [("refund/scenarios/a.yaml", "x"), ("refund/README.md", "x"), ("__MACOSX/refund/._a", "x"), ("b.yaml", "x")]
    found = taken(a_zip(*entries, *more))
    assert found.files == FILES
    assert set(found.left_out) == {name for name, _ in more}


def test_one_file_is_added_or_takes_the_place_of_the_file_of_its_name() -> None:
    base = {"manifest.yaml": "a", "pay.bpmn": "old"}
    assert taken(b"new", "C:\\models\\pay.bpmn", base).files == {"manifest.yaml": "a", "pay.bpmn": "new"}
    assert taken(b"new", "more.dmn", base).files == {**base, "more.dmn": "new"}


def test_one_file_alone_is_no_case_type() -> None:
    assert "say which case type it belongs to" in faults(b"<x/>", "pay.bpmn")[0]


@pytest.mark.parametrize("name", ["model.exe", "model", "", "model.bpmn.txt"])
def test_a_file_of_another_kind_is_refused(name: str) -> None:
    assert "neither a zip nor a file of a case type" in faults(b"x", name)[0]


@pytest.mark.parametrize(
    "name", ["../manifest.yaml", "/etc/manifest.yaml", "a/../../manifest.yaml", "..\\manifest.yaml"]
)
def test_a_name_that_leads_out_of_the_folder_is_refused(name: str) -> None:
    assert "leads out of the folder" in faults(a_zip((name, "x")))[0]


def test_a_link_is_refused() -> None:
    link = ZipInfo("manifest.yaml")
    link.external_attr = 0o120777 << 16
    assert "is a link" in faults(a_zip((link, "/etc/passwd")))[0]


def test_only_the_usual_compression_is_unpacked() -> None:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_LZMA) as archive:
        archive.writestr("manifest.yaml", "key: x")
    assert "compressed in a way that is not read" in faults(target.getvalue())[0]


def test_a_bomb_is_given_up_where_it_becomes_too_much() -> None:
    bomb = a_zip(("manifest.yaml", b"a: 1\n" * (MOST_UNPACKED // 4)), ("b.yaml", b" " * MOST_UNPACKED))
    assert len(bomb) < MOST_UPLOADED / 100
    assert faults(bomb) == (f"The zip unpacks to more than {MOST_UNPACKED:,} bytes, which is more than is read.",)


def test_a_bomb_that_says_that_it_is_small_is_given_up_too() -> None:
    bomb = bytearray(a_zip(("manifest.yaml", b" " * (MOST_UNPACKED + 2))))
    directory = bomb.index(b"PK\x01\x02")
    for at in (22, directory + 24):  # the unpacked size, in the head of the file and in the directory
        bomb[at : at + 4] = (10).to_bytes(4, "little")
    assert isinstance(unpacked("upload.zip", bytes(bomb)), Unreadable)


def test_a_zip_of_very_many_files_is_refused_before_any_is_read() -> None:
    many = a_zip(*((f"{number}.txt", "") for number in range(MOST_ENTRIES + 1)))
    assert "at most 2,000 are looked at" in faults(many)[0]


def test_more_files_than_a_case_type_may_have_are_refused() -> None:
    many = a_zip(("manifest.yaml", ""), *((f"m{number}.bpmn", "") for number in range(201)))
    assert "a case type has at most 200" in faults(many)[0]


def test_a_name_that_is_there_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = a_zip(("manifest.yaml", "a: 1"), ("manifest.yaml", "a: 2"))
    assert faults(twice) == ("'manifest.yaml' is twice in the zip.",)


def test_a_zip_without_a_manifest_is_no_folder_of_a_case_type() -> None:
    assert "holds no manifest.yaml" in faults(a_zip(("pay.bpmn", "x")))[0]


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    assert "at most 5,242,880 are read" in faults(b"PK" + b"x" * MOST_UPLOADED)[0]


@pytest.mark.parametrize("content", [b"PK", b"PK\x03\x04" + b"\0" * 50, zipped(FILES)[:-30], zipped(FILES)[30:]])
def test_a_broken_zip_is_refused_in_words(content: bytes) -> None:
    assert unpacked("upload.zip", content) == Unreadable(faults(content))


def test_every_file_in_another_encoding_is_named() -> None:
    latin, wide = "name: Größe".encode("latin-1"), "name: x".encode("utf-16")
    found = faults(a_zip(("manifest.yaml", latin), ("forms.yaml", wide), ("data.schema.json", "{}")))
    assert found == (
        "'manifest.yaml' is not UTF-8 (byte 9). Save it as UTF-8.",
        "'forms.yaml' is not UTF-8 (byte 1). Save it as UTF-8.",
    )


def test_xml_that_claims_another_encoding_than_it_has_is_refused() -> None:
    lying = "<?xml version='1.0' encoding='ISO-8859-1'?><definitions name='Größe'/>".encode()
    found = unpacked("a.bpmn", lying, {})
    assert found == Unreadable(("'a.bpmn' says that it is 'ISO-8859-1'. Save it as UTF-8, and let it say so.",))


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert taken(b"\xef\xbb\xbf{}", "data.schema.json", {}).files == {"data.schema.json": "{}"}


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=400) | st.binary(max_size=400).map(lambda rest: b"PK\x03\x04" + rest), st.text(max_size=20))
def test_whatever_is_uploaded_is_read_or_refused(content: bytes, name: str) -> None:
    assert isinstance(unpacked(name, content, {}), Unpacked | Unreadable)


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 3000), st.integers(0, 255))
def test_a_zip_with_any_byte_changed_is_read_or_refused(at: int, byte: int) -> None:
    content = bytearray(zipped({"manifest.yaml": "key: x\n" * 20, "forms.yaml": "a: {}"}))
    content[at % len(content)] = byte
    assert isinstance(unpacked("upload.zip", bytes(content)), Unpacked | Unreadable)


def test_the_comparison_names_what_was_added_changed_and_removed() -> None:
    before = {"a": "1\n2\n3\n", "b": "x\n", "same": "y"}
    after = {"a": "1\n2\nthree\n", "c": "z\n", "same": "y"}
    found = {change.name: change for change in file_changes(before, after)}
    assert {name: change.kind for name, change in found.items()} == {"a": "changed", "b": "removed", "c": "added"}
    assert (found["a"].added, found["a"].removed) == (1, 1)
    assert found["a"].lines == ("@@ -1,3 +1,3 @@", " 1", " 2", "-3", "+three")


def test_a_long_comparison_says_how_much_it_leaves_out() -> None:
    (change,) = file_changes({}, {"a": "x\n" * 1000})
    assert (len(change.lines), change.added) == (MOST_LINES_SHOWN, 1000)
    assert change.more == 1001 - MOST_LINES_SHOWN  # with the line that says where they stand
    (long,) = file_changes({"a": "x\n"}, {"a": "x\n" * (MOST_LINES_COMPARED + 1)})
    assert (long.lines, long.more) == ((), MOST_LINES_COMPARED + 2)
