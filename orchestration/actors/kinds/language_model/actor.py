"""How does a language model answer a job?

The kind `language-model`: its artefact is a file with server, model, prompt and form (`docs/language-models.md`).
`pydantic-ai` makes the requests and reads the answers (`gateway`); they go by our own client all the same, because only
that one calls listed hosts alone, keeps secrets out of everything, and ends within its time.

An answer that has not its form is sent back with what is wrong, a few times at most. All rounds share one time limit,
and every one of them is paid for, also where no answer comes of it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from orchestration.actors import call
from orchestration.actors.contract import ActorError, Answer
from orchestration.actors.hosts.addresses import Listed
from orchestration.actors.hosts.client import Bounds, Got, Sent
from orchestration.actors.hosts.register import listed_hosts
from orchestration.actors.kinds.http_connector.actor import HttpConnector, Unsent, sent
from orchestration.actors.kinds.http_connector.answer import retry_after, scope_of
from orchestration.actors.kinds.http_connector.request import Request, base_address, signed
from orchestration.actors.kinds.language_model.file import MILLION, LanguageModel, connector_of, language_of
from orchestration.actors.kinds.language_model.port import Port, Said, Strange, Turn
from orchestration.actors.kinds.language_model.reading import Fault, read
from orchestration.privacy.pseudonyms import pseudonym

Json = Any

TEMPORARY: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
DECLINES: Final = {
    401: "it does not accept our key", 403: "it does not let us ask this", 404: "it does not know the address or model",
    413: "the request is too long for it", 400: "it does not take the request", 422: "it does not take the request",
}  # fmt: skip
FILTERED: Final = b'"content_filter"'
"""The code of an error of Azure OpenAI: the request was one that its filter of contents stops."""
NOT_TAKEN: Final = re.compile(rb'"param"\s*:\s*"(max_tokens|max_completion_tokens|temperature|seed|response_format)"')
"""The part of our request that a server of OpenAI's shape says it does not take; never a text of its own."""
BYTES_A_TOKEN: Final = 3
FEWEST: Final = 1000
"""Tokens in that a server may count beside those that we sent: its own wrapping."""
OBJECTION: Final = "Your last answer was not taken: {} Answer again."


