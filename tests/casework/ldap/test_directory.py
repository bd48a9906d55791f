"""An LDAP directory (a real slapd) keeps people here: they join, move, leave, and sign in by their password there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from casework.access.factors import has_second
from casework.access.identities import claims_set
from casework.access.models import ApiToken
from casework.access.people import person_join, person_switch
from casework.access.permissions import origin_of
from casework.ldap.backend import is_their_password
from casework.ldap.client import Away, everybody, who_signs_in
from casework.ldap.read import Outcome, last
from casework.ldap.rounds import BUSY, LOCK, is_due, look
from casework.ldap.setup import Directory
from casework.ldap.worker_tasks import look_at_directory
from casework.models import Case, SignInLimit
from casework.people.links import link_make
from casework.runtime.demo_systems.people_server import GROUPS, PASSWORD, PEOPLE, PeopleServer, is_here
from casework.tasks.services import task_claim
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask
from orchestration.shell.verification.control import verify_control
from tests.casework.access.tokens import token_for
from tests.casework.ldap.directory import Owner, directory_at
from tests.chaos.product import free_port

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not is_here(), reason="slapd is not here: `apt-get install slapd` brings it"),
]
People = dict[str, User]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """For 127.0.0.1, signed by itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "directory of a test")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def server(tmp_path: Path, certificate: tuple[Path, Path]) -> Iterator[PeopleServer]:
    found = PeopleServer(free_port(), tmp_path, certificate)
    found.start()
    yield found
    found.kill()
    shutil.rmtree(found.folder)


@pytest.fixture
def owner(server: PeopleServer) -> Owner:
    return Owner(server)


@pytest.fixture
def directory(server: PeopleServer, people: People, settings: Any) -> Directory:
    """Named to the product, with its group `desk` opened to Analysts, to which a second administrator agreed."""
    settings.LDAP = directory_at(server)
    settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, "casework.ldap.backend.DirectoryBackend"]
    claims_set(group=Group.objects.get(name="Analysts"), values=["desk"], origin=origin_of(people["ada"]))
    return settings.LDAP


def looked(directory: Directory, **given: Any) -> Outcome:
    outcome = look(directory, **given)
    assert isinstance(outcome, Outcome) and verify_control().ok
    return outcome


def signs_in(name: str, password: str) -> tuple[Client, Any]:
    browser = Client()
    return browser, browser.post("/login/", {"username": name, "password": password})


def test_somebody_joins_signs_in_moves_and_leaves(
    directory: Directory, owner: Owner, people: People, analysed: Callable[..., Case]
) -> None:
    outcome = looked(directory)
    assert (outcome.people, outcome.joined, outcome.failed) == (3, 3, "")
    nora = User.objects.get(username="nora")
    assert (nora.first_name, nora.last_name, nora.email) == ("Nora", "Nilsson", "nora@example.org")
    assert not nora.has_usable_password() and [group.name for group in nora.groups.all()] == ["Analysts"]
    assert not User.objects.get(username="pia").groups.exists(), "nobody agreed to what the group auditors gives"
    browser, answer = signs_in("Nora", PASSWORD)
    assert answer.status_code == 302 and browser.get("/").context["user"] == nora
    task = HumanTask.objects.filter(instance=analysed().instance, state="open").earliest("pk")
    task_claim(by=nora, task=task)
    token = token_for(nora)
    owner.puts("desk", "omar")
    owner.sets("nora", "sn", "Neumann")
    owner.sets("nora", "mail", "omar@example.org")
    outcome = looked(directory)
    assert (outcome.renamed, outcome.moved) == (1, 1)
    nora.refresh_from_db()
    task.refresh_from_db()
    assert (nora.last_name, nora.email) == ("Neumann", ""), (
        "an address that is somebody else's is nobody's password link"
    )
    assert not nora.groups.exists() and task.assignee is None
    owner.lets_go("nora")
    assert looked(directory).left == 1
    nora.refresh_from_db()
    assert not nora.is_active and browser.get("/").status_code == 302 and not has_second(nora)
    assert not ApiToken.objects.filter(person=nora, revoked=None).exists() and token
    assert signs_in("nora", PASSWORD)[1].status_code == 200
    owner.hires("nora")
    outcome = looked(directory)
    assert [name for name, _ in outcome.not_taken] == ["nora"], "whoever gets a name later is not who had it"
    assert not User.objects.get(pk=nora.pk).is_active
    assert looked(directory) == replace(outcome, at=last().at)


