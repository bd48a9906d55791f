"""Do the decisions of a case come out again as its history says? In a capsule, without the product.

    python rerun.py CAPSULE.zip

Each decision by rules is evaluated anew from the rules of the version and the inputs that the event has, with the
engine in the capsule; Python 3.11 and its standard library are all that it needs. It does not ask machines again (an
answer of a model is no rule), and not where an input is withheld from whoever took the capsule. It ends with 0 where
all came out the same, with 1 where one did not, with 2 where there was nothing to run, or where the capsule cannot be
read. Whether the capsule is as it was made, the verifier beside this file says.
"""

from __future__ import annotations

import json
import os
import sys
import types
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

MADE = "engine.DecisionEvaluated"
EVENTS, TOLD = "evidence.jsonl", "history.jsonl"
SEALED = "CWS1"
"""How a content begins that is kept sealed: what it says stands in the history beside it."""
SAME, APART, WITHHELD, GONE = "the same", "apart", "withheld", "without their rules"


def main(path: str) -> int:
    """Print what came of each kind, and each decision that came out otherwise."""
    sys.path.insert(0, os.path.join(path, "engine"))  # from inside the archive
    sys.modules.setdefault("orjson", _json_of_python())
    counts = dict.fromkeys((SAME, APART, WITHHELD, GONE), 0)
    wrong = ""
    try:
        with zipfile.ZipFile(path) as capsule:
            for sequence, said in outcomes(capsule):
                counts[said] += 1
                if said in (APART, GONE):
                    sys.stdout.write(f"event {sequence}: {said}\n")
    except Exception as error:  # what was damaged fails in many ways, and each of them is an answer
        why = (error.strerror if isinstance(error, OSError) else None) or repr(error)
        wrong = f"{path!r} cannot be read as a capsule: {why}.\n"
    sys.stdout.write(", ".join(f"{count} {said}" for said, count in counts.items()) + "\n")
    sys.stdout.write(wrong)
    if wrong:
        return 2
    return 1 if counts[APART] or counts[GONE] else 0 if counts[SAME] else 2


def outcomes(capsule: zipfile.ZipFile) -> Iterator[tuple[int, str]]:
    """Each decision of the history, by the number of its event."""
    models: dict[str, dict[str, Any]] = {}
    told = {said["event"]: said["detail"] for said in map(json.loads, capsule.read(TOLD).splitlines())}
    for line in capsule.read(EVENTS).splitlines()[1:-1]:
        event = json.loads(line)
        sequence, action, at, version, body = event[1], event[2], event[6], event[7], event[13]
        if action == MADE:
            if version not in models:
                models[version] = _models(capsule, version)
            if body is None:
                yield sequence, WITHHELD
                continue
            detail = told[sequence] if body.startswith(SEALED) else json.loads(body)
            yield sequence, _again(models[version], detail, at)


def _models(capsule: zipfile.ZipFile, version: str) -> dict[str, Any]:
    from orchestration.engine.compile_decisions import compile_decisions

    folder = f"models/{version.replace(' v', '-v')}/"
    names = [name for name in capsule.namelist() if name.startswith(folder) and name.endswith(".dmn")]
    return compile_decisions({name.removeprefix(folder): capsule.read(name) for name in names}, [])


class _Inputs:
    def __init__(self, inputs: dict[str, Any]) -> None:
        self.inputs = inputs

    def json_or_null(self, name: str) -> Any:
        return self.inputs.get(name)


def _again(models: dict[str, Any], detail: dict[str, Any], at: str) -> str:
    from orchestration.engine.decisions import decide

    model = models.get(detail["decision"])
    if model is None:
        return GONE
    moment = datetime.fromisoformat(at).astimezone(UTC)
    anew = decide(model, detail["decision"], _Inputs(detail["inputs"]), moment)
    made = (anew.output, list(anew.hits), list(anew.problems))
    kept = (detail["output"], list(detail["hits"]), list(detail.get("problems", ())))
    return SAME if json.dumps(made, sort_keys=True) == json.dumps(kept, sort_keys=True) else APART


def _json_of_python() -> types.ModuleType:
    """What the engine asks of a faster library, by the standard one."""
    module = types.ModuleType("orjson")

    def dumps(value: Any, default: Any = None, option: int | None = None) -> bytes:
        return json.dumps(value, default=default, separators=(",", ":"), ensure_ascii=False).encode()

    fragment = type("Fragment", (), {})
    vars(module).update(dumps=dumps, loads=json.loads, JSONDecodeError=ValueError, Fragment=fragment)
    options = "OPT_SORT_KEYS OPT_INDENT_2 OPT_NON_STR_KEYS OPT_APPEND_NEWLINE OPT_PASSTHROUGH_SUBCLASS"
    vars(module).update(dict.fromkeys(options.split(), 0))
    return module


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("python rerun.py CAPSULE.zip")
    raise SystemExit(main(sys.argv[1]))
