"""Cases come in from a file: each row once, bad rows named, nothing lost."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.selectors import timeline
from casework.intake import run
from casework.models import Case
from orchestration.models import Definition, Instance, Job
from orchestration.shell.selectors import data_of

pytestmark = pytest.mark.django_db

Intake = Callable[..., tuple[int, str, str]]


@pytest.fixture
def intake(complaint: Definition, tmp_path: Path) -> Intake:
    """`intake(content, *options)`: write a file and bring it in; exit status, standard output and standard error."""

    def taken(content: str | bytes, *options: str, name: str = "messages.csv") -> tuple[int, str, str]:
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        out, err = io.StringIO(), io.StringIO()
        try:
            call_command("intake", "complaint", str(file), *options, stdout=out, stderr=err)
        except SystemExit as stopped:
            return int(stopped.code or 0), out.getvalue(), err.getvalue()
        except CommandError as error:
            return error.returncode, out.getvalue(), str(error)
        return 0, out.getvalue(), err.getvalue()

    return taken


def references() -> list[str]:
    return list(Case.objects.order_by("id").values_list("reference", flat=True))


def test_every_row_becomes_a_case_with_its_data_and_its_work_for_machines(intake: Intake) -> None:
    status, out, _ = intake("reference;text;name\nR1;My card is gone;Mia Wolf\nR2;Where is my money?;\n")
    assert status == 0 and "2 rows: 2 new, 0 already there, 0 bad" in out
    first = Case.objects.get(reference="R1")
    assert data_of(first.instance) == {"message": "My card is gone", "customer": {"name": "Mia Wolf"}}
    assert (first.source, first.state) == ("file", "Being analysed")
    assert Job.objects.count() == 4


def test_the_history_says_from_which_line_of_which_file_a_case_came(intake: Intake) -> None:
    intake('reference,text\nR1,"two\nlines"\nR2,Hello\n')
    opened = [timeline(case.instance_id)[0] for case in Case.objects.order_by("id")]
    assert [(entry.action, entry.actor, entry.cause) for entry in opened] == [
        ("case.opened", "system:intake", "messages.csv:2"),
        ("case.opened", "system:intake", "messages.csv:4"),
    ]


def test_bad_rows_are_named_by_line_and_reason_while_the_good_ones_go_in(intake: Intake) -> None:
    content = (
        b"reference,text\nR1,good\nR2,\nR3," + b"x" * 5001 + b"\nR4,Gr\xfc\xdfe\nR5,one,two\n"
        b'R6,"open\n,no reference\nR8,nul\x00\nR9,bell\x07\nR10,good too\n'
    )
    status, out, err = intake(content)
    assert (status, references()) == (1, ["R1", "R10"])
    assert [line.split(":")[1] for line in err.splitlines() if line.startswith("messages.csv:")] == list("3456789") + [
        "10"
    ]
    assert "messages.csv:3: message: This is missing." in err
    assert "messages.csv:4: message: This has 5001 characters; at most 5000 are possible." in err
    assert "10 rows: 2 new, 0 already there, 8 bad" in out


def test_running_it_again_makes_nothing_twice(intake: Intake) -> None:
    content = "reference,text\nR1,one\nR2,two\n"
    intake(content)
    status, out, _ = intake(content)
    assert status == 0 and "0 new, 2 already there" in out
    assert references() == ["R1", "R2"] and Instance.objects.count() == 2


def test_the_same_reference_twice_in_a_file_is_one_case(intake: Intake) -> None:
    _, out, _ = intake("reference,text\nR1,one\nR1,one\n")
    assert "1 new, 1 already there" in out and references() == ["R1"]


@pytest.mark.parametrize("apart", [False, True])
def test_other_text_under_a_reference_that_is_there_is_told_by_its_line(intake: Intake, apart: bool) -> None:
    if apart:
        intake("reference,text\nR1,one\n")
    status, out, err = intake("reference,text\nR1,one\nr1,another\n")
    assert status == 1 and "1 bad" in out and "messages.csv:3:" in err and "other data" in err
    assert references() == ["R1"]


def test_two_senders_may_use_the_same_references(intake: Intake) -> None:
    intake("reference,text\n1,one\n", "--source", "branch")
    _, out, _ = intake("reference,text\n1,another\n", "--source", "web")
    assert "1 new" in out and Case.objects.count() == 2


def test_without_references_equal_rows_are_as_many_cases_as_there_are_rows(intake: Intake) -> None:
    content = "text,category\nHello,a\nBye,b\nHello,a\n"
    assert "3 new" in intake(content)[1]
    assert "0 new, 3 already there" in intake(content)[1]


def test_an_edited_and_longer_file_under_another_name_adds_only_what_is_new(intake: Intake) -> None:
    intake("text,category\nHello,a\nBye,b\nHello,a\n")
    _, out, _ = intake('category;text\nnew;"First"\nb;Bye\na;Hello\na;Hello\na;Hello\n', name="later.csv")
    assert "2 new, 3 already there" in out and Case.objects.count() == 5


def test_a_reference_made_from_the_content_does_not_show_it(intake: Intake) -> None:
    intake("text,phone\nCall me,+49 170 5551234\n")
    assert "170" not in references()[0] and len(references()[0]) == 34


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "The file is empty."),
        ("text,mystery\nHello,x\n", "Column 2 is not known."),
        ("reference,category\nR1,x\n", "The column text or message is missing."),
        ("text,message\na,b\n", "More than one column holds the message."),
    ],
)
def test_a_file_that_cannot_be_used_brings_in_nothing(intake: Intake, content: str, reason: str) -> None:
    status, out, err = intake(content)
    assert status == 2 and reason in err and out == "" and not Case.objects.exists()


def test_a_file_that_is_not_there_and_a_case_type_that_is_not_deployed(complaint: Definition, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file") as missing:
        call_command("intake", "complaint", str(tmp_path / "none.csv"))
    with pytest.raises(CommandError, match="is deployed") as unknown:
        call_command("intake", "wishes", str(tmp_path / "none.csv"))
    assert missing.value.returncode == unknown.value.returncode == 2


def test_a_file_with_only_a_header_is_fine(intake: Intake) -> None:
    status, out, _ = intake("text\n")
    assert status == 0 and "0 rows: 0 new" in out


def test_a_dry_run_says_the_same_and_brings_in_nothing(intake: Intake) -> None:
    status, out, err = intake("reference,text\nR1,one\nR1,one\nR2,\n", "--dry-run")
    assert status == 1 and "3 rows would be: 1 new, 1 already there, 1 bad" in out and "messages.csv:4:" in err
    assert not Case.objects.exists() and not Instance.objects.exists()


def test_ctrl_c_finishes_the_row_in_hand_and_the_next_run_goes_on(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = "reference,text\n" + "".join(f"R{number},Hello\n" for number in range(5))
    real = run.case_open

    def interrupted(**given: object) -> object:
        if given["reference"] == "R1":
            os.kill(os.getpid(), signal.SIGINT)
        return real(**given)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(run, "case_open", interrupted)
        status, out, _ = intake(content)
    assert status == 130 and "2 rows: 2 new" in out and "Stopped." in out and references() == ["R0", "R1"]
    assert "3 new, 2 already there" in intake(content)[1]


def test_looking_up_what_is_there_costs_one_statement_for_many_rows(
    intake: Intake, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    content = "reference,text\n" + "".join(f"R{number},Hello\n" for number in range(90))
    intake(content)
    with django_assert_max_num_queries(3):
        assert "90 already there" in intake(content)[1]
