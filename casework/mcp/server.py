"""What does the MCP server answer? The tools, a call of each, and where a case that was started stands.

Built on the official SDK (`mcp`, MIT). It keeps nothing between two requests: what there is to keep is in the case.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp_types.jsonrpc import INVALID_PARAMS
from pydantic import ConfigDict

from casework.cases.read.agent_work import UNTOLD
from casework.mcp import case_task
from casework.mcp.calls import UNKNOWN, Answer, Api
from casework.mcp.case_task import Form, Signed
from casework.mcp.tools import START, Call, Json, Tool

Context = ServerRequestContext[Any, Any]
PROFILE: Final = Call("get", "/api/views/", {}, None)
"""A call that costs little and that everybody signed in may make: whose token it is, is looked at by it."""
CHANGED: Final = "What you were shown has changed since, or was decided. Ask for the task again, then decide."
AMISS: Final = "Correct what `errors` names and call it again."
TOLD: Final = (
    "Cases of a company: tasks for people, their data, their history. You act as the person whose token you carry, and "
    "see what they may see. Read a task before you complete it; its form says which answers it takes."
)


class TaskParams(types.RequestParams):
    task_id: str


class UpdateParams(TaskParams):
    input_responses: dict[str, dict[str, Any]] = {}


class Given(types.Result):
    """A result whose shape belongs to an extension."""

    model_config = ConfigDict(extra="allow")

    @classmethod
    def of(cls, kind: str, **fields: Any) -> Given:
        """With `resultType`, which says whose shape it is: `complete` or `task`."""
        return cls.model_validate({"resultType": kind, **fields})


def server(api: Api, offered: Sequence[Tool], version: str) -> Server[Any]:
    """The server for one request, which asks the API as whoever sent it."""
    by_name = {tool.name: tool for tool in offered}

    async def list_tools(context: Context, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        _must(await api.ask(PROFILE))
        return types.ListToolsResult(tools=[_described(tool) for tool in offered])

    async def call_tool(context: Context, params: types.CallToolRequestParams) -> Any:
        tool = by_name.get(params.name)
        if tool is None:
            raise MCPError(INVALID_PARAMS, f"There is no tool {params.name!r}. `tools/list` names those that are.")
        if amiss := tool.amiss(params.arguments or {}):
            return _result(Answer(400, {"code": "invalid", "message": AMISS, "errors": amiss}))
        answer = _known(await api.ask(tool.call(params.arguments or {})))
        if tool.name == START and answer.ok and _follows(context):
            return Given.of("task", **await _stands(api, answer.content["id"]))
        return _result(answer)

    async def get_task(context: Context, params: TaskParams) -> Given:
        return Given.of("complete", **await _stands(api, _case(params)))

    async def update_task(context: Context, params: UpdateParams) -> Given:
        case = _case(params)
        asked = {key: await _asked_for(api, case, key) for key in params.input_responses}
        for key, response in params.input_responses.items():
            await _respond(api, asked[key], response)
        return Given.of("complete")

    async def cancel_task(context: Context, params: TaskParams) -> Given:
        _case(params)
        raise MCPError(INVALID_PARAMS, "A case is not ended from here. Who may end it does so on its page.")

    built: Server[Any] = Server(
        "casewright", version=version, title="Casewright", instructions=TOLD, on_list_tools=list_tools,
        on_call_tool=call_tool, get_tool_input_schema=lambda name: by_name[name].schema if name in by_name else None,
    )  # fmt: skip
    built.extensions = {case_task.EXTENSION: {}}
    _serve(built, "tasks/get", TaskParams, get_task)
    _serve(built, "tasks/update", UpdateParams, update_task)
    _serve(built, "tasks/cancel", TaskParams, cancel_task)
    return built


def _serve(built: Server[Any], method: str, params: Any, handler: Callable[..., Awaitable[Given]]) -> None:
    built.add_request_handler(method, params, handler)


async def _stands(api: Api, case: int) -> Json:
    """Where the case stands, with the forms of the tasks that wait for whoever asks."""
    read = _must(await api.ask(Call("get", f"/api/cases/{case}/", {}, None))).content
    forms = [
        _must(await api.ask(Call("get", f"/api/tasks/{task['id']}/", {}, None))).content
        for task in case_task.waiting(read)
    ]
    return case_task.state(read, forms, [] if read["closed"] else await _approvals(api, case))


async def _approvals(api: Api, case: int) -> list[Json]:
    """What agents want in this case that waits for whoever asks, and that can be decided from what is told."""
    held = _must(await api.ask(Call("get", "/api/proposals/", {}, None))).content["results"]
    here = [one["proposal"] for one in held if one["case"] == case and one["name"] != UNTOLD]
    read = [_must(await api.ask(Call("get", f"/api/proposals/{one}/", {}, None))).content for one in here]
    return [one for one in read if one["seen"]]


async def _asked_for(api: Api, case: int, key: str) -> Form | Signed:
    """The person's task, or what an agent wants, that was asked for under this key of this case."""
    asked = case_task.proposal_in(key) or case_task.form_in(key)
    if asked is None or (await _as_it_is(api, asked))["case"] != case:
        raise MCPError(INVALID_PARAMS, f"{key!r} was not asked for.")
    return asked


