"""How is Tryton spoken to? By its own JSON-RPC over HTTP, as its clients do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from http.client import HTTPConnection, HTTPException
from typing import Any, Final
from urllib.parse import urlsplit

Json = Any
PATIENCE: Final = 120.0
"""Seconds: longer than any call takes, so that what is asked again was not still being done."""
USER: Final = "admin"


class Unreachable(Exception):
    """Tryton does not answer."""


class Refused(Exception):
    """Tryton answers that it does not do this; the text is its own."""


class Erp:
    """A session with one database. Threads may share it."""

    def __init__(self, address: str, database: str, password: str) -> None:
        self.host = urlsplit(address).netloc
        self.database, self._password, self._cookie = database, password, ""
        self.context: dict[str, Json] = {}

    def signs_in(self) -> bool:
        """Whether it lets us in. Raises Unreachable."""
        status, headers, _ = self._post("session/login", "common.db.login", [USER, {"password": self._password}])
        cookies = [part.split(";")[0] for part in headers]
        self._cookie = "; ".join(cookies)
        return status == 200

    def call(self, method: str, *given: Json) -> Json:
        """What a method gives. Raises Unreachable, Refused."""
        for again in (True, False):
            status, _, answer = self._post("rpc/", method, [*map(sent, given), self.context])
            if status in (401, 403) and again:
                self.signs_in()
                continue
            break
        if status != 200:
            raise Unreachable(f"status {status}")
        if isinstance(answer, dict) and answer.get("error"):
            raise Refused(str(answer["error"][1] if len(answer["error"]) > 1 else answer["error"])[:300])
        return read(answer["result"] if isinstance(answer, dict) and "result" in answer else answer)

    def create(self, model: str, **values: Json) -> int:
        """The number of the record that was made."""
        return int(self.call(f"model.{model}.create", [values])[0])

    def find(self, model: str, domain: Sequence[Json], *names: str, most: int | None = None) -> list[dict[str, Json]]:
        """The records that fit, with these fields."""
        found: list[dict[str, Json]] = self.call(
            f"model.{model}.search_read", list(domain), 0, most, [["id", "ASC"]], list(names)
        )
        return found

    def does(self, model: str, button: str, *numbers: int) -> None:
        """Press a button of these records."""
        self.call(f"model.{model}.{button}", list(numbers))

    def _post(self, path: str, method: str, parameters: list[Json]) -> tuple[int, list[str], Json]:
        connection = HTTPConnection(self.host, timeout=PATIENCE)
        body = json.dumps({"id": 1, "method": method, "params": parameters})
        headers = {"Content-Type": "application/json", "Cookie": self._cookie}
        try:
            connection.request("POST", f"/{self.database}/{path}", body, headers)
            answer = connection.getresponse()
            content = answer.read()
            cookies = answer.headers.get_all("Set-Cookie") or []
            return answer.status, cookies, json.loads(content) if answer.status == 200 else None
        except (OSError, HTTPException, ValueError) as error:
            raise Unreachable(str(error)) from error
        finally:
            connection.close()


def sent(value: Json) -> Json:
    """A value in Tryton's JSON, which names sums and days."""
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": str(value)}
    if isinstance(value, date):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    if isinstance(value, dict):
        return {name: sent(below) for name, below in value.items()}
    return [sent(below) for below in value] if isinstance(value, list | tuple) else value


def read(value: Json) -> Json:
    """A value out of Tryton's JSON."""
    if isinstance(value, dict):
        if value.get("__class__") == "Decimal":
            return Decimal(value["decimal"])
        return {name: read(below) for name, below in value.items()}
    return [read(below) for below in value] if isinstance(value, list) else value
