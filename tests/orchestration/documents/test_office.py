"""Spreadsheets, slides and OpenDocument files give their text; what would do harm in them is refused or a sentence."""

from __future__ import annotations

import zipfile

import pytest

from orchestration.documents.confined import Unreadable
from orchestration.documents.kinds import Kind, kind_of
from orchestration.documents.reading import text_of
from tests.orchestration.documents.papers import packed

ECMA = "http://schemas.openxmlformats.org"
MAIN, REL = f"{ECMA}/spreadsheetml/2006/main", f"{ECMA}/officeDocument/2006/relationships"
TYPES = {"[Content_Types].xml": b"<Types/>"}
ODF = "urn:oasis:names:tc:opendocument:xmlns"


def related(*targets: str) -> bytes:
    rows = "".join(f'<Relationship Id="r{at}" Target="{one}"/>' for at, one in enumerate(targets))
    return f'<Relationships xmlns="{ECMA}/package/2006/relationships">{rows}</Relationships>'.encode()


def sheets(*rows: str, **more: bytes) -> bytes:
    """A spreadsheet whose second sheet has these rows, of cells in XML; its styles: none, a date, a time, a number."""
    names = '<sheet name="Empty" r:id="r1"/><sheet name="Costs &amp; more" r:id="r0"/>'
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>{names}</sheets></workbook>'
    styles = (
        f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="170" formatCode="&quot;Day&quot; dd.mm.yyyy"/>'
        '<numFmt numFmtId="171" formatCode="0.0 &quot;days&quot;"/></numFmts>'
        '<cellXfs><xf/><xf numFmtId="170"/><xf numFmtId="20"/><xf numFmtId="171"/></cellXfs></styleSheet>'
    )
    bumper = "<si><r><t>Bum</t></r><r><t>per</t></r><rPh><t>bam</t></rPh></si>"
    shared = f'<sst xmlns="{MAIN}"><si><t>Item</t></si>{bumper}</sst>'
    body = "".join(f"<row>{row}</row>" for row in rows)
    return packed(TYPES | {
        "xl/workbook.xml": book.encode(),
        "xl/_rels/workbook.xml.rels": related("worksheets/b.xml", "/xl/worksheets/a.xml"),
        "xl/worksheets/a.xml": f'<worksheet xmlns="{MAIN}"/>'.encode(),
        "xl/worksheets/b.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'.encode(),
        "xl/styles.xml": styles.encode(), "xl/sharedStrings.xml": shared.encode(), **more,
    })  # fmt: skip


def slides(**more: bytes) -> bytes:
    drawn = f'xmlns:a="{ECMA}/drawingml/2006/main"'
    order = '<p:sldIdLst><p:sldId r:id="r1"/><p:sldId r:id="r0"/></p:sldIdLst>'
    show = f'<p:presentation xmlns:p="{ECMA}/presentationml/2006/main" xmlns:r="{REL}">{order}</p:presentation>'
    table = "<a:tbl><a:tr><a:tc><a:p><a:t>Old</a:t></a:p></a:tc><a:tc><a:p><a:t>New</a:t></a:p></a:tc></a:tr></a:tbl>"
    return packed(TYPES | {
        "ppt/presentation.xml": show.encode(),
        "ppt/_rels/presentation.xml.rels": related("slides/1.xml", "slides/2.xml"),
        "ppt/slides/1.xml": f"<s {drawn}><a:p><a:t>Comes</a:t><a:br/><a:t>second</a:t></a:p></s>".encode(),
        "ppt/slides/2.xml": f"<s {drawn}><a:p><a:t>Comes first</a:t></a:p>{table}</s>".encode(), **more,
    })  # fmt: skip


def open_document(body: str, kind: str = "text", **more: bytes) -> bytes:
    names = f'xmlns:text="{ODF}:text:1.0" xmlns:table="{ODF}:table:1.0"'
    return packed({
        "mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
        "content.xml": f"<a {names}>{body}</a>".encode(),
        "META-INF/manifest.xml": b"<manifest/>", **more,
    })  # fmt: skip


ROWS = (
    '<c t="s"><v>0</v></c><c t="inlineStr"><is><t>Price</t></is></c>',
    '<c t="s"><v>1</v></c><c><v>950.50000000000011</v></c><c s="1"><v>46339</v></c><c s="2"><v>0.38</v></c>',
    '<c t="str"><f>A1</f><v>=not run</v></c><c t="b"><v>1</v></c><c t="e"><v>#DIV/0!</v></c><c s="3"><v>12</v></c><c/>',
)
TABLE = (
    "<table:table table:name='Costs'><table:table-row><table:table-cell table:number-columns-repeated='16000'/>"
    "<table:table-cell><text:p>Bumper</text:p></table:table-cell><table:table-cell><text:p>950,50</text:p>"
    "</table:table-cell></table:table-row></table:table>"
)


