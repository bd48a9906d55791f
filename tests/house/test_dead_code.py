"""Is there code that nothing uses?

vulture looks for names that are defined and never read. Templates use names, too, and frameworks call what they know by
its name or its decorator; what only tests use counts as dead.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from vulture import Vulture

ROOT: Final = Path(__file__).parents[2]
PRODUCT: Final = ("audit", "casework", "orchestration")
CALLED_BY_FRAMEWORKS: Final = [
    "Meta", "*Config", "*ObjectPermission", "Command", "add_arguments", "post", "get", "form_valid",
    "to_representation",
    "to_internal_value", "_keep_our_logging", "dump", "receive_data_chunk", "file_complete", "IntentActor",
    "SentimentActor", "HttpConnector", "start_item", "VerifiedHead", "CheckpointedHead", "_maybe_scale",
    "process_*", "NothingElse", "_save", "get_available_name", "create_state", "authorize", "pf",
    "map_serializer", "clean_*", "model_fault", "do_GET", "do_POST", "do_PATCH", "log_message", "handle_*",
    "WorkerScheme", "TokenScheme", "authenticate", "authenticate_header",
    "get_security_definition", "get_cache_key", "select_renderer", "select_parser",
    "file_fault", "recommender_fault", "get_help_text", "ignore_aliases",
    "ServedModel", "SoapConnector", "SqlConnector", "DocumentIntelligenceActor",
]  # fmt: skip
"""Of Django, REST framework, Celery, psycopg, mfmock, what describes the API; kinds of actors, verbs of scenarios."""
DECORATORS: Final = [
    "@register.*",
    "@shared_task*",
    "@receiver*",
    "@built_in*",
    "@rule*",
    "@added*",
    "@el*",
    "@*.connect*",
]
WAITING: Final = {
    "the rule editor checks cells, overlaps and gaps with them": {
        "columns_of", "publishable", "read_row", "with_cell", "with_row", "without_row", "intervals", "validate",
        "why_not", "table_in",
    },
    "tests look at what is stored with them": {"data_of", "replay", "first_break"},
    "what is read is kept with it, once each door says so": {"record_access"},
}  # fmt: skip
"""What nothing uses yet, with what it is there for."""
NAMED_IN: Final = (
    "casework/settings.py",
    "casework/access/password_setup.py",
    "casework/urls.py",
    "orchestration/actors/kinds/__init__.py",
    "pyproject.toml",
)
"""Files that name what is called in a text."""
KINDS: Final = ("function", "class", "method", "property", "import", "unreachable_code")
"""Fields are left out: those of models, answers and settings are read by their name only."""
WORD: Final = re.compile(r"\w+")


def test_everything_that_is_there_is_used() -> None:
    spoken = {word for page in (ROOT / "templates").rglob("*.html") for word in WORD.findall(page.read_text())}
    spoken |= {word for path in NAMED_IN for word in WORD.findall((ROOT / path).read_text())}
    allowed = set().union(*WAITING.values())
    finder = Vulture(ignore_names=CALLED_BY_FRAMEWORKS, ignore_decorators=DECORATORS)
    finder.scavenge([ROOT / folder for folder in PRODUCT], exclude=["*/migrations/*"])
    dead = [item for item in finder.get_unused_code() if item.typ in KINDS and item.name not in spoken | allowed]
    assert not dead, "\n".join(f"{item.filename.relative_to(ROOT)}:{item.first_lineno} {item.name}" for item in dead)
