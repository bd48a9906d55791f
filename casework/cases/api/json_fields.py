"""Which fields of the API's shapes are JSON as it is?"""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers as s


@extend_schema_field(OpenApiTypes.ANY)
class AnyField(s.JSONField):
    """Any JSON value."""


@extend_schema_field({"type": "object", "additionalProperties": {}})
class ObjectField(s.JSONField):
    """A JSON object; anything else is refused."""

    default_error_messages = {"object": "This has to be a JSON object."}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("object")
        return data
