"""Documents in a folder of a WebDAV server (WsgiDAV): what it keeps, and what is told of it when it is silent, fails,
says what is no answer, or does not have the folder."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command

from casework.cases.services import case_verify
from casework.documents.models import Document
from casework.documents.reading import read
from casework.documents.services import Added, document_add
from casework.management.commands import tidy_documents
from casework.models import Case
from casework.runtime.demo_systems.folder_server import USER as DEMO_USER
from casework.runtime.demo_systems.folder_server import FolderServer
from orchestration.documents import store, webdav
from orchestration.documents.store import AWAY, Away, Damaged, content_of, digest_of, forget, keep
from orchestration.documents.webdav import Said, WebDav
from orchestration.ground import clock
from tests.casework.documents.dav import PASSWORD, USER, dav_server
from tests.casework.documents.test_case_documents import browser
from tests.chaos.product import free_port

People = dict[str, User]
LETTER = b"Dear sirs, the machine kept my card once more."
LIST = b'<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">%s</d:multistatus>'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    files = tmp_path_factory.mktemp("dav")
    with dav_server(files) as address:
        yield address, files


@pytest.fixture
def folder(server: tuple[str, Path], tmp_path: Path) -> WebDav:
    """A folder of the test's own, whose name has to be written otherwise in an address."""
    address, files = server
    (files / f"case files {tmp_path.name}").mkdir()
    return WebDav(f"{address}/case%20files%20{tmp_path.name}/", USER, PASSWORD)


@pytest.fixture
def kept_there(folder: WebDav, monkeypatch: pytest.MonkeyPatch) -> WebDav:
    monkeypatch.setitem(vars(storages)["_storages"], "documents", folder)
    return folder


