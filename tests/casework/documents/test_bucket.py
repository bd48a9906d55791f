"""Documents in a bucket of an S3 store: what happens when it is silent, fails or is gone, and that it keeps what it is
given (against moto, where that is set up)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from audit.services import Origin
from casework.cases.services import case_verify
from casework.documents.models import Document, Reading
from casework.documents.reading import read
from casework.documents.services import Added, document_add, file_of
from casework.erasure import everywhere
from casework.erasure.orders import look_after
from casework.intake import watched
from casework.intake.services import case_open
from casework.management.commands import tidy_documents
from casework.models import Case
from casework.runtime.demo_systems.document_server import BUCKET, KEYS, DocumentServer
from orchestration.documents import store
from orchestration.documents.bucket import Bucket
from orchestration.documents.store import AWAY, Away, Damaged, content_of, digest_of, forget, keep
from orchestration.knowledge.register import knowledge_add
from orchestration.models import Instance
from tests.casework.conftest import PERSON
from tests.casework.documents.test_case_documents import added, browser
from tests.casework.erasure.test_erasing import ordered, over, rule
from tests.casework.intake.test_watched_folder import put
from tests.chaos.product import free_port

People = dict[str, User]
HERE = DocumentServer(free_port())
LETTER = b"Dear sirs, the machine kept my card once more."


class Failing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_PUT = do_HEAD = do_DELETE = do_GET

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture(scope="module", params=["silent", "failing", "gone"])
def ailing(request: pytest.FixtureRequest) -> Iterator[Bucket]:
    """A bucket at a server that takes what is sent and never answers, answers 500, or is not there."""
    with pytest.MonkeyPatch.context() as patched:
        for name, value in KEYS.items():
            patched.setenv(name, value)
        silent = socket.create_server(("127.0.0.1", 0))
        failing = ThreadingHTTPServer(("127.0.0.1", 0), Failing)
        threading.Thread(target=failing.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        ports = {"silent": silent.getsockname()[1], "failing": failing.server_address[1], "gone": free_port()}
        yield Bucket("documents", f"http://127.0.0.1:{ports[request.param]}", answer=0.15, tries=1)
        failing.shutdown()
        failing.server_close()
        silent.close()


@pytest.fixture
def away(ailing: Bucket, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """`away(True)`: from now on the store ails; `away(False)`: it is well again."""
    well = storages["documents"]

    def set_to(ails: bool) -> None:
        monkeypatch.setitem(vars(storages)["_storages"], "documents", ailing if ails else well)

    return set_to


@pytest.mark.django_db
def test_what_is_brought_while_the_store_is_away_is_refused_and_taken_later(
    people: People, open_case: Callable[..., Case], away: Callable[[bool], None]
) -> None:
    case, anna = open_case(), browser(people["anna"])
    length = Instance.objects.get(pk=case.instance_id).head_sequence
    away(True)
    page = anna.post(f"/cases/{case.pk}/documents/", {"files": ContentFile(LETTER, "letter.txt")})
    program = anna.post(f"/api/cases/{case.pk}/documents/", {"file": ContentFile(LETTER, "letter.txt")})
    assert page.status_code == 409 and "does not answer now" in page.content.decode()
    assert (program.status_code, program.json()["code"]) == (503, "store-away")
    assert not Document.objects.exists()
    assert Instance.objects.get(pk=case.instance_id).head_sequence == length, "nothing says that it was added"
    away(False)
    assert added(people["anna"], case, LETTER).digest == digest_of(LETTER)


@pytest.mark.django_db
def test_what_comes_in_while_the_store_is_away_waits_outside_whole(
    open_case: Callable[..., Case], away: Callable[[bool], None], tmp_path: Path, settings: Any
) -> None:
    case, file = open_case(), file_of("letter.txt", LETTER)
    settings.WATCHED_FOLDER = str(tmp_path)
    lies = put(tmp_path, f"complaint/{case.reference}/letter.txt", LETTER)
    away(True)
    data = {"message": "My card.", "customer": dict(PERSON)}
    assert case_open(by=None, case_type="complaint", reference="B-1", source="s", data=data, file=file) is AWAY
    assert list(Case.objects.all()) == [case], "no case begins without the document that it came with"
    assert knowledge_add(name="n", content=LETTER, level="public", groups=[], by=Origin("user:ada")) is AWAY
    watched.look_after()
    assert lies.exists()
    away(False)
    watched.look_after()
    assert not lies.exists() and Document.objects.get().case == case


@pytest.mark.django_db
def test_what_is_kept_is_not_called_gone_while_the_store_is_away(
    people: People, open_case: Callable[..., Case], away: Callable[[bool], None]
) -> None:
    case, anna = open_case(), browser(people["anna"])
    one = added(people["anna"], case, LETTER)
    read(one.pk)
    away(True)
    for door in ("", "/api"):
        answer = anna.get(f"{door}/cases/{case.pk}/documents/{one.pk}/content/")
        assert answer.status_code == 503 and "Try again later" in answer.content.decode(), door
    assert anna.get(f"/cases/{case.pk}/documents/{one.pk}/pages/1/900/").status_code in (404, 503)
    Reading.objects.update(state="waiting", tries=0)
    read(one.pk)
    reading = Reading.objects.get(document=one)
    assert (reading.state, reading.tries) == ("waiting", 0), "it is read later, not called unreadable"
    verified = case_verify(by=people["axel"], case=case)
    assert not verified.ok and "could not be looked at" in verified.reason and "gone" not in verified.reason
    with pytest.raises(CommandError, match="does not answer"):
        call_command("tidy_documents")
    looked = everywhere.Everywhere()
    everywhere._in_bucket(looked, [b"zebra7"])
    assert "nothing is shown" in looked.hits[0]
    away(False)
    read(one.pk)
    assert Reading.objects.get(document=one).state == "read"


@pytest.mark.django_db
def test_a_case_is_erased_once_its_documents_can_go_too(
    people: People, open_case: Callable[..., Case], away: Callable[[bool], None],
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    rule(people)
    case = over(open_case())
    one = added(people["anna"], case, LETTER)
    case = over(case)
    away(True)
    order = ordered(people, case)
    assert Case.objects.filter(pk=case.pk).exists() and not order.left, "the order stands, and nothing has gone"
    away(False)
    with django_capture_on_commit_callbacks(execute=True):
        look_after()
    assert not Case.objects.filter(pk=case.pk).exists()
    with pytest.raises(Damaged, match="gone"):
        content_of(one.digest)


def test_a_store_that_ails_is_told_within_its_time(ailing: Bucket) -> None:
    for ask in (
        lambda: ailing.exists("a"), lambda: ailing.size("a"), lambda: ailing.delete("a"), lambda: ailing.listdir(""),
        lambda: ailing.open("a"), lambda: ailing.save("a", ContentFile(b"a")), lambda: ailing.get_modified_time("a"),
    ):  # fmt: skip
        with pytest.raises(OSError, match="the store") as said:
            ask()
        assert not isinstance(said.value, FileNotFoundError)


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    if not HERE.is_installed:
        pytest.skip("moto is not set up here: `make demo-systems ONLY=documents` does it")
    with pytest.MonkeyPatch.context() as patched:
        for name, value in KEYS.items():
            patched.setenv(name, value)
        HERE.start()
        yield Bucket(BUCKET, HERE.address, prefix="cases")
        HERE.stop()


@pytest.mark.slow
@pytest.mark.django_db
def test_a_real_s3_server_keeps_contents_under_their_hash(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, people: People, open_case: Callable[..., Case]
) -> None:
    monkeypatch.setitem(vars(storages)["_storages"], "documents", bucket)
    case = open_case()
    outcome = document_add(by=people["anna"], case=case, name="letter.txt", content=LETTER)
    assert isinstance(outcome, Added)
    digest = digest_of(LETTER)
    assert list(store.all_kept()) == [(f"{digest[:2]}/{digest}", digest)]
    assert bucket.client.head_object(Bucket=BUCKET, Key=f"cases/{digest[:2]}/{digest}")["ContentLength"] == len(LETTER)
    taken = browser(people["anna"]).get(f"/cases/{case.pk}/documents/{outcome.document.pk}/content/")
    assert taken.getvalue() == LETTER
    assert case_verify(by=people["axel"], case=case).ok
    bucket.save(f"{digest[:2]}/{digest}", ContentFile(b"x" * len(LETTER)))
    with pytest.raises(Damaged, match="not what it was"):
        content_of(digest)
    assert not case_verify(by=people["axel"], case=case).ok
    assert keep(b"nobody's") and bucket.listdir("")[0]
    monkeypatch.setattr(tidy_documents, "LEAST_AGE", timedelta(0))
    said = StringIO()
    call_command("tidy_documents", "--remove", stdout=said)
    assert said.getvalue().startswith("1 contents")
    bucket.save(f"pages/{digest[:2]}/{digest}-1-900.webp", ContentFile(b"p"))
    forget(digest)
    assert list(store.all_kept()) == []
    with pytest.raises(Damaged, match="gone"):
        content_of(digest)
    elsewhere = Bucket("no-such-bucket", HERE.address)
    monkeypatch.setitem(vars(storages)["_storages"], "documents", elsewhere)
    with pytest.raises(Away):
        content_of(digest)