def test_who_comes_back_is_let_in_again_with_what_the_directory_gives_and_no_more(
    directory: Directory, owner: Owner, people: People
) -> None:
    looked(directory)
    nora, omar = (User.objects.get(username=name) for name in ("nora", "omar"))
    person_join(user=omar, group=Group.objects.get(name="Auditors"), origin=origin_of(people["ada"]))
    only_pia = replace(directory, people_filter="(uid=pia)")
    assert looked(only_pia).left == 2
    outcome = looked(directory)
    assert outcome.returned == 1 and outcome.not_taken[0][0] == "omar" and "administrator" in outcome.not_taken[0][1]
    nora.refresh_from_db()
    assert nora.is_active and signs_in("nora", PASSWORD)[1].status_code == 302
    assert not User.objects.get(username="omar").is_active and signs_in("omar", PASSWORD)[1].status_code == 200
    person_switch(user=nora, on=False, origin=origin_of(people["ada"]))
    looked(directory)
    nora.refresh_from_db()
    assert not nora.is_active, "whom an administrator keeps out stays out"
    assert signs_in("nora", PASSWORD)[1].status_code == 200


def test_only_their_password_lets_them_in_and_groups_follow_at_once(directory: Directory, owner: Owner) -> None:
    looked(directory)
    owner.sets("nora", "userPassword", "another one")
    owner.puts("desk", "omar")
    for name, password in (
        ("nora", PASSWORD),
        ("nora", ""),
        ("nora", "\0"),
        ("nora*", "another one"),
        ("x", "another one"),
    ):
        assert signs_in(name, password)[1].status_code == 200, (name, password)
    browser, answer = signs_in("nora", "another one")
    nora = User.objects.get(username="nora")
    assert answer.status_code == 302 and not nora.groups.exists()
    assert is_their_password(nora, "another one") and not is_their_password(nora, PASSWORD)
    owner.moves("nora", "nora.neumann")
    assert signs_in("nora", "another one")[1].status_code == 302, "who they are is their id, not their name there"
    assert "That is not" not in browser.get("/account/password/").content.decode()
    page = browser.get("/account/password/")
    assert "directory" in page.content.decode() and browser.post("/account/password/", {}).status_code == 409
    assert isinstance(link_make(by=nora, user=nora, base="https://here"), Refused)
    owner.lets_go("nora.neumann")
    assert signs_in("nora", "another one")[1].status_code == 200, "who is gone there does not wait for the next look"


def test_people_who_are_here_already_are_not_joined_by_their_name(
    directory: Directory, owner: Owner, people: People
) -> None:
    owner.hires("ada", "theirs")
    owner.hires("Ben")
    outcome = looked(directory)
    assert sorted(name for name, _ in outcome.not_taken) == ["Ben", "ada"] and outcome.joined == 3
    assert signs_in("ada", "theirs")[1].status_code == 200
    with pytest.raises(CommandError, match="--why"):
        call_command("directory", "--take", "ada")
    with pytest.raises(CommandError, match="in the directory"):
        call_command("directory", "--take", "clara", "--why", "she moved")
    said = StringIO()
    call_command("directory", "--take", "ada", "--why", "she is in the directory now", stdout=said)
    assert "From now on ada" in said.getvalue() and verify_control().ok
    assert signs_in("ada", "theirs")[1].status_code == 302 and signs_in("ada", "demo")[1].status_code == 200


def test_what_stands_in_it_is_not_trusted(directory: Directory, owner: Owner) -> None:
    owner.hires("no space")
    owner.hires("twin-1", mail="twin@example.org")
    owner.hires("twin-2", mail="Twin@example.org")
    owner.hires("sign", sn="a\x07b" + "n" * 300, mail="not an address")
    outcome = looked(directory)
    assert [(name, "letters" in why) for name, why in outcome.not_taken] == [("no space", True)]
    sign = User.objects.get(username="sign")
    assert sign.last_name == "ab" + "n" * 148 and sign.email == ""
    assert User.objects.filter(email__iexact="twin@example.org").count() == 1, "a mailbox is one person's"
    assert looked(directory).renamed == 0, "what cannot be kept as it stands there is not changed again and again"


