"""How does a model that is served elsewhere answer a job? (Open Inference Protocol, version 2, over REST)

The kind `served-model`: its artefact is a file that names server, model and version, and says how the input becomes
tensors and their answer an output. Asking a model again changes nothing, so that every temporary failure may be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from orchestration.actors.hosts.client import Bounds, Sent
from orchestration.actors.hosts.register import listed_hosts
from orchestration.actors.kinds.http_connector.actor import HEALTH_SECONDS, HttpConnector, sent
from orchestration.actors.kinds.http_connector.request import base_address, signed
from orchestration.actors.kinds.served_model.file import served_of

Json = Any


class ServedModel(HttpConnector):
    """A model of another server; its rules read `outputs`: the data of each output by its name."""

    read = staticmethod(served_of)

    def known(self, scope: dict[str, Json]) -> dict[str, Json]:
        return scope | {"outputs": outputs_of(scope["body"])}

    def health(self) -> str:
        """Whether the server says that the model is ready."""
        infer = base_address(self.connector.server) + str(self.connector.url[0])
        for address in (
            infer.partition("/v2/models/")[0] + "/v2/health/ready",
            infer.removesuffix("/infer") + "/ready",
        ):
            request = signed(self.connector.auth, Sent("GET", address), "")
            got = sent(request, listed_hosts(), Bounds(HEALTH_SECONDS), repeatable=True)
            if got.status != 200:
                return f"Its server says that it is not ready ({got.status})."
        return ""


def outputs_of(body: Json) -> dict[str, Json]:
    """The data of each output, flat as the protocol has them, by a name that expressions can read."""
    given = body.get("outputs") if isinstance(body, Mapping) else None
    named = [one for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []
    return {re.sub(r"\W", "_", str(one.get("name", ""))): one.get("data") for one in named}
