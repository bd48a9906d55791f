"""How does a column of a model that may hold sealed bytes read as what was sealed?

Whoever writes seals (`audit.sealed_values`), since only they know whose the content is; what is read is opened here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from audit.sealed_values import opened_or_not, opened_value

if TYPE_CHECKING:
    _Bytes = models.BinaryField[bytes | memoryview, bytes]
else:
    _Bytes = models.BinaryField


class SealedBytes(_Bytes):
    """Bytes that may be sealed. Where the key is gone they are read as they are kept: one row spoils no list."""

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs

    def from_db_value(self, value: Any, expression: object, connection: object) -> bytes | None:
        return None if value is None else opened_or_not(bytes(value))


class SealedJSON(models.JSONField):
    """JSON of which some values may be sealed (`matched`)."""

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return opened_value(super().from_db_value(value, expression, connection))
