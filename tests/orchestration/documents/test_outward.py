"""What an office document would start or fetch when it is opened is refused; what only a click does is taken."""

from __future__ import annotations

from time import process_time

import pytest

from orchestration.documents.kinds import Kind, kind_of
from orchestration.documents.outward import is_elsewhere
from tests.orchestration.documents.papers import word
from tests.orchestration.documents.test_office import open_document, sheets, slides

TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "xl/worksheets/b.xml"
LINK = "xl/externalLinks/externalLink1.xml"
ASKS = "<table:table-cell table:formula='of:=WEBSERVICE([.A1])'/>"
BY_DDE = "<table:table-cell table:formula='of:=DDE(&quot;soffice&quot;;A1;A2)'/>"
LINKED = "<table:table><table:table-source HREF='http://example.org/a.ods'/></table:table>"
EVENT = "<script:event-listener xmlns:script='s' HREF='vnd.sun.star.script:a?language=Basic'/>"
DATA = "<svg xmlns:xlink='x'><image xlink:href='data:image/png;base64,AA'/></svg>"
ODF = "xmlns:xlink='http://www.w3.org/1999/xlink'"


def outside(kind: str, target: str) -> bytes:
    one = f"<Relationship Id='r9' Type='{TYPE}/{kind}' Target='{target}' TargetMode='External'/>"
    return f"<Relationships>{one}</Relationships>".encode()


def formula(text: str) -> bytes:
    return sheets(f"<c><f>{text}</f><v>1</v></c>")


def field(*pieces: str) -> bytes:
    runs = "".join(f"<w:r><w:instrText>{one}</w:instrText></w:r>" for one in pieces)
    end = "<w:r><w:fldChar w:fldCharType='{}'/></w:r>"
    body = f"<w:document xmlns:w='w'>{end.format('begin')}{runs}{end.format('separate')}</w:document>"
    return word(**{"word/footer1.xml": body.encode()})


def related(kind: str, target: str) -> bytes:
    return word(**{"word/_rels/settings.xml.rels": outside(kind, target)})


def drawn(text: str, kind: str = "text") -> bytes:
    return open_document(text.replace("HREF", f"{ODF} xlink:href"), kind)


