"""How many pages has a document, and how does one look?

Runs in the child only. PDF by PDFium (pypdfium2), pictures by Pillow; a page is drawn as WebP in the width asked for.
"""

from __future__ import annotations

import encodings.idna
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, Final

import PIL.JpegImagePlugin
import PIL.PngImagePlugin
import PIL.TiffImagePlugin
import PIL.WebPImagePlugin
import pypdfium2 as pdfium
from PIL import Image, ImageFile, ImageOps

from orchestration.documents.confined import Unreadable

Json = Any
MOST_PAGES: Final = 1_000
MOST_PIXELS: Final = 60_000_000
"""Of a picture: a sheet of A4 at 800 dots an inch."""
WIDEST: Final = 14_400.0
"""Points of a page's side, as PDF allows (ISO 32000, annex C)."""
FORMATS: Final = ("PNG", "JPEG", "TIFF", "WEBP")
LOADED: Final = (
    encodings.idna, PIL.JpegImagePlugin, PIL.PngImagePlugin, PIL.TiffImagePlugin, PIL.WebPImagePlugin,
)  # fmt: skip


def prepare() -> None:
    """Load what opens files or libraries, while that is still possible."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.new("RGB", (8, 8)).save(BytesIO(), "WEBP", quality=80)
    blank = pdfium.PdfDocument.new()
    blank.new_page(10, 10).render(scale=1).to_pil()


def look(content: bytes, order: dict[str, Json]) -> tuple[dict[str, Json], bytes]:
    """How many pages there are; a document that cannot be shown is refused here."""
    if order["kind"] == "pdf":
        with opened_pdf(content) as document:
            return {"pages": len(document)}, b""
    with opened_picture(content) as picture:
        return {"pages": getattr(picture, "n_frames", 1)}, b""


def draw(content: bytes, order: dict[str, Json]) -> tuple[dict[str, Json], bytes]:
    """A page (from 1) in a width (pixels), as WebP."""
    number, width = order["page"], order["width"]
    if order["kind"] == "pdf":
        with opened_pdf(content) as document:
            drawn = page_drawn(document, number, width)
    else:
        with opened_picture(content) as picture:
            drawn = picture_drawn(picture, number, width)
    out = BytesIO()
    drawn.save(out, "WEBP", quality=82, method=2)
    return {"width": drawn.width, "height": drawn.height}, out.getvalue()


@contextmanager
def opened_pdf(content: bytes) -> Iterator[pdfium.PdfDocument]:
    """The document. Raises Unreadable."""
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise Unreadable("This PDF is encrypted. Save it without a password.", "encrypted") from None
        raise Unreadable("This PDF is damaged: it cannot be opened.", "damaged") from None
    try:
        if len(document) > MOST_PAGES:
            raise Unreadable(f"This document has more than {MOST_PAGES:,} pages. Send it in parts.", "too-many-pages")
        if not len(document):
            raise Unreadable("This PDF has no pages.", "damaged")
        yield document
    finally:
        document.close()


def page_drawn(document: pdfium.PdfDocument, number: int, width: int) -> Image.Image:
    """A page as it is printed, `width` pixels wide (less where it is very high)."""
    page = document[number - 1]
    wide, high = page.get_size()
    if not (0 < wide <= WIDEST and 0 < high <= WIDEST):
        raise Unreadable("This page has no size that can be shown.", "damaged")
    scale = min(width / wide, 4 * width / high)
    drawn: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil()
    return drawn.convert("RGB")


@contextmanager
def opened_picture(content: bytes) -> Iterator[Image.Image]:
    """The picture, of a size that can be held. Raises Unreadable."""
    try:
        picture = Image.open(BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unreadable("This picture is far too large when it is opened.", "bomb") from None
    except Exception:
        raise Unreadable("This picture is damaged: it cannot be opened.", "damaged") from None
    if getattr(picture, "n_frames", 1) > MOST_PAGES:
        raise Unreadable(f"This document has more than {MOST_PAGES:,} pages. Send it in parts.", "too-many-pages")
    yield picture


def picture_drawn(picture: Image.Image, number: int, width: int) -> Image.Image:
    """A page of a picture, turned as its camera says, at most `width` pixels wide."""
    if number > 1:
        picture.seek(number - 1)
    if picture.width * picture.height > MOST_PIXELS:
        raise Unreadable("This picture is far too large when it is opened.", "bomb")
    turned = ImageOps.exif_transpose(picture).convert("RGB")
    turned.thumbnail((width, 4 * width))
    return turned