@pytest.mark.django_db
def test_a_webdav_server_keeps_contents_under_their_hash(
    kept_there: WebDav, people: People, open_case: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, digest = open_case(), digest_of(LETTER)
    outcome = document_add(by=people["anna"], case=case, name="letter.txt", content=LETTER)
    assert isinstance(outcome, Added)
    assert list(store.all_kept()) == [(f"{digest[:2]}/{digest}", digest)]
    assert sorted(kept_there.listdir("")[0]) == sorted([digest[:2], "bringing"])
    assert abs(kept_there.get_modified_time(f"{digest[:2]}/{digest}") - clock.utc_now()) < timedelta(minutes=1)
    read(outcome.document.pk)
    taken = browser(people["anna"]).get(f"/cases/{case.pk}/documents/{outcome.document.pk}/content/")
    assert taken.getvalue() == LETTER and case_verify(by=people["axel"], case=case).ok
    kept_there.delete(f"{digest[:2]}/{digest}")
    kept_there.save(f"{digest[:2]}/{digest}", ContentFile(b"x" * len(LETTER)))
    with pytest.raises(Damaged, match="not what it was"):
        content_of(digest)
    assert not case_verify(by=people["axel"], case=case).ok
    assert keep(b"nobody's")
    monkeypatch.setattr(tidy_documents, "LEAST_AGE", timedelta(0))
    said = StringIO()
    call_command("tidy_documents", "--remove", stdout=said)
    assert said.getvalue().startswith("1 contents")
    forget(digest)
    assert list(store.all_kept()) == []
    with pytest.raises(Damaged, match="gone"):
        content_of(digest)


def test_what_is_brought_has_its_place_whole_or_not_at_all(kept_there: WebDav, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = digest_of(LETTER)
    with monkeypatch.context() as patched:
        patched.setattr(WebDav, "_moved", _dies)
        patched.setattr(WebDav, "_left", lambda *_: None)
        with pytest.raises(Away):
            keep(LETTER)
    left = [name for name, _ in store.all_kept()]
    assert len(left) == 1 and left[0].startswith(f"bringing/{digest}"), "what a dead process left is looked through"
    with pytest.raises(Damaged, match="gone"):
        content_of(digest)
    assert keep(LETTER) == digest and content_of(digest) == LETTER
    forget(digest)
    assert list(store.all_kept()) == []


def _dies(*_: Any) -> None:
    raise OSError("its last moment")


def test_what_many_bring_at_once_is_there_once_and_whole(kept_there: WebDav) -> None:
    contents = [bytes([65 + at]) * 40_000 for at in range(3)]
    with ThreadPoolExecutor(6) as at_once:
        brought = list(
            at_once.map(lambda at: kept_there.save(f"aa/{at % 3}", ContentFile(contents[at % 3])), range(18))
        )
    assert len(brought) == 18
    assert [kept_there.open(f"aa/{at}").read() for at in range(3)] == contents
    assert sorted(kept_there.listdir("aa")[1]) == ["0", "1", "2"] and kept_there.listdir("bringing") == ([], [])


@pytest.mark.parametrize("is_there", [True, False])
def test_a_server_that_stumbles_over_two_at_once_has_one_of_them_or_none(
    kept_there: WebDav, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    if is_there:
        kept_there.save("aa/0", ContentFile(LETTER))
    asked = WebDav._asked

    def stumbling(self: WebDav, name: str, method: str, **more: Any) -> Said:
        return Said(500, b"") if method == "MOVE" else asked(self, name, method, **more)

    monkeypatch.setattr(WebDav, "_asked", stumbling)
    if is_there:
        assert kept_there.save("aa/0", ContentFile(LETTER)) == "aa/0"
        assert kept_there.open("aa/0").read() == LETTER and kept_there.listdir("bringing") == ([], [])
    else:
        with pytest.raises(OSError, match="answers 500 to MOVE"):
            kept_there.save("aa/0", ContentFile(LETTER))


def test_what_was_left_half_written_is_written_anew(kept_there: WebDav) -> None:
    name = f"{digest_of(LETTER)[:2]}/{digest_of(LETTER)}"
    kept_there.save(name, ContentFile(LETTER[:9]))
    kept_there.save(name, ContentFile(LETTER))
    assert kept_there.open(name).read() == LETTER
    kept_there.delete(name)
    kept_there.delete(name)
    assert not kept_there.exists(name) and kept_there.listdir("nowhere") == ([], [])


class Answering(BaseHTTPRequestHandler):
    """Says what its path begins with: a status, or what is no list."""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        said = self.path.split("/")[1]
        body = {"nonsense": b"<html><p>Welcome", "empty": LIST % b"", "entities": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}
        self.send_response(int(said) if said.isdecimal() else 207)
        self.send_header("Content-Length", str(len(body.get(said, b""))))
        if said == "302":
            self.send_header("Location", "/empty/")
        self.end_headers()
        self.wfile.write(body.get(said, b""))

    do_PUT = do_HEAD = do_DELETE = do_PROPFIND = do_MKCOL = do_MOVE = do_GET

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture(scope="module")
def answering() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("ails", ["500", "403", "404", "302", "507", "nonsense", "empty", "entities", "gone"])
def test_a_server_that_ails_is_away_and_nothing_is_called_gone(answering: str, ails: str) -> None:
    ailing = WebDav(f"http://127.0.0.1:{free_port()}" if ails == "gone" else f"{answering}/{ails}", answer=0.5, tries=1)
    asked: list[Callable[[], Any]] = [
        lambda: ailing.exists("a"), lambda: ailing.size("a"), lambda: ailing.open("a"), lambda: ailing.delete("a"),
        lambda: ailing.save("a", ContentFile(b"a")), lambda: ailing.get_modified_time("a"),
    ]  # fmt: skip
    for ask in asked if ails == "empty" else [*asked, lambda: ailing.listdir("")]:
        with pytest.raises(OSError, match="WebDAV server") as said:
            ask()
        assert not isinstance(said.value, FileNotFoundError)


@pytest.mark.django_db
def test_what_is_brought_while_the_server_does_not_take_the_password_is_refused(
    folder: WebDav, people: People, open_case: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, stranger = open_case(), WebDav(folder.address, USER, "another")
    monkeypatch.setitem(vars(storages)["_storages"], "documents", stranger)
    assert document_add(by=people["anna"], case=case, name="letter.txt", content=LETTER) is AWAY
    assert not Document.objects.exists() and not store.answers()
    monkeypatch.setitem(vars(storages)["_storages"], "documents", WebDav(f"{folder.address}deeper/", USER, PASSWORD))
    with pytest.raises(Away):  # the folder itself is not there
        content_of(digest_of(LETTER))


def test_a_server_that_is_silent_or_never_ends_is_left(monkeypatch: pytest.MonkeyPatch, answering: str) -> None:
    monkeypatch.setattr(webdav, "LARGEST", 10)
    with pytest.raises(OSError, match="more than it may"):
        WebDav(f"{answering}/nonsense").exists("a")
    listening = threading.Event()
    silent = ThreadingHTTPServer(("127.0.0.1", 0), _silent(listening))
    threading.Thread(target=silent.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    with pytest.raises(OSError, match="does not answer"):
        WebDav(f"http://127.0.0.1:{silent.server_address[1]}", answer=0.15, tries=2).exists("a")
    listening.set()
    silent.shutdown()
    silent.server_close()


def _silent(until: threading.Event) -> type[BaseHTTPRequestHandler]:
    class Silent(BaseHTTPRequestHandler):
        def do_PROPFIND(self) -> None:
            until.wait(5)

    return Silent


@pytest.mark.parametrize(
    ("address", "user"),
    [
        ("ftp://dav.example/a", ""), ("dav.example/a", ""), ("https://me:it@dav.example/a", ""),
        ("http://dav.example/a", "me"), ("https://dav.example/a?b", ""), ("https://[", ""),
    ],
)  # fmt: skip
def test_an_address_that_would_give_the_password_away_is_not_taken(address: str, user: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        WebDav(address, user, "password")
    assert WebDav("https://dav.example/a", "me", "password").address.endswith("/a/")


HERE = FolderServer(free_port())


@pytest.mark.slow
@pytest.mark.skipif(not HERE.is_installed, reason="`make demo-systems ONLY=webdav` sets its server up")
def test_a_server_that_is_killed_and_starts_again_has_what_it_had(monkeypatch: pytest.MonkeyPatch) -> None:
    HERE.start()
    try:
        folder = WebDav(HERE.address, DEMO_USER, HERE.password)
        monkeypatch.setitem(vars(storages)["_storages"], "documents", folder)
        digest = keep(LETTER)
        HERE.kill()
        with pytest.raises(Away):
            content_of(digest)
        HERE.start()
        assert content_of(digest) == LETTER
        forget(digest)
    finally:
        HERE.stop()