@pytest.mark.parametrize(
    ("content", "kind", "lines"),
    [
        (sheets(*ROWS), "xlsx",
         ["Empty", "Costs & more", "Item Price", "Bumper 950.5 2026-11-13 09:07", "=not run TRUE #DIV/0! 12"]),
        (slides(), "pptx", ["Old New", "Comes first", "Comes", "second"]),
        (open_document("<text:h>Claim</text:h><text:p>a<text:tab/>b<text:span>c</text:span>d</text:p>"), "odt",
         ["Claim", "a bcd"]),
        (open_document(TABLE, "spreadsheet"), "ods", ["Costs", "Bumper 950,50"]),
        (open_document("<text:p>Slide</text:p>", "presentation"), "odp", ["Slide"]),
    ],
    ids=["xlsx", "pptx", "odt", "ods", "odp"],
)  # fmt: skip
def test_an_office_document_is_known_and_gives_its_text(content: bytes, kind: str, lines: list[str]) -> None:
    found = kind_of(content)
    assert isinstance(found, Kind) and found.key == kind
    assert text_of(content, kind, 1).pages[0].text.splitlines() == lines


def of_1904(content: bytes) -> bytes:
    import io

    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    book = parts["xl/workbook.xml"].replace(b"<sheets>", b'<workbookPr date1904="1"/><sheets>')
    return packed(parts | {"xl/workbook.xml": book})


def test_a_day_is_the_same_day_in_a_spreadsheet_of_a_mac() -> None:
    text = text_of(of_1904(sheets('<c s="1"><v>44877</v></c>')), "xlsx", 1).pages[0].text
    assert text.splitlines()[-1] == "2026-11-13"


LINK = b'<externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (sheets(**{"xl/vbaProject.bin": b"x"}), "macros"), (sheets(**{"xl/macrosheets/sheet1.xml": b"<a/>"}), "macros"),
        (sheets(**{"xl/externalLinks/externalLink1.xml": LINK}), "macros"),
        (slides(**{"ppt/vbaProject.bin": b"x"}), "macros"),
        (open_document("", **{"Basic/Standard/Module1.xml": b"<a/>"}), "macros"),
        (open_document("", **{"META-INF/manifest.xml": b"<manifest:encryption-data/>"}), "encrypted"),
        (open_document("", "database"), "office"), (packed(TYPES | {"visio/document.xml": b"<a/>"}), "office"),
        (packed({"mimetype": b"application/epub+zip", "content.xml": b"<a/>"}), "archive"),
    ],
)  # fmt: skip
def test_what_would_run_or_cannot_be_opened_is_refused(content: bytes, code: str) -> None:
    found = kind_of(content)
    assert not isinstance(found, Kind) and found.code == code and found.message.endswith(".")


def damaged(content: bytes) -> bytes:
    """One bit of its first packed part is another."""
    at = content.index(b"xl/workbook.xml") + 40
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (sheets('<c t="s"><v>99</v></c>'), "xlsx"), (sheets('<c t="s"><v>x</v></c>'), "xlsx"),
        (sheets('<c s="1"><v>nan</v></c>', "<c><v>one</v></c>"), "xlsx"), (damaged(sheets()), "xlsx"),
        (sheets(**{"xl/_rels/workbook.xml.rels": related("../../../etc/passwd", "b")}), "xlsx"),
        (sheets(**{"xl/sharedStrings.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "xlsx"),
        (packed(TYPES | {"ppt/presentation.xml": b"<a/>"}), "pptx"),
        (open_document("<text:span>" * 150_000), "odt"), (b"PK\x03\x04", "ods"),
    ],
)  # fmt: skip
def test_what_is_wrong_inside_is_a_sentence(content: bytes, kind: str) -> None:
    with pytest.raises(Unreadable) as told:
        text_of(content, kind, 1)
    assert str(told.value).endswith(".")


def test_text_that_is_deep_is_read_without_falling() -> None:
    deep = "<text:span>" * 5_000 + "deep" + "</text:span>" * 5_000
    assert text_of(open_document(f"<text:p>{deep}</text:p>"), "odt", 1).pages[0].text == "deep"
