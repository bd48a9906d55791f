"""What does every call of the API answer with when it could not be carried out?"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s


class Error(s.Serializer[Any]):
    code = s.CharField(help_text="A word for programs.")
    message = s.CharField(help_text="A sentence that says what to do.")
    errors = s.DictField(child=s.CharField(), help_text="For each wrong field, why.")
