"""Papers for tests: made here, so that each says what is in it."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pypdfium2 as pdfium
from PIL import Image


def picture(colour: str = "white", size: tuple[int, int] = (60, 90), kind: str = "PNG") -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def pdf(pages: int = 1, size: tuple[float, float] = (595, 842)) -> bytes:
    """A PDF of empty pages."""
    document = pdfium.PdfDocument.new()
    for _ in range(pages):
        document.new_page(*size)
    out = BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def packed(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", compression) as opened:
        for name, content in parts.items():
            opened.writestr(name, content)
    return out.getvalue()


def word(text: str = "Dear sirs", **more: bytes) -> bytes:
    """A Word document with these paragraphs, a line each."""
    names = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.splitlines())
    body = f'<?xml version="1.0"?><w:document xmlns:w="{names}"><w:body>{paragraphs}</w:body></w:document>'
    return packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": body.encode(), **more})


def email(text: str = "Dear sirs", subject: str = "A complaint") -> bytes:
    return f"From: maria@example.org\r\nTo: bank@example.org\r\nSubject: {subject}\r\n\r\n{text}\r\n".encode()


def written_pdf(*lines: str) -> bytes:
    """A PDF of one page with these lines, written by hand so that its text is text."""
    drawn = " ".join(f"BT /F1 14 Tf 60 {780 - 24 * at} Td ({line}) Tj ET" for at, line in enumerate(lines)).encode()
    parts = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources "
        b"<< /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    return (
        b"%PDF-1.4\n"
        + b"".join(b"%d 0 obj\n%s\nendobj\n" % (at, part) for at, part in enumerate(parts, 1))
        + (b"trailer << /Root 1 0 R >>\n")
    )


def bound(*papers: bytes) -> bytes:
    """One PDF with the pages of these."""
    whole = pdfium.PdfDocument.new()
    for paper in papers:
        whole.import_pages(pdfium.PdfDocument(paper))
    out = BytesIO()
    whole.save(out)
    whole.close()
    return out.getvalue()


def photographed(*lines: str, size: int = 34) -> bytes:
    """A picture of these lines, as a scanner makes it."""
    from PIL import ImageDraw, ImageFont

    paper = Image.new("L", (900, 120 + 60 * len(lines)), 255)
    pen = ImageDraw.Draw(paper)
    for at, line in enumerate(lines):
        pen.text((60, 60 + 60 * at), line, 0, font=ImageFont.load_default(size))
    out = BytesIO()
    paper.save(out, "PNG")
    return out.getvalue()
