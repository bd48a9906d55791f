"""How are documents kept in a bucket of an S3 store?

A storage of Django's over botocore. What the store does wrong is an OSError, as with a folder: silence within seconds,
an error of its own after one more try, a bucket that is not there. Only an object that is not there is
FileNotFoundError.
Each object goes out with its SHA-256, which the store checks before it says that it has it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible

try:
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.session import get_session
except ImportError:
    raise ImproperlyConfigured(
        "Documents are to be kept in an S3 bucket, but the extra `s3` is not installed: "
        ".venv/bin/python -m pip install --require-hashes -r requirements-s3.txt"
    ) from None

CONNECT: Final = 3.0
ANSWER: Final = 10.0
"""Seconds: a person waits, and so does whoever shares the worker."""
TRIES: Final = 2
NOT_THERE: Final = ("NoSuchKey", "404")


@deconstructible
class Bucket(Storage):
    """`endpoint`: of a store of one's own; empty: Amazon's. Keys come from the environment, as all its programs take
    them (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`), or from the machine's role."""

    def __init__(
        self, bucket: str, endpoint: str = "", region: str = "eu-central-1", prefix: str = "", answer: float = ANSWER,
        tries: int = TRIES,
    ) -> None:  # fmt: skip
        self.bucket, self.endpoint, self.region = bucket, endpoint, region
        self.prefix, self.answer, self.tries = prefix.strip("/"), answer, tries

    @cached_property
    def client(self) -> Any:
        """Threads may share it."""
        return get_session().create_client(
            "s3", region_name=self.region, endpoint_url=self.endpoint or None,
            config=Config(
                connect_timeout=min(CONNECT, self.answer), read_timeout=self.answer,
                retries={"total_max_attempts": self.tries, "mode": "standard"},
                s3={"addressing_style": "path" if self.endpoint else "auto"},
            ),
        )  # fmt: skip

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        return ContentFile(self._asked(name, lambda at: self.client.get_object(**at)["Body"].read()), name)

    def _save(self, name: str, content: Any) -> str:
        body = content.read()
        digest = base64.b64encode(sha256(body).digest()).decode()
        self._asked(name, lambda at: self.client.put_object(**at, Body=body, ChecksumSHA256=digest))
        return name

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The same name stands for the same content: it is written over."""
        return name

    def exists(self, name: str) -> bool:
        try:
            self._head(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        return int(self._head(name)["ContentLength"])

    def get_modified_time(self, name: str) -> datetime:
        found: datetime = self._head(name)["LastModified"]
        return found

    def delete(self, name: str) -> None:
        self._asked(name, lambda at: self.client.delete_object(**at))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Folders and files in it; of one that is not there none."""
        below = f"{self._key(path)}/" if self._key(path) else ""

        def pages(_: dict[str, str]) -> list[Any]:
            pager = self.client.get_paginator("list_objects_v2")
            return list(pager.paginate(Bucket=self.bucket, Prefix=below, Delimiter="/"))

        found = self._asked(path, pages)
        folders = [one["Prefix"][len(below) : -1] for page in found for one in page.get("CommonPrefixes", ())]
        return folders, [one["Key"][len(below) :] for page in found for one in page.get("Contents", ())]

    def _head(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self._asked(name, lambda at: self.client.head_object(**at))
        return found

    def _key(self, name: str) -> str:
        return "/".join(part for part in (self.prefix, name.replace("\\", "/").strip("/")) if part and part != ".")

    def _asked(self, name: str, ask: Callable[[dict[str, str]], Any]) -> Any:
        """What the store says of an object. Raises FileNotFoundError, OSError."""
        try:
            return ask({"Bucket": self.bucket, "Key": self._key(name)})
        except ClientError as error:
            if error.response["Error"]["Code"] in NOT_THERE:
                raise FileNotFoundError(name) from None
            raise OSError(f"the store answers {error.response['Error']['Code'][:60]}") from error
        except BotoCoreError as error:
            raise OSError(f"the store does not answer ({type(error).__name__})") from error