async def _as_it_is(api: Api, asked: Form | Signed) -> Json:
    """The task, or what an agent wants, as the API gives it now."""
    path = f"/api/tasks/{asked.task}/" if isinstance(asked, Form) else f"/api/proposals/{asked.proposal}/"
    now: Json = _must(await api.ask(Call("get", path, {}, None))).content
    return now


async def _respond(api: Api, asked: Form | Signed, response: Json) -> None:
    """Complete the task, or decide what an agent wants, with what was answered. Declined: it stays as it is."""
    if response.get("action") != "accept":
        return
    given = response.get("content") or {}
    await (_finish(api, asked, given) if isinstance(asked, Form) else _decide(api, asked, given))


async def _finish(api: Api, form: Form, answers: Json) -> None:
    """Only where what is signed by it is still what was shown: the key names it."""
    seen = (await _as_it_is(api, form))["seen"] if form.seen else ""
    if case_task.digest(seen) != form.seen:
        raise MCPError(INVALID_PARAMS, CHANGED)
    _must(await api.ask(Call("post", f"/api/tasks/{form.task}/complete/", {}, {"answers": answers, "seen": seen})))


async def _decide(api: Api, signed: Signed, given: Json) -> None:
    """Only where what was shown still stands: the key names it."""
    now = await _as_it_is(api, signed)
    if now["digest"] != signed.digest or case_task.digest(now["seen"]) != signed.seen:
        raise MCPError(INVALID_PARAMS, CHANGED)
    said = {"how": given.get("how"), "reason": given.get("reason") or "", "digest": now["digest"], "seen": now["seen"]}
    _must(await api.ask(Call("post", f"/api/proposals/{signed.proposal}/decide/", {}, said)))


def _case(params: TaskParams) -> int:
    case = case_task.case_in(params.task_id)
    if case is None:
        raise MCPError(INVALID_PARAMS, "There is no such task, or you may not see it.")
    return case


def _known(answer: Answer) -> Answer:
    """The answer. Raises MCPError where whoever asks is not known: that is no result of a tool."""
    return _must(answer) if answer.status == UNKNOWN else answer


def _must(answer: Answer) -> Answer:
    """The answer. Raises MCPError with the API's own sentence where it refuses."""
    if not answer.ok:
        raise MCPError(INVALID_PARAMS, str(answer.content.get("message", "")), answer.content)
    return answer


def _follows(context: Context) -> bool:
    """Whether who asks said with this request that it knows tasks; else it gets the plain result."""
    declared = context.session.client_capabilities
    return declared is not None and case_task.EXTENSION in (declared.extensions or {})


def _described(tool: Tool) -> types.Tool:
    hints = types.ToolAnnotations(
        title=tool.title, read_only_hint=tool.only_reads, destructive_hint=False, open_world_hint=False
    )
    return types.Tool(
        name=tool.name, title=tool.title, description=tool.description, input_schema=tool.schema, annotations=hints
    )


def _result(answer: Answer) -> types.CallToolResult:
    """What the API answers, as text and as data; what it refuses, with its sentence, as an error of the tool."""
    text = json.dumps(answer.content, ensure_ascii=False)
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)], structured_content=answer.content,
        is_error=not answer.ok,
    )  # fmt: skip