FETCHES = {
    "a formula that asks a server": formula('WEBSERVICE("http://127.0.0.1/")'),
    "one under its full name": formula('1+_xlfn.WEBSERVICE (A1)'),
    "one with letters by number": formula("&#87;EB<!-- -->SERVICE(A1)"),
    "one behind a quote in a name": formula("'a\"'!A1+WEBSERVICE(A1)&amp;\"\""),
    "one in UTF-16": sheets(**{SHEET: "<worksheet><f>WEBSERVICE(A1)</f></worksheet>".encode("utf-16")}),
    "one behind much space": sheets(**{SHEET: b" " * 90_000 + b"<worksheet><f>WEBSERVICE(A1)</f></worksheet>"}),
    "one as a name": sheets(**{"xl/more": b"<workbook><definedName name='a'>IMAGE(A1)</definedName></workbook>"}),
    "a sheet of a server": formula("'http://127.0.0.1/[a.xlsx]b'!A1"),
    "a linked workbook, bare": sheets(**{LINK: b"<externalLink/>"}),
    "a connection": sheets(**{"xl/connections.xml": b"<connections><connection id='1'/></connections>"}),
    "a template of a server": related("attachedTemplate", "https://example.org/a.dotm"),
    "a template of a share": related("attachedTemplate", r"file:///\\\\host\a.dotm"),
    "a picture of a server": related("image", "http://example.org/a.png"),
    "an object of a server": related("oleObject", "http://example.org/a.html!x-usc:"),
    "a film on a slide": slides(**{"ppt/slides/_rels/1.xml.rels": outside("video", "https://example.org/a.mp4")}),
    "a page within": word(**{"word/a": b"<w:document xmlns:w='w'><w:altChunk/></w:document>"}),
    "a field in pieces": field("INCLUDE", 'PICTURE "https://example.org/', 'a.png" \\d'),
    "a field told by another": field("INCLUDEPICTURE "),
    "a picture in a text": drawn("<draw:image xmlns:draw='d' HREF='http://example.org/a.png'/>"),
    "a linked sheet": drawn(LINKED, "spreadsheet"),
    "a formula of OpenDocument": drawn(ASKS, "spreadsheet"),
}  # fmt: skip
STARTS = {
    "a field for DDE": field("DDE", 'AUTO c:\\\\windows\\\\cmd.exe "/k calc"'),
    "a formula for DDE": formula("cmd|'/c calc'!A0"),
    "one of OpenDocument": drawn(BY_DDE, "spreadsheet"),
    "a source by DDE": drawn("<office:dde-source xmlns:office='o'/>", "spreadsheet"),
    "a server of data": formula('RTD("a.b",,"c")'),
    "a script at an event": drawn(EVENT),
}  # fmt: skip
TAKEN = {
    "a hyperlink": related("hyperlink", "https://example.org/"),
    "a formula for one": formula('HYPERLINK("https://example.org/","IMAGE(1)|x!")'),
    "a text like a formula": sheets('<c t="inlineStr"><is><t>WEBSERVICE("http://a/")</t></is></c>'),
    "a sheet with such a name": formula("'IMAGE (1)'!A1"),
    "a template of this machine": related("attachedTemplate", r"file:///C:\Users\anna\Letter.dotm"),
    "a field for a hyperlink": field('HYPERLINK "https://example.org/"'),
    "a field for a file of this machine": field(r'LINK Excel.Sheet.12 "C:\\\\a\\\\b.xlsx" "Sheet1!R1C1:R2C2"'),
    "a link in a text": drawn("<text:p><text:a HREF='https://example.org/'>a</text:a></text:p>"),
    "a picture in it": drawn("<draw:image xmlns:draw='d' HREF='Pictures/1.png'/>"),
    "a picture in a drawing": word(**{"word/media/a.svg": DATA.encode()}),
    "rows of numbers": drawn("<table:table-cell table:formula='of:=SUM({1;2|3;4})'/>", "spreadsheet"),
    "what is damaged": sheets(**{SHEET: b"<worksheet><f>1</g>"}),
}  # fmt: skip


@pytest.mark.parametrize(
    ("what", "code"), [*((one, "fetches") for one in FETCHES), *((one, "macros") for one in STARTS)]
)
def test_what_calls_out_or_starts_something_is_refused(what: str, code: str) -> None:
    found = kind_of((FETCHES | STARTS)[what])
    assert not isinstance(found, Kind) and found.code == code and found.message.endswith(".")


@pytest.mark.parametrize("what", TAKEN)
def test_what_happens_by_a_click_only_or_is_here_is_taken(what: str) -> None:
    assert isinstance(kind_of(TAKEN[what]), Kind)


def test_names_that_stand_for_text_are_not_let_through() -> None:
    hidden = b"<!DOCTYPE a [<!ENTITY b 'WEBSERVICE(A1)'>]><worksheet><f>&b;</f></worksheet>"
    found = kind_of(sheets(**{SHEET: hidden}))
    assert not isinstance(found, Kind) and found.code == "bomb"


@pytest.mark.parametrize(("address", "elsewhere"), [
    ("file:////host/a", True), ("//host/a", True), ("\\\\host\\a", True), ("file://host/a", True),
    ("smb://host/a", True),
    ("file:///%5C%5Chost%5Ca", True), ("HTTP:a", True), (" https://a", True), ("", False), ("a/b.docx", False),
    ("C:\\a", False), ("file:///C:/a", False), ("file:///home/a", False), ("/home/a", False), ("#A1", False),
])  # fmt: skip
def test_elsewhere_is_what_is_not_on_this_machine(address: str, elsewhere: bool) -> None:
    assert is_elsewhere(address) is elsewhere


def test_a_large_spreadsheet_is_looked_at_in_seconds() -> None:
    cells = "".join(f"<c r='A{at}'><f>SUM(A1:A{at})</f><v>{at}</v></c>" for at in range(100_000))
    began = process_time()
    assert isinstance(kind_of(sheets(cells)), Kind) and process_time() - began < 5
