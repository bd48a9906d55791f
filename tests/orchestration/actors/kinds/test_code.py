"""A code step computes, and nothing else: no file, no address, no process, no more time or memory than it may have."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from orchestration.actors.contract import ActorError, version_of
from orchestration.actors.kinds import load
from orchestration.actors.kinds.code import sandbox
from orchestration.actors.kinds.code.actor import faults

needs_a_sandbox = pytest.mark.skipif(not sandbox.is_possible(), reason="this machine has no filter of system calls")


def step(code: str, language: str = "python", more: str = "") -> str:
    indented = "\n".join("  " + line for line in code.splitlines())
    return f"capability: compute\nlanguage: {language}\n{more}code: |\n{indented}\n"


def computed(text: str, given: dict[str, Any]) -> Any:
    artefact = text.encode()
    return load("code", version_of(artefact), artefact).run(given, idempotency_key="k").output


def refusal(text: str, given: dict[str, Any] | None = None) -> str:
    with pytest.raises(ActorError) as refused:
        computed(text, given or {})
    assert not refused.value.temporary, "what a script does wrong it does wrong again"
    return str(refused.value)


def test_feel_computes_over_the_input():
    found = computed(step("{total: sum(for line in input.lines return line.amount)}", "feel"), {"lines": [
        {"amount": 2}, {"amount": 40},
    ]})  # fmt: skip
    assert found == {"total": 42}


def test_feel_that_gives_nothing_says_why():
    assert "gives nothing" in refusal(step("input.a / 0", "feel"), {"a": 1})


@needs_a_sandbox
def test_a_script_computes_with_what_the_standard_library_has_for_computing():
    code = "import statistics, decimal\ndef run(input):\n    return {'mean': statistics.mean(input['all'])}"
    assert computed(step(code), {"all": [1, 2, 6]}) == {"mean": 3}


@needs_a_sandbox
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return {'it': open('/etc/hostname').read()}", "Operation not permitted"),
        ("open('left', 'w')", "Operation not permitted"),
        ("import socket\nsocket.create_connection(('127.0.0.1', 80))", "ModuleNotFoundError"),
        ("import _socket\n_socket.socket()", "ModuleNotFoundError|Operation not permitted"),
        ("import os\nos.listdir('/')", "Operation not permitted"),
        ("import os\nos.fork()", "Operation not permitted"),
        ("import os\nos.execv('/bin/sh', ['sh'])", "Operation not permitted"),
        ("import os\nos.kill(1, 0)", "Operation not permitted"),
        ("import subprocess\nsubprocess.run(['id'])", "ModuleNotFoundError|Operation not permitted"),
        ("while True: pass", "more than 1 second of CPU"),
        ("return {'much': 'x' * 10**10}", "more memory"),
        ("print('x' * 10**7)\nreturn {}", "more than 65536 bytes"),
        ("return {'much': 'x' * 10**6}", "more than 65536 bytes"),
        ("return [1, 2]", "no object"),
        ("return {'a': float('nan')}", "not JSON compliant"),
        ("return {'a': {1}}", "not JSON serializable"),
        ("return 1 / 0", r"division by zero \(line 2\)"),
        ("raise SystemExit", "SystemExit"),
        ("import os\nos._exit(0)", "without a result"),
        ("import os\nos.write(1, b'\\xff\\xfe')\nos._exit(0)", "without a result"),
        ("import os\nos.write(1, b'[' * 30000)\nos._exit(0)", "without a result"),
        ("import os\nos.write(1, b'5')\nos._exit(0)", "without a result"),
        ("import os\nos.symlink('/etc/passwd', 'here')", "Operation not permitted"),
        ("return {'it': open('/proc/self/environ').read()}", "Operation not permitted"),
        ("import os\nos.kill(os.getppid(), 9)", "Operation not permitted"),
        ("import _signal\n_signal.signal(24, lambda *_: None)\nwhile True: pass", "CPU|took longer"),
        ("import os\nwhile True: os.write(2, b'x' * 10**6)", "CPU|took longer"),
    ],
)
def test_a_script_that_does_more_than_compute_or_goes_over_a_limit_fails_with_the_reason(body: str, words: str):
    lines = "\n".join("    " + line for line in body.splitlines())
    text = step(f"def run(input):\n{lines}", more="limits: {seconds: 1}\n")
    assert re.search(words, refusal(text)), refusal(text)


@needs_a_sandbox
def test_a_script_sees_nothing_of_the_worker_s_environment():
    assert computed(step("import posix\ndef run(i):\n    return {'n': len(posix.environ)}"), {})["n"] <= 1


@needs_a_sandbox
def test_what_a_script_does_through_the_c_library_is_refused_by_the_kernel():
    code = "import ctypes\ndef run(i):\n    return {'said': ctypes.CDLL(None).system(b'exit 0')}"
    assert computed(step(code), {})["said"] != 0, "no process was started"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("language: python", "'capability' is a required property"),
        (step("x = 1"), "no function run"),
        (step("def run(:"), "line 1"),
        (step("1 +", "feel"), "code:"),
        (step("def run(i): return {}", "cobol"), "'cobol' is not one of"),
        (step("def run(i): return {}", more="input: {type: 5}\n"), "input:"),
        (step("def run(i): return {}", more="input: {pattern: 'a{99999999999999999999}'}\n"), "input: this is no JSON"),
        (step("def run(i): return " + "-" * 40_000 + "1"), "nested too deep"),
        (step("def run(i): return {}", more="input: {not: &a {}, if: *a}\n"), "aliases"),
        ("a: [", "no YAML"),
    ],
)
def test_a_file_that_cannot_be_run_says_why_before_it_becomes_a_version(text: str, words: str):
    assert words in " ".join(faults(text))


@needs_a_sandbox
def test_the_documented_file_computes():
    text = Path(__file__).parents[4].joinpath("docs/connectors.md").read_text("utf-8")
    found = re.search(r"```yaml\n(.*?)```", text.partition("## Code steps")[2], re.DOTALL)
    assert found and computed(found[1], {"lines": [{"amount": 2}, {"amount": 40}]}) == {"total": 42}


def test_where_nothing_keeps_a_script_from_files_and_network_it_is_not_run_and_feel_is(monkeypatch):
    monkeypatch.setattr(sandbox, "is_possible", lambda: False)
    assert "only FEEL runs" in refusal(step("def run(input):\n    return {'a': 1}"))
    assert computed(step("{a: 1}", "feel"), {}) == {"a": 1}
