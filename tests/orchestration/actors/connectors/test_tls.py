"""Is a certificate held against the name that was asked for, though the connection goes to an address?"""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.actors.hosts import client
from orchestration.actors.hosts.addresses import Listed
from orchestration.actors.hosts.client import Bounds, Sent, WireFault, exchange, reach
from tests.orchestration.actors.connectors.server import System, running

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of shop.localhost, signed by itself; its key stands beside it."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-keyout", tmp_path / "key.pem", "-out", tmp_path / "certificate.pem", "-days", "2"),
            *("-subj", "/CN=shop.localhost", "-addext", "subjectAltName=DNS:shop.localhost"),
        ],
        check=True,
        capture_output=True,
    )
    return tmp_path / "certificate.pem"


@pytest.fixture
def secure(certificate: Path) -> Iterator[System]:
    with running() as found:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, certificate.with_name("key.pem"))
        found.server.socket = context.wrap_socket(found.server.socket, server_side=True)
        yield found


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate is one that this machine trusts."""
    context = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(client, "_tls", lambda: context)


def _ask(name: str, system: System) -> int:
    url, listed = f"https://{name}:{system.port}/", [Listed(name, None, True)]
    reach(url, listed, 5)
    return exchange(Sent("GET", url, credentials={"X-Api-Key": "s3cr3t"}), listed, Bounds(5)).status


def test_the_certificate_of_the_name_is_taken(secure: System, trusted: None) -> None:
    assert _ask("shop.localhost", secure) == 200


@pytest.mark.parametrize("name", ["other.localhost", "127.0.0.1"])
def test_a_certificate_of_another_name_is_not(name: str, secure: System, trusted: None) -> None:
    with pytest.raises(WireFault, match="certificate") as fault:
        _ask(name, secure)
    assert not fault.value.temporary and fault.value.undone and not secure.came


def test_a_certificate_that_nobody_vouches_for_is_not(secure: System) -> None:
    with pytest.raises(WireFault, match="certificate"):
        _ask("shop.localhost", secure)
    assert not secure.came