def test_a_directory_that_says_too_little_keeps_nobody_out(
    directory: Directory, owner: Owner, server: PeopleServer, people: People
) -> None:
    for number in range(9):
        owner.hires(f"new-{number}")
    assert looked(directory).joined == 12
    nobody = replace(directory, people_filter="(uid=nobody)")
    for wrong in (nobody, replace(directory, people_filter="(uid=n*)"), replace(directory, people=f"ou=gone,{PEOPLE}"),
                  replace(directory, password="wrong"), replace(directory, people_filter="(broken")):  # fmt: skip
        outcome = looked(wrong)
        if wrong.people_filter == "(uid=n*)":
            assert (outcome.left, outcome.failed) == (2, ""), "two of twelve are few"
            looked(directory)
            continue
        assert outcome.failed and outcome.left == 0 and last() == outcome, wrong
    assert User.objects.filter(username__startswith="new-", is_active=True).count() == 9
    server.kill()
    with pytest.raises(CommandError, match="not read"):
        call_command("directory", "--check")


def test_many_leave_only_when_somebody_says_so(directory: Directory, settings: Any) -> None:
    looked(directory)
    settings.LDAP = replace(directory, people_filter="(uid=nobody)")
    with pytest.raises(CommandError, match="3 of 3 people would leave at once"):
        call_command("directory")
    said = StringIO()
    call_command("directory", "--check", stdout=said)
    assert said.getvalue().startswith("Nothing was changed") and "would leave: nora" in said.getvalue()
    assert User.objects.get(username="nora").is_active
    call_command("directory", "--all", stdout=said)
    assert "3 left" in said.getvalue() and not User.objects.get(username="nora").is_active and verify_control().ok


def test_while_it_does_not_answer_nobody_is_told_that_their_password_is_wrong(
    directory: Directory, server: PeopleServer
) -> None:
    looked(directory)
    server.kill()
    for _ in range(7):
        _, answer = signs_in("nora", PASSWORD)
        assert "does not answer now" in answer.content.decode()
    assert not SignInLimit.objects.filter(failures__gt=0).exists(), "what nobody looked at is no failure"
    answers = [signs_in("ada", "a guess")[1] for _ in range(6)]
    assert answers[-1].status_code == 429, "who has a password here is not guessed at meanwhile"
    assert "does not answer now" in answers[0].content.decode(), "no answer says who is kept where"
    SignInLimit.objects.all().delete()
    server.start()
    browser, answer = signs_in("nora", PASSWORD)
    assert answer.status_code == 302
    server.kill()
    page = browser.post("/account/again/", {"password": PASSWORD})
    assert page.status_code == 400 and "does not answer now" in page.content.decode()
    server.start()
    assert browser.post("/account/again/", {"password": "wrong"}).status_code == 400
    assert browser.post("/account/again/", {"password": PASSWORD}).status_code == 302


def test_it_is_looked_at_when_it_is_time_and_by_one_at_a_time(directory: Directory, people: People) -> None:
    assert is_due()
    look_at_directory()
    assert not is_due() and last().joined == 3
    look_at_directory()
    assert last().joined == 3, "it was not looked at again"
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", [LOCK])
        assert look(directory) is BUSY
        with other.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", [LOCK])
    finally:
        other.close()
    assert looked(directory).joined == 0
    call_command("directory")
    assert last().joined == 0
    browser = Client()
    browser.force_login(people["ada"])
    assert "0 joined" in browser.get("/people/sign-in/").content.decode()
    page = browser.get("/people/sign-in/").content.decode()
    assert directory.address in page and directory.password not in page
    changes = browser.get("/changes/").content.decode()
    assert "looked at the directory of 3 people: 3 joined" in changes


def test_passwords_go_over_tls_to_whom_they_are_for(
    directory: Directory, server: PeopleServer, certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    guarded = replace(directory, starttls=True, ca=str(certificate[0]))
    nora = next(one for one in everybody(guarded) if one.name == "nora")
    assert nora.groups == {"desk", f"cn=desk,{GROUPS}"} and len(nora.id) == 36
    assert who_signs_in(guarded, nora.id, PASSWORD) == nora and who_signs_in(guarded, nora.id, "wrong") is None
    with pytest.raises(Away, match="certificate"):
        everybody(replace(guarded, ca=""))
    with pytest.raises(Away):
        everybody(replace(guarded, address=f"ldap://localhost:{server.port}"))
