"""How much of an upload is held? As much as the largest file that is read; the rest is let go by unseen."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from casework.studio.upload_archive import MOST_UPLOADED


class BoundedUpload(FileUploadHandler):
    """Keeps a file in memory up to `MOST_UPLOADED` and one byte: whoever reads it then sees that it is too large."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._held = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._held.write(raw_data[: max(0, MOST_UPLOADED + 1 - start)])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self._held.seek(0)
        return InMemoryUploadedFile(
            self._held, self.field_name, self.file_name or "", self.content_type or "", self._held.getbuffer().nbytes,
            self.charset, self.content_type_extra,
        )  # fmt: skip
