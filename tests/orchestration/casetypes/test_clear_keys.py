"""A model that would write a restricted value where messages are compared, in clear, is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.casetypes.clear_keys import clear_key_faults
from orchestration.engine.compile_models import compiled
from orchestration.privacy.classification import classify

MODEL = (Path(__file__).parents[1] / "models" / "trade.bpmn").read_text()


def faults(key: str, **fields: str) -> list[str]:
    said = {name: {"type": "string", "x-classification": level} for name, level in fields.items()}
    schema = {"x-classification": "public", "properties": {**said, "customer": {"properties": said}}}
    model = MODEL.replace('correlationKey="=number"', f'correlationKey="{key}"')
    return clear_key_faults(compiled({"trade.bpmn": model.encode()}), classify(schema))


@pytest.mark.parametrize(
    ("key", "read"),
    [("=iban", "iban"), ("=customer.iban", "customer.iban"), ("=customer", "customer.iban"),
     ("=upper case(customer . iban) + number", "customer.iban"), ("=iban.last", "iban")],
)  # fmt: skip
def test_a_key_that_reads_a_restricted_field_is_named_with_it(key: str, read: str) -> None:
    assert all(f"reads {read}, which is restricted" in one for one in faults(key, iban="restricted", number="internal"))
    assert len(faults(key, iban="restricted", number="internal")) >= 2


@pytest.mark.parametrize("key", ["=number", "=customer.number", '=number + "-1"'])
def test_any_other_key_is_taken(key: str) -> None:
    assert faults(key, iban="restricted", number="confidential") == []
