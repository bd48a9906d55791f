"""How much of an upload is held? As much as the largest file that is read; the rest is let go by unseen."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from casework.studio.upload_archive import MOST_UPLOADED
from orchestration.documents.kinds import LARGEST

FOR_DOCUMENTS: Final = "/documents/"
"""How the addresses end that take documents of cases."""
MOST_TOGETHER: Final = 3 * LARGEST
"""Bytes of all files of a request; of those behind nothing is held, so that they are refused as too large."""


class BoundedUpload(FileUploadHandler):
    """Keeps a file in memory up to the largest size and one byte: whoever reads it then sees that it is too large."""

    _together = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._held = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._held.write(raw_data[: max(0, self._most() + 1 - start)])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self._together += self._held.tell()
        self._held.seek(0)
        return InMemoryUploadedFile(
            self._held, self.field_name, self.file_name or "", self.content_type or "", self._held.getbuffer().nbytes,
            self.charset, self.content_type_extra,
        )  # fmt: skip

    def _most(self) -> int:
        if self.request is None or not self.request.path.endswith(FOR_DOCUMENTS):
            return MOST_UPLOADED
        return max(0, min(LARGEST, MOST_TOGETHER - self._together))
