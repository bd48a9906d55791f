"""Can an organisation teach the intent model its own labels, and put it to work?"""

import pytest
from django.core.management import CommandError, call_command

from orchestration.actors import kinds
from orchestration.models import ActorVersion

pytestmark = pytest.mark.django_db

ROWS = "".join(f"the parcel {number} is late,parcels\nthe roof leaks in room {number},repairs\n" for number in range(6))


@pytest.fixture
def messages(tmp_path):
    path = tmp_path / "messages.csv"
    path.write_text(f"text,category\n{ROWS}", encoding="utf-8")
    return path


def versions():
    return list(ActorVersion.objects.filter(actor__key="intent").order_by("pk"))


def test_a_trained_model_is_registered_with_what_was_measured_and_waits_to_be_activated(messages, capsys):
    call_command("train_intent", messages)
    (version,) = versions()
    assert not version.active
    assert version.metrics["examples"] == 12
    told = capsys.readouterr().out
    assert "12 examples of 2 labels; measured on 12 of them, held out." in told
    assert "Accuracy 100.0%" in told
    assert "repairs" in told
    assert f"Version {version.version} is registered; --activate puts it to work." in told


def test_an_activated_model_is_the_one_at_work_and_answers_with_the_new_labels(messages):
    call_command("train_intent", messages, activate=True)
    version = ActorVersion.objects.get(actor__key="intent", state="in-use")
    actor = kinds.load("intent", version.version, bytes(version.artefact))
    assert actor.run({"text": "my roof leaks"}, idempotency_key="").output["label"] == "repairs"


def test_training_again_on_the_same_rows_is_the_same_version(messages):
    call_command("train_intent", messages)
    call_command("train_intent", messages, activate=True)
    (version,) = versions()
    assert version.active


def test_bad_rows_are_named_and_left_out_and_the_exit_status_tells(messages, capsys):
    messages.write_text(messages.read_text() + "a text,\n,parcels\n")
    with pytest.raises(SystemExit) as stopped:
        call_command("train_intent", messages)
    assert stopped.value.code == 1
    told = capsys.readouterr()
    assert "messages.csv:14: has no label" in told.err
    assert "messages.csv:15: has no text" in told.err
    assert "2 rows were left out" in told.out
    assert len(versions()) == 1


@pytest.mark.parametrize("content", ["", "message,tag\na,b\n", "text,label\nonly one,row\n"])
def test_a_file_that_nothing_can_be_learned_from_registers_nothing(messages, content):
    messages.write_text(content)
    with pytest.raises(CommandError) as stopped:
        call_command("train_intent", messages)
    assert stopped.value.returncode == 2
    assert versions() == []


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match="missing.csv"):
        call_command("train_intent", tmp_path / "missing.csv")
