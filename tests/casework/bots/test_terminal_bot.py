"""The bot types on the screens of a mainframe, reads what it says, and never saves twice by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from casework.bots.script import TERMINAL, script_of
from casework.bots.terminal import TerminalBot
from casework.worker_client import BusinessError, Failed
from casework.worker_client.jobs import job_of
from tests.casework.bots.mainframe import Mainframe
from tests.casework.worker_client.test_worker import JOB

pytest.importorskip("tnz", reason="tnz is not here: pip install 'casewright[bots]'.")

SCRIPT = """
system: tn3270://127.0.0.1:{port}
steps:
  - expect: {{text: GOODWILL ENTRY}}
  - fill: {{at: [3, 12], with: "{{account}}"}}
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


def bot(host: Mainframe, text: str = "ENTRY SAVED", within: float = 10, otherwise: str = "") -> TerminalBot:
    port = host.server_address[1]
    return TerminalBot(script_of(SCRIPT.format(port=port, text=text, within=within, otherwise=otherwise), TERMINAL))


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
