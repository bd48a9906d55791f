"""Which calls do workers outside make? Fetch work, keep it, and bring what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any, Final

from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from casework.actors.api import long_polls
from casework.actors.api import worker_requests as requests
from casework.actors.api import worker_shapes as shapes
from casework.actors.api.worker_door import WorkerView, token_in
from casework.actors.pictures import LARGEST, picture_keep
from casework.web.api.docs import described, example
from casework.web.api.errors import error, refusal
from orchestration.actors.contract import Answer
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import bringing, fetching, leases
from orchestration.jobs.bringing import REPAIR, Brought

NOT_TAKEN: Final = frozenset({REPAIR, "stopped"})
"""What became of a job, where its worker's result did not go into the case (409)."""
REFUSED: Final = {"unknown": 404, "foreign": 403}
DONE: Final = (example("It goes on", shapes.OUTCOME, "200"),)


class FetchView(WorkerView):
    @described(
        "Fetch work", {200: shapes.Fetched}, 400, request=requests.Fetch, tags=["workers"],
        examples=(
            example("One at a time", {"most": 1, "wait": 30, "lease": 60, "worker": "bot-1"}, request=True),
            example("A job", shapes.FETCHED, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Each job is yours until its lease ends. Nothing is given out of an actor that is stopped."""
        given = requests.Fetch.body(request)
        token = token_in(request)
        handed = fetching.fetch(token, fetching.Wanted(
            given["most"], given["lease"], tuple(given["capabilities"]), given["worker"], given["request"]
        ))  # fmt: skip
        if not handed and given["wait"]:
            long_polls.wait_for_more(request, token.actor.key, given["wait"])
        return Response(shapes.Fetched({"jobs": [_job(one) for one in handed]}).data)


class ExtendView(WorkerView):
    @described(
        "Keep a job longer", {200: shapes.Extended}, 400, 403, 404, 409, request=requests.Extend, tags=["workers"],
        examples=(
            example("A minute more", {"lease": 60}, request=True), example("Yours until", shapes.EXTENDED, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request, lease: str) -> Response:
        """From now on; a lease never gets shorter by it. Do so while you work, well before it ends."""
        given = requests.Extend.body(request)
        until = leases.extend(token_in(request), lease, given["lease"], given["request"])
        return _refused(until) if isinstance(until, Refused) else Response(
            shapes.Extended({"lease": lease, "until": until}).data
        )  # fmt: skip


class CompleteView(WorkerView):
    @described(
        "Bring a result", {200: shapes.Outcome}, 400, 403, 404, 409, request=requests.Complete,
        tags=["workers"],
        examples=(example("Typed in", {"output": {"entry": "G-1042"}}, request=True), *DONE),
    )  # fmt: skip
    def post(self, request: Request, lease: str) -> Response:
        """The same twice counts once and has one answer. 409 `repair`: a guardrail asks for another one, once."""
        given = requests.Complete.body(request)
        answer = Answer(given["output"], given["confidence"], given["detail"], given["usage"], given["cost"])
        return _brought(request, lease, Brought(answer))


class FailView(WorkerView):
    @described(
        "Say that it failed", {200: shapes.Outcome}, 400, 403, 404, 409, request=requests.Fail, tags=["workers"],
        examples=(
            example("Tried again", {"error": "The system is being updated.", "temporary": True}, request=True), *DONE,
        ),
    )  # fmt: skip
    def post(self, request: Request, lease: str) -> Response:
        """What may pass is tried again after a pause, by whom the rules choose then; else a person has to look."""
        given = requests.Fail.body(request)
        return _brought(request, lease, Brought(None, given["error"], given["temporary"], given["after"]))


class ErrorView(WorkerView):
    @described(
        "Report a business error", {200: shapes.Outcome}, 400, 403, 404, 409, request=requests.BusinessError,
        tags=["workers"],
        examples=(example("It is known there", {"code": "already-paid"}, request=True), *DONE),
    )  # fmt: skip
    def post(self, request: Request, lease: str) -> Response:
        """The error event of this code in the model leads on; where there is none, a person has to look."""
        given = requests.BusinessError.body(request)
        message = given["message"] or f"The worker reports {given['code']}."
        return _brought(request, lease, Brought(None, message, code=given["code"]))


class PictureParser(BaseParser):
    """A picture as it is, bounded by its own limit."""

    media_type = "image/png"

    def parse(  # type: ignore[override]  # what is parsed is no mapping
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return stream.read(LARGEST + 1)


class PicturesView(WorkerView):
    parser_classes = [PictureParser]

    @described(
        "Keep a picture", {200: shapes.Kept}, 400, 403, 404, 409, request=None, tags=["workers"],
        examples=(example("Its name", shapes.KEPT, "200"),),
    )  # fmt: skip
    def post(self, request: Request, lease: str) -> Response:
        """A PNG (`Content-Type: image/png`) of what you typed, with the case; name it in the detail of your result."""
        token = token_in(request)
        found = leases.found_lease(token, lease)
        if isinstance(found, Refused):
            return _refused(found)
        content = request.data if isinstance(request.data, bytes) else b""
        if len(content) > LARGEST:
            return _refused(Refused("invalid", f"A picture has at most {LARGEST:,} bytes."))
        if not leases.is_held(found, clock.utc_now()):
            return _refused(leases.late())
        name = picture_keep(found.job.instance_id, content)
        return _refused(name) if isinstance(name, Refused) else Response(shapes.Kept({"picture": name}).data)


def _brought(request: Request, lease: str, brought: Brought) -> Response:
    told = bringing.bring(token_in(request), lease, brought)
    if isinstance(told, Refused):
        return _refused(told)
    if told["state"] in NOT_TAKEN:
        return error(409, told["state"], told["message"])
    return Response(shapes.Outcome(told).data)


def _refused(refused: Refused) -> Response:
    status = REFUSED.get(refused.code)
    return refusal(refused) if status is None else error(status, refused.code, refused.message)


def _job(handed: fetching.Handed) -> dict[str, Any]:
    job = handed.job
    return {
        "lease": handed.lease.key, "job": job.idempotency_key, "capability": job.capability, "step": job.name,
        "input": handed.value, "attempt": job.attempts, "priority": job.priority, "until": handed.lease.until,
        "limit": handed.limit, "objection": handed.lease.objection,
    }  # fmt: skip
