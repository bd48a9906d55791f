"""How does a document of a case get read by Azure AI Document Intelligence?

The kind `document-intelligence`, a second actor of `read-document`: the document is sent (202, with the place of the
operation), and looked after until it is read. It leaves this machine whole: what is more secret than the actor's card
allows is not sent. Where a worker dies in the middle it is read again: that costs a second reading
and changes nothing.
"""

from __future__ import annotations

import json
import time
from typing import Any, Final
from urllib.parse import urlencode

from orchestration.actors import call
from orchestration.actors.capability import shipped
from orchestration.actors.contract import ActorError, Answer
from orchestration.actors.hosts.client import Bounds, Got, Sent, WireFault, following, origin
from orchestration.actors.hosts.register import listed_hosts
from orchestration.actors.kinds.document_intelligence.file import CAPABILITY, azure_of, connector_of
from orchestration.actors.kinds.document_intelligence.wire import Strange, count_of_words, fields_of
from orchestration.actors.kinds.http_connector.actor import HttpConnector, sent
from orchestration.actors.kinds.http_connector.answer import TEMPORARY, retry_after, scope_of
from orchestration.actors.kinds.http_connector.request import Request, base_address, signed
from orchestration.actors.kinds.reader.passing import passing
from orchestration.documents.asked import AskedOf, Content, content_of_case

Json = Any

DECLINES: Final = {
    400: "it does not take the document", 401: "it does not accept our key", 403: "it does not let us ask this",
    404: "it does not know the model or the version of its API", 413: "the document is too large for it",
}  # fmt: skip
LOOK_EVERY: Final = 1.0
"""Seconds between two looks where the service does not say how many."""
LONGEST_WAIT: Final = 20.0


class DocumentIntelligenceActor(HttpConnector):
    """Gives `{document, pages, sure, fields}`; `sure` is that of the least sure field."""

    read = staticmethod(connector_of)

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        """Raises ActorError (not temporary) for a file that is not sound."""
        super().__init__(key, version, artefact)
        self.file = azure_of(artefact or b"")
        contract = shipped()[CAPABILITY]
        self.input_schema: dict[str, Json] = dict(contract.input or {})
        self.output_schema: dict[str, Json] = dict(contract.output or {})

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        """Have a document of the case whose work this is read. Raises ActorError."""
        about = call.current()
        content = content_of_case(AskedOf(about.case, input.get("document")), about.actor)
        until = time.monotonic() + min(self.connector.timeout, about.limit.total_seconds())
        body = self._analysed(self._begun(content, until, idempotency_key), until, idempotency_key)
        return self._told(content, body)

    def _told(self, content: Content, body: Json) -> Answer:
        try:
            fields, words = fields_of(body), count_of_words(body)
        except Strange as strange:
            raise ActorError(str(strange), temporary=False) from None
        about = {"document": content.document, "pages": content.pages}
        fields = passing(about, fields)
        sure = min((one["sure"] for one in fields.values()), default=0.0)
        output = {**about, "sure": sure, "fields": fields}
        reader = f"{self.file.model} {self.file.api_version}"
        return Answer(output, sure, {"reader": reader}, {"pages": min(content.pages, self.file.pages), "words": words})

    def _begun(self, content: Content, until: float, key: str) -> str:
        """Where to look after the reading. Raises ActorError."""
        query = {"api-version": self.file.api_version}
        if content.kind in ("pdf", "tiff"):
            query["pages"] = f"1-{min(content.pages, self.file.pages)}"
        path = f"/documentintelligence/documentModels/{self.file.model}:analyze?{urlencode(query)}"
        base = (base_address(self.connector.server) + "".join(map(str, self.connector.url))).rstrip("/")
        headers = {"Content-Type": "application/octet-stream", "Accept": "application/json"}
        got = self._got(signed(self.connector.auth, Sent("POST", base + path, headers, content.content), key), until)
        if got.status != 202:
            raise declined(got)
        try:
            place = following(got.url, got.headers.get("operation-location", ""))
        except WireFault as fault:
            raise ActorError(str(fault), temporary=False) from None
        if origin(place) != origin(got.url):
            raise ActorError("The result would be another system's: it is not asked for.", temporary=False)
        return place

    def _analysed(self, place: str, until: float, key: str) -> Json:
        """The analysis, when it is done. Raises ActorError."""
        while True:
            got = self._got(signed(self.connector.auth, Sent("GET", place, {"Accept": "application/json"}), key), until)
            if got.status != 200:
                raise declined(got)
            body = _json(got)
            match body.get("status"):
                case "succeeded":
                    return body
                case "notStarted" | "running":
                    wait = min(retry_after(got) or LOOK_EVERY, LONGEST_WAIT)
                case _:
                    raise ActorError("The service could not read the document.", temporary=False, code="unreadable")
            if time.monotonic() + wait > until:
                raise ActorError("The service was not done with the document in time.", temporary=True)
            time.sleep(wait)

    def _got(self, request: Request, until: float) -> Got:
        bounds = Bounds(max(until - time.monotonic(), 0.1), self.connector.most_bytes, 0)
        got = sent(request, listed_hosts(), bounds, repeatable=True)
        scope_of(got, None, request.secrets, repeatable=True)  # refuses an answer that holds our key
        return got


def declined(got: Got) -> ActorError:
    """What a status other than success stands for; reading again changes nothing, so that it may be tried again."""
    if got.status in TEMPORARY:
        return ActorError(f"The service answered {got.status}.", temporary=True, after=retry_after(got))
    why = DECLINES.get(got.status, "which is no answer")
    return ActorError(f"The service answered {got.status}: {why}.", temporary=False)


def _json(got: Got) -> dict[str, Json]:
    try:
        found = json.loads(got.content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ActorError("Its answer is not what its type says.", temporary=True)
    return found
