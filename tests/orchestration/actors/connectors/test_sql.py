"""Does a SQL connector read without writing and write once, in a real PostgreSQL behind a port of TCP?"""

from __future__ import annotations

import socket
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import psycopg
import pytest
import yaml
from django.db import connections

from audit.services import Origin
from orchestration.actors import kinds
from orchestration.actors.contract import ActorError, version_of
from orchestration.actors.hosts.register import host_allow, listed_hosts
from orchestration.actors.kinds.files import FileRefused
from orchestration.actors.kinds.sql.actor import SqlConnector
from orchestration.actors.kinds.sql.drafting import drafted, is_statement, operations_of
from orchestration.actors.kinds.sql.file import sql_faults

READ = """
capability: read-balance
database: bank
read: select owner, balance, opened from TABLE where iban = %(iban)s
parameters: {iban: "= input.iban"}
rows: 2
answers:
  - {when: count(rows) = 0, error: {code: account-unknown, message: There is no such account.}}
  - {when: "true", output: {owner: "= rows[1].owner", balance: "= rows[1].balance", opened: "= rows[1].opened"}}
"""
WRITE = """
capability: book
database: bank
write: {name: add-to-balance, statement: "update TABLE set balance = balance + %(amount)s where iban = %(iban)s
        returning balance", done: DONE}
parameters: {iban: "= input.iban", amount: "= input.amount"}
states: {"23514": {code: overdrawn, message: The account would be overdrawn.}}
answers:
  - {when: changed = 0, error: {code: account-unknown}}
  - {when: changed = 1, output: {balance: "= rows[1].balance"}}
"""