@dataclass(slots=True)
class Spent:
    """What the rounds of one call came to so far.

    `doubtful`: a count of the server's that cannot be, or is missing. `left`: whether words went out.
    """

    rounds: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    doubtful: bool = False
    left: bool = False

    def add(self, model: LanguageModel, size: int, said: Said) -> None:
        """`size`: the bytes of the request."""
        self.rounds += 1
        self.tokens_in += self._believed(said.tokens_in, size // BYTES_A_TOKEN, size + FEWEST)
        self.tokens_out += self._believed(said.tokens_out, len(said.text) // BYTES_A_TOKEN, model.most_tokens)

    def _believed(self, told: int | None, estimate: int, most: int) -> int:
        """A count that may be true; no text has more tokens than bytes, and no answer more than were allowed."""
        if told is not None and told <= most:
            return told
        self.doubtful = True
        return min(estimate, most)

    def cost(self, model: LanguageModel) -> Decimal | None:
        if model.price is None:
            return None
        each_in, each_out = model.price
        return (each_in * self.tokens_in + each_out * self.tokens_out) / MILLION

    def usage(self) -> dict[str, Json]:
        return {
            "calls": self.rounds, "input_tokens": self.tokens_in, "output_tokens": self.tokens_out,
            "units": self.tokens_in + self.tokens_out,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Talk:
    """One call: its words so far, and what it may still take. `until`: of the monotonic clock.

    `digest`: of the words before anything is to be mended; what is wrong with an answer is told after them.
    """

    port: Port
    digest: str
    system: str
    turns: list[Turn]
    key: str
    until: float
    spent: Spent = field(default_factory=Spent)


class LanguageModelActor(HttpConnector):
    """An actor that asks a language model, as its file says."""

    read = staticmethod(connector_of)

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        """Raises ActorError (not temporary) for a file that is not sound."""
        super().__init__(key, version, artefact)
        self.model = language_of(artefact or b"")
        self.canaries = (self.model.prompt.canary,)

    def run(self, input: dict[str, Any], *, idempotency_key: str, form: Mapping[str, Json] | None = None) -> Answer:
        """Ask, and have it mend its answer as often as the file says. Raises ActorError.

        `form`: the schema to which the server is asked to keep in this call, where that is narrower than the file's;
        what comes back is held against the file's all the same.
        """
        talk = self._talk(input, idempotency_key, form)
        try:
            return self._answered(talk)
        except ActorError as error:
            error.cost = talk.spent.cost(self.model)
            error.detail = self._told(talk) if talk.spent.left else None
            raise

    def shown(self, input: Json, key: str) -> dict[str, Json]:
        """The first request that it would send, with its secrets as dots. Raises ActorError."""
        talk, made = self._talk(input, key), list[Request]()

        def look(content: bytes, named: Mapping[str, str]) -> Json:
            made.append(self._request(talk, content, named))
            raise ActorError("It was only looked at.", temporary=False)

        with suppress(ActorError):
            talk.port.ask(talk.system, talk.turns, look)
        return made[0].shown()

    def words_for(self, input: Json, form: Mapping[str, Json] | None = None) -> tuple[str, str]:
        """The instructions and the question, before anything is mended."""
        model = self.model
        told = (form or model.output) if model.typed != "schema" else None
        return model.prompt.instructions(input, told), model.prompt.question(input)

    @staticmethod
    def digest_of(system: str, question: str) -> str:
        """What is kept of the words that were sent: keyed, so that nobody finds them by trying."""
        return "hmac:" + pseudonym("prompt", f"{system}\0{question}".encode())

    def _talk(self, input: Json, key: str, form: Mapping[str, Json] | None = None) -> Talk:
        about, (system, question) = call.current(), self.words_for(input, form)
        digest = self.digest_of(system, question)
        if about.objection:
            question += "\n\n" + OBJECTION.format(about.objection)
        port = _port_to(self.model, form or self.model.output)
        until = time.monotonic() + min(self.model.connector.timeout, about.limit.total_seconds())
        return Talk(port, digest, system, [("user", question)], key, until)

    def _answered(self, talk: Talk) -> Answer:
        fault = Fault("", "")
        for _ in range(self.model.repairs + 1):
            said = self._said(talk)
            if said.ended == "refused":
                raise ActorError("The model declined to answer.", temporary=False)
            found = read(said, self.model.output)
            if not isinstance(found, Fault):
                return self._answer(found, said, talk)
            fault = found
            talk.turns.extend([("assistant", said.text or "(nothing)"), ("user", OBJECTION.format(fault.to_model))])
        times = f"{talk.spent.rounds} times over" if talk.spent.rounds > 1 else "and it may not mend it"
        raise ActorError(f"The model's answer had not its form, {times}. {fault.to_people}", temporary=False)

    def _said(self, talk: Talk) -> Said:
        """What the model says in this round, counted."""
        size, listed = 0, listed_hosts()  # read here: no row may be read in the event loop of the library

        def deliver(content: bytes, named: Mapping[str, str]) -> Json:
            nonlocal size
            size = len(content)
            return self._delivered(self._request(talk, content, named), listed, talk)

        try:
            said = talk.port.ask(talk.system, talk.turns, deliver)
        except Strange as strange:
            raise ActorError(str(strange), temporary=True) from None
        talk.spent.add(self.model, size, said)
        return said

    def _delivered(self, request: Request, listed: tuple[Listed, ...], talk: Talk) -> Json:
        """The body of the answer to a request. Raises ActorError for whatever is no success."""
        bounds = self._bounds(talk)
        try:
            got = sent(request, listed, bounds, repeatable=True)
        except ActorError as error:
            talk.spent.left |= not isinstance(error, Unsent)
            raise
        talk.spent.left = True
        body = scope_of(got, None, request.secrets, repeatable=True)["body"]  # refused where it holds a secret
        if got.status != 200:
            raise declined(got)
        return body

    def _bounds(self, talk: Talk) -> Bounds:
        left = talk.until - time.monotonic()
        if left <= 0:
            raise ActorError("The model did not give a usable answer within its time.", temporary=True)
        return Bounds(left, self.model.connector.most_bytes, 0)

    def _request(self, talk: Talk, content: bytes, named: Mapping[str, str]) -> Request:
        """The request with this body: to the file's address, with no header but these."""
        model, connector = self.model, self.model.connector
        url = base_address(connector.server) + "".join(map(str, connector.url))
        url += f"?api-version={model.api_version}" if model.api_version else ""
        headers = {
            "Content-Type": "application/json", "Accept": "application/json", **named,
            "Idempotency-Key": f"{talk.key}-{talk.spent.rounds + 1}",
        }  # fmt: skip
        return signed(connector.auth, Sent("POST", url, headers, content), talk.key)

    def _answer(self, output: dict[str, Json], said: Said, talk: Talk) -> Answer:
        sure = output.get("confidence")
        detail = self._told(talk) | {"answered_by": said.model, "request": said.id}
        if talk.spent.doubtful:
            detail["count_of_tokens"] = "estimated here: the server's count is missing, or cannot be"
        certain = float(sure) if isinstance(sure, int | float) and not isinstance(sure, bool) else None
        return Answer(output, certain, detail, talk.spent.usage(), talk.spent.cost(self.model))

    def _told(self, talk: Talk) -> dict[str, Json]:
        """What the ledger keeps of what was asked, whether an answer came or not."""
        model = self.model
        return {
            "model": model.model, "temperature": model.temperature, "seed": model.seed, "rounds": talk.spent.rounds,
            "sent": talk.digest,
        }  # fmt: skip


def declined(got: Got) -> ActorError:
    """What a status other than success stands for."""
    if got.status in TEMPORARY:
        return ActorError(f"The model's server answered {got.status}.", temporary=True, after=retry_after(got))
    if got.status == 400 and FILTERED in got.content:
        return ActorError("The model's server filters what it was asked, and gave no answer.", temporary=False)
    if got.status == 400 and (found := NOT_TAKEN.search(got.content)):
        told = f"it does not take {found[1].decode()} as its file has it sent (reasoning, seed, typed)"
        return ActorError(f"The model's server answered 400: {told}.", temporary=False)
    why = DECLINES.get(got.status, "which is no answer")
    return ActorError(f"The model's server answered {got.status}: {why}.", temporary=False)


def _port_to(model: LanguageModel, form: Mapping[str, Json]) -> Port:
    """The way to this model, which is asked to keep to this form. What it needs is loaded here, with the first call and
    before its time begins."""
    from orchestration.actors.kinds.language_model.gateway import Gateway

    return Gateway(model, form)
