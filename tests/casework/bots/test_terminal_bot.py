"""The bot types on the screens of a mainframe, reads what it says, and never saves twice by itself."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.actors.bundled import CASE_TYPES
from casework.bots.script import TERMINAL, script_of
from casework.bots.terminal import TerminalBot
from casework.runtime.demo_systems.core_server import CoreServer
from casework.worker_client import BusinessError, Failed
from casework.worker_client.jobs import job_of
from tests.casework.bots.mainframe import Mainframe
from tests.casework.worker_client.test_worker import JOB
from tests.chaos.product import free_port

pytest.importorskip("tnz", reason="tnz is not here: pip install '.[bots]'.")

SCRIPT = """
system: tn3270://127.0.0.1:{port}
steps:
  - expect: {{text: GOODWILL ENTRY}}
  - fill: {{at: [3, 12], with: "{{account}}"{refuses}}}
  - fill: {{at: [4, 12], with: "{{amount}}"}}
  - save: enter
  - expect: {{text: "{text}", within: {within}{otherwise}}}
  - read: {{at: [2, 17], length: 10, as: entry}}
"""


@pytest.fixture
def host() -> Iterator[Mainframe]:
    with Mainframe() as found:
        thread = threading.Thread(target=found.serve_forever, daemon=True)
        thread.start()
        yield found
        found.shutdown()
        thread.join(10)


def bot(
    host: Mainframe, text: str = "ENTRY SAVED", within: float = 10, otherwise: str = "", refuses: str = ""
) -> TerminalBot:
    port = host.server_address[1]
    script = SCRIPT.format(port=port, text=text, within=within, otherwise=otherwise, refuses=refuses)
    return TerminalBot(script_of(script, TERMINAL))


def test_it_types_what_the_job_says_and_reads_what_the_host_answers(host: Mainframe) -> None:
    result = bot(host)(job_of(JOB | {"input": {"account": "4711", "amount": 25}}))
    assert host.entries == [["4711", "25"]] and result.output == {"entry": "G-1"}
    steps = result.detail["steps"]
    assert [one["step"].split()[0] for one in steps] == ["expect", "fill", "fill", "save", "expect", "read"]
    assert steps[0]["screen"] != steps[-1]["screen"] and "4711" not in str(steps)


def test_what_the_host_says_no_to_is_a_business_error(host: Mainframe) -> None:
    job = job_of(JOB | {"input": {"account": "0000", "amount": 25}})
    with pytest.raises(BusinessError) as raised:
        bot(host, within=1, otherwise=", otherwise: account-closed")(job)
    assert raised.value.code == "account-closed" and not host.entries


def test_a_screen_that_does_not_come_after_the_saving_is_for_a_person(host: Mainframe) -> None:
    with pytest.raises(Failed, match="keyed in already") as raised:
        bot(host, text="NEVER", within=1)(job_of(JOB | {"input": {"account": "4711", "amount": 25}}))
    assert not raised.value.temporary


@pytest.mark.parametrize("wrong", ["12345678901", "47\u4e2d11"])
def test_what_a_field_does_not_take_whole_is_not_typed_at_all(host: Mainframe, wrong: str) -> None:
    """A terminal would go on in the next field, with the rest of what was typed into this one."""
    job = job_of(JOB | {"input": {"account": wrong, "amount": 25}})
    with pytest.raises(Failed, match="has room for 10|no sign for") as failed:
        bot(host)(job)
    assert not failed.value.temporary and wrong not in str(failed.value)
    with pytest.raises(BusinessError) as refused:
        bot(host, refuses=", otherwise: not-entered")(job)
    assert refused.value.code == "not-entered" and not host.entries


def test_a_place_that_is_no_field_is_said(host: Mainframe) -> None:
    script = f"system: tn3270://127.0.0.1:{host.server_address[1]}\nsteps: [fill: {{at: [1, 12], with: x}}]"
    with pytest.raises(Failed, match="no field to type in at"):
        TerminalBot(script_of(script, TERMINAL))(job_of(JOB | {"input": {}}))


def test_a_secret_that_is_missing_is_named_by_its_variable(host: Mainframe) -> None:
    script = (
        f'system: tn3270://127.0.0.1:{host.server_address[1]}\nsteps: [fill: {{at: [3, 12], with: "{{secret.word}}"}}]'
    )
    with pytest.raises(Failed, match="CASEWRIGHT_SECRET_WORD"):
        TerminalBot(script_of(script, TERMINAL))(job_of(JOB | {"input": {}}))


# ---------------------------------------------------------------- the core system of `make demo-systems ONLY=mainframe`

CORE = CoreServer(free_port())
LOAN = JOB | {"input": {"customer": "Elena Rossi", "amount": 6500, "months": 24}}


@pytest.mark.skipif(not CORE.is_installed, reason="mfmock is not here: `make demo-systems ONLY=mainframe` gets it")
def test_the_bot_keys_loans_into_a_mainframe_that_a_second_attempt_finds_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    CORE.loans = tmp_path / "loans.json"
    monkeypatch.setenv("CASEWRIGHT_SECRET_CORE_PASSWORD", CORE.password)
    text = (CASE_TYPES / "loan/bots/core-loan-terminal.yaml").read_text().replace("8296", str(CORE.port))
    bot = TerminalBot(script_of(text, TERMINAL))
    CORE.start()
    try:
        first = bot(job_of(LOAN))
        assert first.output == {"number": "L-00001"} and CORE.password not in str(first.detail)
        again = bot(job_of(LOAN))
        assert again.output == first.output, "the host knows the job's key"
        CORE.stop()
        CORE.start()
        assert bot(job_of(LOAN)).output == first.output
        assert bot(job_of(LOAN | {"job": "77-1"})).output == {"number": "L-00002"}
        for wrong in ({"amount": 75001}, {"customer": "A name of more than the forty letters that fit there"}):
            with pytest.raises(BusinessError) as refused:
                TerminalBot(script_of(text.replace("AS, oth", "AS, within: 1, oth"), TERMINAL))(
                    job_of(LOAN | {"job": "77-2", "input": LOAN["input"] | wrong})
                )
            assert refused.value.code == "not-entered"
        assert len(json.loads(CORE.loans.read_text())) == 2
        monkeypatch.setenv("CASEWRIGHT_SECRET_CORE_PASSWORD", "another")
        with pytest.raises(Failed, match="LOAN ENTRY"):
            TerminalBot(script_of(text.replace("LOAN ENTRY", "LOAN ENTRY, within: 1"), TERMINAL))(job_of(LOAN))
    finally:
        CORE.stop()