def _forward(port_to: str) -> tuple[socket.socket, list[socket.socket]]:
    """A listener on 127.0.0.1 behind which the test's PostgreSQL is."""
    listener, held = socket.create_server(("127.0.0.1", 0)), []

    def pump(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65_536):
                other.sendall(data)
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        with suppress(OSError):
            while True:
                taken, _ = listener.accept()
                behind = socket.socket(socket.AF_UNIX)
                behind.connect(port_to)
                held.extend((taken, behind))
                for pair in ((taken, behind), (behind, taken)):
                    threading.Thread(target=pump, args=pair, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return listener, held


class Bank:
    """A table of accounts in a schema of its own, beside the test's tables, and a table of done keys."""

    def __init__(self, port: int, name: str, plain: psycopg.Connection[Any]) -> None:
        self.port, self.name, self.plain = port, name, plain
        plain.execute(f"create schema {name}")
        plain.execute(
            f"create table {name}.accounts (iban text primary key, owner text, balance numeric check (balance >= 0),"
            " opened date)"
        )
        plain.execute(f"create table {name}.done (key text primary key, statement text, answer jsonb, at timestamptz)")
        plain.execute(f"insert into {name}.accounts values ('DE89', 'Elena', 12.50, '2026-01-02')")

    def connector(self, text: str) -> SqlConnector:
        named = text.replace("TABLE", f"{self.name}.accounts").replace("DONE", f"{self.name}.done")
        return SqlConnector("sql", "1", named.encode())

    def balance(self) -> float:
        row = self.plain.execute(f"select balance from {self.name}.accounts where iban = 'DE89'").fetchone()
        assert row is not None
        return float(row[0])


@pytest.fixture
def bank(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bank]:
    here = connections["default"].settings_dict
    listener, held = _forward(f"{here['HOST']}/.s.PGSQL.5432")
    port = listener.getsockname()[1]
    dsn = f"postgresql://{here['USER']}:s3cr3t@127.0.0.1:{port}/{here['NAME']}"
    monkeypatch.setenv("CASEWRIGHT_SECRET_BANK", dsn)
    host_allow("127.0.0.1", port, private=True, origin=Origin("system:test"))
    with psycopg.connect(f"host={here['HOST']} user={here['USER']} dbname={here['NAME']}", autocommit=True) as plain:
        found = Bank(port, f"bank_{uuid.uuid4().hex[:12]}", plain)
        yield found
        plain.execute(f"drop schema {found.name} cascade")
    for one in (listener, *held):
        one.close()


def test_rows_become_an_output(bank: Bank) -> None:
    answer = bank.connector(READ).run({"iban": "DE89"}, idempotency_key="k")
    assert answer.output == {"owner": "Elena", "balance": 12.5, "opened": "2026-01-02"}


@pytest.mark.parametrize("iban", ["' or true --", "x'; drop table accounts; --", "%", "\\", "DE89' --"])
def test_a_value_is_never_part_of_the_statement(iban: str, bank: Bank) -> None:
    with pytest.raises(ActorError) as failed:
        bank.connector(READ).run({"iban": iban}, idempotency_key="k")
    assert failed.value.code == "account-unknown" and bank.balance() == 12.5


def test_what_reads_cannot_write(bank: Bank) -> None:
    bank.plain.execute(
        f"create function {bank.name}.sneak() returns int language plpgsql as"
        f" $$begin delete from {bank.name}.accounts; return 1; end$$"
    )
    reading = READ.replace(
        "select owner, balance, opened from TABLE where iban = %(iban)s", f"select {bank.name}.sneak()"
    )
    with pytest.raises(ActorError, match="25006"):
        bank.connector(reading).run({"iban": "x"}, idempotency_key="k")
    assert bank.balance() == 12.5


def test_more_rows_than_the_file_says_are_refused(bank: Bank) -> None:
    reading = READ.replace("from TABLE where iban = %(iban)s", "from TABLE, generate_series(1, 1000000)")
    with pytest.raises(ActorError, match="more than 2 rows"):
        bank.connector(reading).run({"iban": "DE89"}, idempotency_key="k")


def test_what_writes_is_done_once_for_each_key_and_says_the_same_again(bank: Bank) -> None:
    booking = bank.connector(WRITE)
    for _ in range(3):
        assert booking.run({"iban": "DE89", "amount": 5}, idempotency_key="k1").output == {"balance": 17.5}
    assert bank.balance() == 17.5
    assert booking.run({"iban": "DE89", "amount": 5}, idempotency_key="k2").output == {"balance": 22.5}
    with pytest.raises(ActorError, match="another statement"):
        bank.connector(WRITE.replace("add-to-balance", "another")).run({"iban": "DE89"}, idempotency_key="k1")


def test_at_once_it_is_done_once_too(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = listed_hosts()
    monkeypatch.setattr("orchestration.actors.kinds.sql.database.listed_hosts", lambda: listed)
    booking = bank.connector(WRITE)
    with ThreadPoolExecutor(4) as many:
        found = list(
            many.map(lambda _: booking.run({"iban": "DE89", "amount": 5}, idempotency_key="k").output, range(8))
        )
    assert found == [{"balance": 17.5}] * 8 and bank.balance() == 17.5


def test_a_failure_in_the_middle_leaves_nothing_behind(bank: Bank) -> None:
    with pytest.raises(ActorError, match="overdrawn") as failed:
        bank.connector(WRITE).run({"iban": "DE89", "amount": -100}, idempotency_key="k")
    assert failed.value.code == "overdrawn" and bank.balance() == 12.5
    assert bank.plain.execute(f"select count(*) from {bank.name}.done").fetchone() == (0,)


def test_what_the_database_says_of_the_data_stays_out_of_the_error(bank: Bank) -> None:
    reading = READ.replace("where iban = %(iban)s", "where balance = %(iban)s::text::numeric")
    with pytest.raises(ActorError, match="22P02") as failed:
        bank.connector(reading).run({"iban": "Maria Sandoval"}, idempotency_key="k")
    assert "Maria" not in str(failed.value) and not failed.value.temporary


def test_a_statement_that_takes_too_long_is_given_up(bank: Bank) -> None:
    slow = READ.replace("where iban = %(iban)s", ", pg_sleep(30)") + "timeout: 0.2"
    with pytest.raises(ActorError, match="57014") as failed:
        bank.connector(slow).run({"iban": "x"}, idempotency_key="k")
    assert failed.value.temporary


@pytest.mark.parametrize(
    ("dsn", "words"),
    [
        ("postgresql://u:s3cr3t@db.example/x", "not on the list"),
        ("postgresql://u:s3cr3t@127.0.0.1:1,10.0.0.1:2/x", "one host"),
        ("host=/tmp user=u password=s3cr3t", "localhost:5432 is not on the list"),
        ("user=u password=s3cr3t", "no host"),
        ("host=127.0.0.1 hostaddr=10.0.0.1 password=s3cr3t", "may not say hostaddr"),
        ("service=other password=s3cr3t", "may not say service"),
        ("this is s3cr3t", "no connection string"),
    ],
)
def test_only_a_listed_host_is_connected_to_and_the_string_is_not_told(
    dsn: str, words: str, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEWRIGHT_SECRET_BANK", dsn)
    with pytest.raises(ActorError) as failed:
        bank.connector(READ).run({"iban": "x"}, idempotency_key="k")
    assert words in str(failed.value) and "s3cr3t" not in str(failed.value)


def test_its_health_is_whether_the_database_answers(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    artefact = READ.replace("TABLE", f"{bank.name}.accounts").encode()
    assert kinds.health("sql", version_of(artefact), artefact) == ""
    monkeypatch.setenv("CASEWRIGHT_SECRET_BANK", "host=127.0.0.1 port=1")
    assert "not on the list" in str(kinds.health("sql", version_of(artefact), artefact))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("read: select", "read: delete; select", "one statement"),
        ("%(iban)s", "%(other)s", "%(other)s is no parameter"),
        ("%(iban)s", "%s", "values stand as %(name)s"),
        ("parameters: {", "parameters: {idempotency_key: 1, ", "is the job's key"),
        ("rows: 2", "write: {name: a, statement: select 1}", "exactly one of read and write"),
        ("read: select", "write: {name: a, statement: 'select 1'}\ntitle: select", "how it is done once"),
        ("input.iban", "row.iban", "row is not known"),
    ],
)
def test_a_fault_of_its_file_is_said(before: str, after: str, words: str) -> None:
    assert words in " ".join(sql_faults(READ.replace(before, after, 1).encode()))


def draft_of(text: str, capability: str = "ask", database: str = "") -> dict[str, Any]:
    assert is_statement(text)
    content = drafted(text, operations_of(text)[0], capability, database)
    assert sql_faults(content.encode()) == []
    return dict(yaml.safe_load(content))


def test_a_file_is_drafted_from_a_statement_of_whose_types_the_database_is_asked(bank: Bank) -> None:
    table = f"{bank.name}.accounts"
    file = draft_of(
        f"-- what is there\nselect owner, balance::float8 as balance, opened, 'a:b' as said from {table}"
        " where iban = :iban and opened > :since;",
        "read-balance", "bank",
    )  # fmt: skip
    assert file["read"].endswith("where iban = %(iban)s and opened > %(since)s") and "'a:b'" in file["read"]
    assert file["parameters"] == {"iban": "= input.iban", "since": "= input.since"}
    assert file["input"]["properties"] == {"iban": {"type": "string"}, "since": {"type": "string", "format": "date"}}
    columns = file["output"]["properties"]["rows"]["items"]["properties"]
    assert columns["balance"] == {"type": "number"} and columns["opened"] == {"type": "string", "format": "date"}
    connector = SqlConnector("sql", "1", yaml.safe_dump(file).encode())
    row = {"owner": "Elena", "balance": 12.5, "opened": "2026-01-02", "said": "a:b"}
    assert connector.run({"iban": "DE89", "since": "2026-01-01"}, idempotency_key="k").output == {"rows": [row]}


def test_what_writes_is_drafted_under_a_name_and_not_run(bank: Bank) -> None:
    text = f"update {bank.name}.accounts set balance = balance + %(amount)s where iban = %(iban)s returning balance"
    file = draft_of(text, "Book.it", "bank")
    assert file["write"] == {"name": "book-it", "statement": text, "done": "done_keys"} and bank.balance() == 12.5
    assert file["input"]["properties"]["amount"] == {"type": "number"}
    assert set(file["output"]["properties"]) == {"rows", "changed"}
    within = draft_of("with gone as (delete from notes returning id) select count(*) from gone")
    assert within["write"]["name"] == "ask" and "read" not in within


def test_without_a_database_what_nobody_knows_is_left_open() -> None:
    file = draft_of("SELECT name FROM people WHERE name LIKE 'A%' AND born < :born::date")
    assert "LIKE 'A%%' AND born < %(born)s::date" in file["read"]
    assert (file["database"], file["input"]["properties"]) == ("my-database", {"born": {}})
    assert "parameters" not in draft_of("select 1 as one")


@pytest.mark.parametrize("text", ["select nothing from nowhere", "select 1; drop table x", "select from where"])
def test_what_the_database_refuses_is_said(text: str, bank: Bank) -> None:
    with pytest.raises(FileRefused, match="refuses the statement"):
        drafted(text, operations_of(text)[0], "ask", "bank")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("select $1, :a", r"Call the parameter \$1 by a name"),
        ("select %(a)s, $2::text", r"Call the parameter \$2 by a name"),
        ("select 1 as x, :a::int as x", "Two columns are called x"),
    ],
)
def test_what_a_file_cannot_say_is_refused_in_a_sentence(text: str, words: str, bank: Bank) -> None:
    with pytest.raises(FileRefused, match=words):
        drafted(text, operations_of(text)[0], "ask", "bank")
    assert "parameters" not in draft_of("select '$1' as \"$1\", $$ $2 $$ as b, a$3 as c from t -- $4")


def test_what_stands_in_comments_and_in_texts_is_no_parameter_and_a_tab_may_follow_the_verb() -> None:
    file = draft_of("SELECT\t:a, $$ :b $$, $x$ ':c $x$, E'it\\'s :d' /* :e */ -- :f, don't\n, :g")
    assert set(file["parameters"]) == {"a", "g"} == set(file["input"]["required"])
    assert is_statement("select(1)") and not is_statement("values:\n  a: 1") and not is_statement("selected")
