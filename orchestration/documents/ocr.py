"""What does a picture of a page say?

Runs in the child only. PP-OCR models (Apache-2.0) that come inside the wheel of rapidocr, on ONNX Runtime, one thread.
"""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from PIL import Image
from rapidocr import RapidOCR

from orchestration.documents import pages
from orchestration.documents.words import Box, Page, Word, in_lines, packed, split

Json = Any
WIDTH: Final = 1_400
"""Pixels in which a page is read: smaller print is lost below, and nothing is gained above."""
TALLEST: Final = 4_000
LEAST_SURE: Final = 0.45
SETTINGS: Final = {
    "Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}  # fmt: skip
_engine: list[RapidOCR] = []


def prepare() -> None:
    """Load the models and read an empty page, so that nothing is left to be loaded."""
    pages.prepare()
    cv2.setNumThreads(1)
    engine = RapidOCR(params=dict(SETTINGS))
    blank = np.full((120, 320, 3), 255, np.uint8)
    cv2.putText(blank, "Total 12.50", (10, 70), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (0, 0, 0), 2)
    engine(blank)
    _engine.append(engine)


def read(content: bytes, order: dict[str, Json]) -> tuple[dict[str, Json], bytes]:
    """These pages (`order["pages"]`), read as pictures."""
    if order["kind"] == "pdf":
        with pages.opened_pdf(content) as document:
            found = [_read(pages.page_drawn(document, number, WIDTH), number) for number in order["pages"]]
    else:
        found = []
        for number in order["pages"]:
            with pages.opened_picture(content) as picture:
                found.append(_read(pages.picture_drawn(picture, number, WIDTH), number))
    return {"pages": [packed(page) for page in found]}, b""


def _read(drawn: Image.Image, number: int) -> Page:
    drawn.thumbnail((WIDTH, TALLEST))
    told: Any = _engine[0](np.asarray(drawn)[:, :, ::-1])
    if told.boxes is None or told.txts is None:
        return Page(number, (), "ocr")
    words: list[Word] = []
    for corners, text, sure in zip(told.boxes, told.txts, told.scores, strict=True):
        if sure >= LEAST_SURE:
            words += split(text, _box(corners, drawn.width, drawn.height), float(sure))
    return Page(number, in_lines(words), "ocr")


def _box(corners: Any, wide: int, high: int) -> Box:
    across, down = [float(x) / wide for x, _ in corners], [float(y) / high for _, y in corners]
    return Box(*(min(max(edge, 0.0), 1.0) for edge in (min(across), min(down), max(across), max(down))))
