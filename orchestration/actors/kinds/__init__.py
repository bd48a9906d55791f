"""Which machine actors are there, and how does one get hold of one?

`load` gives an actor of a registered kind, made once for each (key, version) in a process. A kind's module, and the
libraries that it needs, are imported when its first actor is made: a web process never pays for them.
"""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name
from threading import Lock

from orchestration.actors.contract import Actor, ActorError, Answer, version_of

__all__ = ["KINDS", "Actor", "ActorError", "Answer", "load", "version_of"]

Artefact = bytes | Path | Callable[[], bytes] | None

KINDS = {  # kind -> what makes an actor of (key, version, artefact bytes or None)
    "a2a": "orchestration.actors.kinds.remote_agent.actor:RemoteAgentActor",
    "agent": "orchestration.actors.kinds.agent.actor:AgentActor",
    "case-kind": "orchestration.actors.kinds.text_model.case_kind:CaseKindActor",
    "clauses": "orchestration.actors.kinds.clauses.actor:ClausesActor",
    "document-intelligence": "orchestration.actors.kinds.document_intelligence.actor:DocumentIntelligenceActor",
    "external": "orchestration.actors.kinds.external:make",
    "gist": "orchestration.actors.kinds.reader.gist:GistActor",
    "http": "orchestration.actors.kinds.http_connector.actor:HttpConnector",
    "intent": "orchestration.actors.kinds.text_model.intent:IntentActor",
    "code": "orchestration.actors.kinds.code.actor:CodeActor",
    "mcp": "orchestration.actors.kinds.tool_server.actor:PinnedToolActor",
    "knowledge": "orchestration.actors.kinds.knowledge.actor:KnowledgeActor",
    "support": "orchestration.actors.kinds.knowledge.actor:SupportActor",
    "language-model": "orchestration.actors.kinds.language_model.actor:LanguageModelActor",
    "outline-check": "orchestration.actors.kinds.outline_check.actor:OutlineCheckActor",
    "money-flows": "orchestration.actors.kinds.moneyflows.actor:MoneyFlowsActor",
    "score": "orchestration.actors.kinds.score.actor:ScoreActor",
    "recommender": "orchestration.actors.kinds.recommender.actor:RecommenderActor",
    "reader": "orchestration.actors.kinds.reader.actor:ReaderActor",
    "sentiment": "orchestration.actors.kinds.text_model.sentiment:SentimentActor",
    "served-model": "orchestration.actors.kinds.served_model.actor:ServedModel",
    "soap": "orchestration.actors.kinds.soap.actor:SoapConnector",
    "sql": "orchestration.actors.kinds.sql.actor:SqlConnector",
    "watchlist": "orchestration.actors.kinds.watchlist.actor:WatchlistActor",
}

FETCHED = frozenset({"external"})
"""Kinds whose work is fetched by workers outside, rather than called here."""

ASKS_ITSELF = frozenset({"agent"})
"""Kinds that ask a person before each of their actions where the rules want it, rather than with their answer."""

ANSWERS_ONLY = frozenset(
    {
        "intent",
        "case-kind",
        "sentiment",
        "score",
        "code",
        "served-model",
        "language-model",
        "outline-check",
        "clauses",
        "recommender",
        "knowledge",
        "support",
        "watchlist",
        "money-flows",
    }
)
"""Kinds that do nothing but answer: they can be tried on a job without anything happening outside."""

REHEARSED = frozenset({"http", "soap", "sql", "mcp", "agent"})
"""Kinds that act, and that can say what they would do without doing it: golden cases hold them to that."""

ONLY = {
    "intent": "intent",
    "sentiment": "sentiment",
    "case-kind": "case-kind",
    "document-intelligence": "read-document",
    "reader": "read-document",
    "gist": "read-gist",
    "outline-check": "check-outline",
}
"""Kinds whose actors can do one thing, and no other."""

PREPARE = (
    "orchestration.actors.kinds.text_model.embedding:load",
    "orchestration.actors.kinds.text_model.sentiment:load",
)

KEPT = 16  # actors a process holds at once; a model of 77 labels takes about 120 kB
_loaded: OrderedDict[tuple[str, str], Actor] = OrderedDict()
_lock = Lock()


def load(key: str, version: str, artefact: Artefact) -> Actor:
    """The actor `key` (its kind, or `kind.name`) in this version; `artefact` is read only when it is not yet held.

    Raises ActorError (not temporary) for an unknown kind and for an artefact that is not what its version says.
    """
    with _lock:
        actor = _loaded.get((key, version)) or _make(key, version, artefact)
        _loaded[key, version] = actor
        _loaded.move_to_end((key, version))
        while len(_loaded) > KEPT:
            _loaded.popitem(last=False)
        return actor


def health(kind: str, version: str, artefact: Artefact) -> str | None:
    """Why an actor cannot do its work now, a sentence; empty where it can; None where its kind cannot tell.

    Asks what the actor depends on, within seconds, and changes nothing.
    """
    try:
        ask = getattr(load(kind, version, artefact), "health", None)
        return None if ask is None else str(ask())
    except ActorError as error:
        return str(error)


def is_fetched(kind: str) -> bool:
    return kind in FETCHED


def asks_itself(kind: str) -> bool:
    return kind in ASKS_ITSELF


def prepare() -> None:
    """Load what the kinds need to run, in a process that will do their work or fork into such processes."""
    for name in PREPARE:
        resolve_name(name)()


def _make(key: str, version: str, artefact: Artefact) -> Actor:
    kind = key.partition(".")[0]
    if kind not in KINDS:
        raise ActorError(f"There is no kind of actor named {kind!r}.", temporary=False)
    content = _content(artefact)
    if content is not None and version_of(content) != version:
        raise ActorError(f"The artefact of {key} is not version {version}: it was changed.", temporary=False)
    actor: Actor = resolve_name(KINDS[kind])(key, version, content)
    return actor


def _content(artefact: Artefact) -> bytes | None:
    if isinstance(artefact, Path):
        return artefact.read_bytes()
    return artefact() if callable(artefact) else artefact
