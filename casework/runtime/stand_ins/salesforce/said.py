"""In which shape does this API answer? JSON as theirs is; the header of each says that it is a stand-in."""

from __future__ import annotations

import json
from typing import Any

from casework.runtime.stand_ins.answers import Answer
from casework.runtime.stand_ins.salesforce.objects import Wrong

Json = Any


def said(status: int, body: Json, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json;charset=UTF-8", **named})


def refused(wrong: Wrong) -> Answer:
    """An array of errors, each with its code."""
    error: dict[str, Json] = {"message": wrong.message, "errorCode": wrong.code}
    return said(wrong.status, [error | ({"fields": list(wrong.fields)} if wrong.fields else {})])
