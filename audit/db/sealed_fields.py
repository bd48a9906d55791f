"""How does a column of a model that may hold sealed content read as what was sealed, and who seals it?

A column that names the way to its case (`of`) is sealed as its row is saved, as the case itself is kept; one of what
belongs to no case yet (`shared`), under a key of that name. `QuerySet.update` passes both by, so give it what `as_kept`
makes. The others are sealed by who writes them (`audit.sealed_values`). What is read is opened here; where the key is
gone a sentence stands in its place, so that one row spoils no list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from audit.sealed_values import (
    beside,
    bytes_beside,
    matched,
    opened_match_or_words,
    opened_or_not,
    opened_text_or_words,
    opened_value_or_words,
    subject_of_kind,
    subject_with_key,
    value_beside,
)

if TYPE_CHECKING:
    _Bytes = models.BinaryField[bytes | memoryview, bytes]
    _Text = models.TextField[str, str]
    _Field = models.Field[Any, Any]
else:
    _Bytes, _Text, _Field = models.BinaryField, models.TextField, object


class _Sealing(_Field):
    """`of`: the way from a row to the number of its root case, by attributes. `shared`: whose key seals
    what has none."""

    stored = ""

    def __init__(self, *args: Any, of: str = "", shared: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of, self.shared = of, shared

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, f"django.db.models.{self.stored}", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return self.as_kept(model_instance, super().pre_save(model_instance, add))

    def as_kept(self, row: models.Model, value: Any) -> Any:
        """A value as it is kept in this column of the row."""
        number = self._case_of(row) if self.of else None
        subject = subject_with_key(number) if number else subject_of_kind(self.shared)
        return self.sealed_under(subject, value) if subject and value is not None else value

    def sealed_under(self, subject: str, value: Any) -> Any:
        raise NotImplementedError

    def _case_of(self, row: object) -> int | None:
        number: Any = row
        for name in self.of.split("."):
            number = None if number is None else getattr(number, name)
        return None if number is None else int(number)


class SealedBytes(_Sealing, _Bytes):
    """Bytes that may be sealed. Where the key is gone they are read as they are kept."""

    stored = "BinaryField"

    def sealed_under(self, subject: str, value: Any) -> Any:
        return bytes_beside(subject, bytes(value))

    def from_db_value(self, value: Any, expression: object, connection: object) -> bytes | None:
        return None if value is None else opened_or_not(bytes(value))


class SealedText(_Sealing, _Text):
    """Text that is sealed as its row is saved. `max_length` is looked at by whoever takes a text in."""

    stored = "TextField"

    def sealed_under(self, subject: str, value: Any) -> Any:
        return beside(subject, value)

    def from_db_value(self, value: Any, expression: object, connection: object) -> Any:
        return None if value is None else opened_text_or_words(value)


class MatchedText(SealedText):
    """Text by which the rows of all cases are found: the same one is always sealed alike, under the key of its kind
    (`shared`), and looked for as `audit.sealed_values.alike` says. `of` tells whose it is."""

    def as_kept(self, row: models.Model, value: Any) -> Any:
        subject = subject_of_kind(self.shared)
        return matched(subject, value) if subject and value is not None else value

    def from_db_value(self, value: Any, expression: object, connection: object) -> Any:
        return None if value is None else opened_match_or_words(value)


class SealedJSON(_Sealing, models.JSONField):
    """JSON of which some values may be sealed (`matched`); all of it where it names the way to its case."""

    stored = "JSONField"

    def sealed_under(self, subject: str, value: Any) -> Any:
        return value_beside(subject, value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = opened_value_or_words(super().from_db_value(value, expression, connection))
        return [] if self.default is list and not isinstance(found, list) else found


def as_kept(row: models.Model, **values: Any) -> dict[str, Any]:
    """What `QuerySet.update` is given for this row, sealed as saving it would."""
    fields = {name: row._meta.get_field(name) for name in values}
    return {
        name: field.as_kept(row, values[name]) if isinstance(field, _Sealing) else values[name]
        for name, field in fields.items()
    }


def sealed_fields(model: type[models.Model]) -> dict[str, str]:
    """The columns of a table that saving a row seals, each with the way to the root case as a query writes it."""
    found = (field for field in model._meta.concrete_fields if isinstance(field, _Sealing) and field.of)
    return {field.name: field.of.replace(".", "__") for field in found}
