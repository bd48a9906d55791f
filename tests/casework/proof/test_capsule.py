"""Does an auditor take away evidence that proves itself, and holds nothing that they may not see?"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client, override_settings

from audit.checkpoints import public, signing_key
from audit.models import AuditPayload
from audit.sealed_values import is_sealed
from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.documents.services import document_add
from casework.models import Case
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.ground import clock
from orchestration.shell.verification.checkpoints import take
from tests.casework.actions import kept
from tests.leaks.world import made, openable
from tests.orchestration.documents.papers import picture

pytestmark = pytest.mark.django_db

People = dict[str, User]
Opens = Callable[..., Case]
Files = dict[str, bytes]


@pytest.fixture
def signing(tmp_path: Path) -> Iterator[None]:
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    stores = {**settings.STORAGES, "checkpoints": backend}
    with override_settings(STORAGES=stores, CHECKPOINT_KEY=str(tmp_path / "key")):
        yield


def asked(case: Case, who: User, reason: str = "For the regulator") -> tuple[int, bytes]:
    client = Client()
    client.force_login(who)
    answer = client.post(f"/cases/{case.pk}/evidence/", {"reason": reason})
    return answer.status_code, answer.getvalue()


def taken(case: Case, who: User, reason: str = "For the regulator") -> Files:
    status, content = asked(case, who, reason)
    assert status == 200
    with zipfile.ZipFile(io.BytesIO(content)) as kept_in:
        return {name: kept_in.read(name) for name in kept_in.namelist()}


def checked(files: Files, folder: Path, key: str = "") -> tuple[int, str]:
    """What the verifier in the capsule says of it, in a process of its own that knows nothing else."""
    path, program = folder / "capsule.zip", folder / "verifier.py"
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    program.write_bytes(files["verifier.py"])
    known = ["--key", key or public(signing_key()).hex()]
    done = subprocess.run(
        [sys.executable, "-I", str(program), str(path), *known], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def capsule(people: People, analysed: Opens, signing: None) -> tuple[Case, Files]:
    case = analysed(received="2026-11-16T09:00:00+00:00")
    document_add(by=people["anna"], case=case, name="=cmd Maria Sandoval.png", content=picture())
    take(clock.utc_now())
    return case, taken(case, people["axel"])


def test_a_capsule_proves_itself_without_the_product(capsule: tuple[Case, Files], tmp_path: Path) -> None:
    status, said = checked(capsule[1], tmp_path)
    assert (status, "All of it holds." in said) == (0, True), said
    assert "contents are not here" in said  # what is masked for the auditor


def test_each_file_that_is_forged_taken_out_or_put_in_is_named(capsule: tuple[Case, Files], tmp_path: Path) -> None:
    for name in ("case.html", "history.jsonl", "data.json", "README.txt", "models/complaint-v1/routing.dmn"):
        status, said = checked(capsule[1] | {name: capsule[1][name] + b" "}, tmp_path)
        assert (status, f"{name} is not what it was" in said) == (1, True), said
    without = {name: content for name, content in capsule[1].items() if name != "data.json"}
    assert "data.json was taken out" in checked(without, tmp_path)[1]
    assert "more.txt was not in the capsule" in checked(capsule[1] | {"more.txt": b""}, tmp_path)[1]


@pytest.mark.slow
def test_the_capsule_of_each_case_type_proves_itself_and_names_whatever_part_of_it_is_forged(
    people: People, signing: None, tmp_path: Path
) -> None:
    for key in openable():
        assert isinstance(deploy(folder_files(CASE_TYPES / key), Origin("system:test")), Published)
    cases = {one.case_type.key: one.case for one in made(openable()).planted}
    take(clock.utc_now())
    signs = {"manifest.json", "manifest.sig", "verifier.py"}  # the verifier is run as it is
    for key, case in cases.items():
        files = taken(case, people["axel"])
        status, said = checked(files, tmp_path)
        assert (status, "All of it holds." in said) == (0, True), (key, said)
        assert any(name.startswith(f"models/{key}-v1/") for name in files) and files["case.pdf"].startswith(b"%PDF")
        status, said = checked({name: it if name in signs else it + b" " for name, it in files.items()}, tmp_path)
        unnamed = [name for name in files.keys() - signs if f"{name} is not what it was" not in said]
        assert (status, unnamed) == (1, []), (key, said)


def test_a_manifest_made_anew_needs_the_key_that_made_it(capsule: tuple[Case, Files], tmp_path: Path) -> None:
    said = json.loads(capsule[1]["manifest.json"])
    forged = json.dumps(said | {"by": "person:anna"}).encode()
    assert "not of what it says is in it" in checked(capsule[1] | {"manifest.json": forged}, tmp_path)[1]
    assert "signed by another key" in checked(capsule[1], tmp_path, key="00" * 32)[1]
    unsigned = {name: content for name, content in capsule[1].items() if name != "manifest.sig"}
    assert checked(unsigned, tmp_path)[0] == 2


def test_a_capsule_holds_nothing_that_its_taker_may_not_see(capsule: tuple[Case, Files]) -> None:
    for name, content in capsule[1].items():
        said = content.decode("utf-8", "replace")
        for secret in ("Sandoval", "0532 0130", "4111 1111", "maria.sandoval@", "170 5551234"):
            assert secret not in said, name


def test_everything_that_people_read_says_who_took_it_when_and_why(capsule: tuple[Case, Files]) -> None:
    for name in ("README.txt", "case.html", "history.csv"):
        assert "Exported by Axel" in capsule[1][name].decode() and "For the regulator" in capsule[1][name].decode()
    event = kept(capsule[0], "case.exported")[0]
    assert (event.actor, event.detail["reason"]) == ("person:axel", "For the regulator")
    assert event.detail["events"] + 1 == event.sequence and event.detail["withheld"] > 0


def test_a_sheet_runs_nothing(people: People, analysed: Opens, signing: None) -> None:
    rows = taken(analysed(), people["axel"], "=HYPERLINK(1)")["history.csv"].decode().splitlines()
    assert not [row for row in rows if row.lstrip('"').startswith(("=", "+", "-", "@"))]


def test_without_a_reason_nothing_leaves(people: People, analysed: Opens) -> None:
    case = analysed()
    status, page = asked(case, people["axel"], " ")
    assert status == 400 and b"what the evidence is for" in page and not kept(case, "case.exported")


def test_where_nothing_is_signed_the_page_says_so_and_the_capsule_is_not_proven(
    people: People, analysed: Opens, client: Client, tmp_path: Path
) -> None:
    case = analysed()
    client.force_login(people["axel"])
    assert "It will not be signed" in client.get(f"/cases/{case.pk}/evidence/").content.decode()
    status, said = checked(taken(case, people["axel"]), tmp_path, key="00" * 32)
    assert (status, "Not proven: the capsule is not signed" in said) == (2, True), said


def run_again(files: Files, folder: Path) -> tuple[int, str]:
    """What the runner in the capsule says, in a Python that has nothing but its own library."""
    path, program = folder / "capsule.zip", folder / "rerun.py"
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    program.write_bytes(files["rerun.py"])
    command = [sys.executable, "-I", "-S", str(program), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_capsule_runs_its_decisions_again_without_the_product_and_finds_one_that_was_made_up(
    capsule: tuple[Case, Files], tmp_path: Path
) -> None:
    status, said = run_again(capsule[1], tmp_path)
    assert status == 0 and "0 apart" in said and not said.startswith("0 the same"), said
    rules = capsule[1]["models/complaint-v1/routing.dmn"]
    other = rules.replace(b'"team"', b'"senior"').replace(b'"draft"', b'"senior"')
    status, said = run_again(capsule[1] | {"models/complaint-v1/routing.dmn": other}, tmp_path)
    assert status == 1 and "apart" in said.splitlines()[0], said
    gone = {name: content for name, content in capsule[1].items() if not name.endswith(".dmn")}
    assert "without their rules" in run_again(gone, tmp_path)[1].splitlines()[0]


def test_the_capsule_of_a_sealed_case_proves_itself_and_runs_its_decisions_again(
    people: People, analysed: Opens, signing: None, tmp_path: Path
) -> None:
    with override_settings(DATA_KEY=str(tmp_path / "data.key"), DATA_KEYS=str(tmp_path / "keys")):
        case = analysed()
        take(clock.utc_now())
        assert all(is_sealed(bytes(one.body)) for one in AuditPayload.objects.filter(chain=case.instance_id))
        files = taken(case, people["axel"])
    status, said = checked(files, tmp_path)
    assert status == 0 and "contents say what history.jsonl says" in said and "are sealed" not in said, said
    status, said = run_again(files, tmp_path)
    assert status == 0 and "0 apart" in said and not said.startswith("0 the same"), said


@pytest.fixture
def sealed_capsule(people: People, analysed: Opens, signing: None, tmp_path: Path) -> Iterator[Files]:
    with override_settings(DATA_KEY=str(tmp_path / "data.key"), DATA_KEYS=str(tmp_path / "keys")):
        case = analysed()
        take(clock.utc_now())
        yield taken(case, people["axel"])


def signed_anew(files: Files, **changed: bytes) -> Files:
    """As whoever has the key of the house would make it: with other contents, and signed."""
    files = files | {f"{name}.jsonl": content for name, content in changed.items()}
    said = json.loads(files["manifest.json"])
    said["files"] = {name: sha256(files[name]).hexdigest() for name in said["files"]}
    manifest, key = json.dumps(said).encode(), signing_key()
    seal = json.dumps({"key": public(key).hex(), "signature": key.sign(manifest).hex()}).encode()
    return files | {"manifest.json": manifest, "manifest.sig": seal}


def worded(lines: bytes, old: str, new: str) -> bytes:
    assert old.encode() in lines
    return lines.replace(old.encode(), new.encode(), 1)


def test_the_house_itself_cannot_put_other_words_into_a_history_that_was_sealed(
    sealed_capsule: Files, tmp_path: Path
) -> None:
    files, task = sealed_capsule, '"name":"Approve the answer"'
    history, openings = files["history.jsonl"], files["openings.jsonl"]
    assert checked(signed_anew(files), tmp_path)[0] == 0
    other = worded(history, task, '"name":"Look it through"')
    status, said = checked(signed_anew(files, history=other), tmp_path)
    assert status == 1 and "history.jsonl says otherwise than event" in said and "what it is about" in said, said
    opened = worded(openings, "Approve the answer", "Look it through")
    status, said = checked(signed_anew(files, history=other, openings=opened), tmp_path)
    assert status == 1 and "was sealed with another content than openings.jsonl has" in said, said
    who = worded(history, '"actor":"', '"actor":"person:ben')
    assert "who did what, when, or by which rules" in checked(signed_anew(files, history=who), tmp_path)[1]
    lines = history.splitlines(keepends=True)
    assert "leaves out event 1" in checked(signed_anew(files, history=b"".join(lines[1:])), tmp_path)[1]
    more = history + worded(lines[0], '"event":1,', '"event":9999,')
    assert "has event 9999" in checked(signed_anew(files, history=more), tmp_path)[1]


def test_false_words_beside_the_true_ones_are_named(sealed_capsule: Files, tmp_path: Path) -> None:
    history, task = sealed_capsule["history.jsonl"], '"name":"Approve the answer"'
    true = next(line for line in history.splitlines(keepends=True) if task.encode() in line)
    false = worded(true, "Approve the answer", "Look it through")
    status, said = checked(signed_anew(sealed_capsule, history=history.replace(true, false + true)), tmp_path)
    assert status == 1 and f"history.jsonl has event {json.loads(true)['event']} more than once" in said, said
    within = worded(history, task, f'"name":"Look it through",{task}')
    status, said = checked(signed_anew(sealed_capsule, history=within), tmp_path)
    assert status == 1 and "not of a shape that is known" in said and "more than once" in said, said


def test_an_opening_that_is_held_back_leaves_its_event_not_proven(sealed_capsule: Files, tmp_path: Path) -> None:
    first, *rest = sealed_capsule["openings.jsonl"].splitlines(keepends=True)
    number = json.loads(first)["event"]
    status, said = checked(signed_anew(sealed_capsule, openings=b"".join(rest)), tmp_path)
    assert status == 2 and f"event {number} is sealed, and what would open it is not in openings.jsonl" in said, said


def test_only_what_its_taker_sees_in_clear_is_opened(sealed_capsule: Files) -> None:
    opened = {json.loads(line)["event"] for line in sealed_capsule["openings.jsonl"].splitlines()}
    events = [json.loads(line) for line in sealed_capsule["evidence.jsonl"].splitlines()[1:-1]]
    assert opened == {event[1] for event in events if event[13] is not None} and len(opened) < len(events)
    assert b"Sandoval" not in sealed_capsule["openings.jsonl"]


def test_a_content_that_was_sealed_before_there_were_openings_is_said_to_be_sealed(
    people: People, analysed: Opens, signing: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.services.Sealer", Case)  # which no seal is one of
    with override_settings(DATA_KEY=str(tmp_path / "data.key"), DATA_KEYS=str(tmp_path / "keys")):
        case = analysed()
        take(clock.utc_now())
        files = taken(case, people["axel"])
    status, said = checked(files, tmp_path)
    assert status == 0 and "contents are sealed: that they are as they were written is checked" in said, said


def test_what_is_no_capsule_is_said_in_a_sentence_and_no_traceback(capsule: tuple[Case, Files], tmp_path: Path) -> None:
    files = capsule[1]
    lines = files["evidence.jsonl"].splitlines(keepends=True)
    without = {name: content for name, content in files.items() if name != "evidence.jsonl"}
    odd = b"5", b"[" * 3000 + b"]" * 3000, b"\xff"
    broken = [without, *(files | {"evidence.jsonl": b"".join([lines[0], one, b"\n", *lines[1:]])} for one in odd)]
    for each in broken:
        for status, said in (checked(each, tmp_path), run_again(each, tmp_path)):
            assert status in (1, 2) and "Traceback" not in said and said.count("cannot be read") <= 1, said
    for name in ("manifest.json", "manifest.sig"):
        for one in odd:
            status, said = checked(files | {name: one}, tmp_path)
            assert status == 1 and "Traceback" not in said, said
    checked(files, tmp_path)
    damaged = (tmp_path / "capsule.zip").read_bytes().replace(lines[1], bytes(len(lines[1])))
    (tmp_path / "damaged.zip").write_bytes(damaged)
    for program in ("verifier.py", "rerun.py"):
        for path in ("nope.zip", ".", "/dev/null", "damaged.zip"):
            command = [sys.executable, "-I", "-S", str(tmp_path / program), path]
            done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
            assert done.returncode in (1, 2) and done.stdout and not done.stderr, (program, path, done)


def test_the_paper_says_on_each_page_who_took_it_and_names_the_rest_by_digest(capsule: tuple[Case, Files]) -> None:
    with pdfium.PdfDocument(capsule[1]["case.pdf"]) as paper:
        pages = [page.get_textpage().get_text_bounded() for page in paper]
    files = json.loads(capsule[1]["manifest.json"])["files"]
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert "Exported by Axel" in page and f"Page {number} of {len(pages)}" in page
    assert files["history.jsonl"] in "".join(pages) and "case.pdf" in files
    assert "(holds from 16 Nov 2026" in "".join(pages), "effective time stands on paper, too"
