"""A SAML provider that nobody here wrote: SimpleSAMLphp, as the machine's packages bring it, in a process of a test."""

from __future__ import annotations

import os
import re
import shutil
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.test import Client

from casework.runtime.demo_systems.served import Served
from casework.runtime.processes import wait_until
from tests.casework.account.saml_provider import pair

PROGRAM = Path("/usr/share/simplesamlphp/www")
PROVIDER = "https://simplesamlphp.example.org/"
PASSWORD = "lamp post river"
CONFIG = """<?php
$config = [
    'baseurlpath' => '{address}/', 'certdir' => '{folder}/', 'loggingdir' => '{folder}/', 'datadir' => '{folder}/',
    'tempdir' => '{folder}/temporary', 'metadatadir' => '{folder}/', 'secretsalt' => '{secret}',
    'auth.adminpassword' => '{secret}', 'timezone' => 'UTC', 'logging.handler' => 'file', 'enable.saml20-idp' => true,
    'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true], 'store.type' => 'phpsession',
    'session.phpsession.savepath' => '{folder}', 'session.cookie.secure' => false,
    'metadata.sources' => [['type' => 'flatfile'], ['type' => 'xml', 'file' => '{folder}/casewright.xml']],
];
"""
PEOPLE = """<?php
$config = ['people' => ['exampleauth:UserPass', 'nora:{password}' => [
    'uid' => ['nora'], 'givenName' => ['Nora'], 'sn' => ['Nilsson'], 'groups' => ['desk']]]];
"""
HOSTED = """<?php
$metadata['{provider}'] = [
    'host' => '__DEFAULT__', 'privatekey' => 'provider.pem', 'certificate' => 'provider.crt', 'auth' => 'people',
    'sign.logout' => true, 'validate.logout' => true, 'validate.authnrequest' => false, 'assertion.encryption' => true,
    'logouttype' => 'traditional', 'authproc' => [1 => ['class' => 'saml:PersistentNameID', 'attribute' => 'uid']]];
"""


def is_here() -> bool:
    return PROGRAM.exists() and shutil.which("php") is not None


class SimpleSamlPhp(Served):
    """Its own answers are signed and encrypted; it knows us by nothing but our metadata."""

    def __init__(self, port: int, state: Path) -> None:
        super().__init__("simplesamlphp", "php.log", port, state)
        self.address = f"http://127.0.0.1:{port}"
        self.key, self.certificate = pair()
        self.browser = httpx2.Client(base_url=self.address)

    @property
    def settings(self) -> dict[str, Any]:
        """As the environment would name it."""
        text = self.certificate.public_bytes(Encoding.PEM).decode()
        return {
            "SAML_PROVIDER": PROVIDER, "SAML_SIGN_IN": f"{self.address}/saml2/idp/SSOService.php",
            "SAML_SIGN_OUT": f"{self.address}/saml2/idp/SingleLogoutService.php", "SAML_NAME": "the ministry",
            "SAML_CERTIFICATES": ["".join(text.splitlines()[1:-1])],
        }  # fmt: skip

    def start(self, our_metadata: bytes) -> None:
        self.folder.mkdir(parents=True)
        plain = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self.folder / "provider.pem").write_bytes(plain)
        (self.folder / "provider.crt").write_bytes(self.certificate.public_bytes(Encoding.PEM))
        (self.folder / "casewright.xml").write_bytes(our_metadata)
        told = {
            "address": self.address, "folder": self.folder, "secret": self.password, "password": PASSWORD,
            "provider": PROVIDER,
        }  # fmt: skip
        for name, text in (("config", CONFIG), ("authsources", PEOPLE), ("saml20-idp-hosted", HOSTED)):
            (self.folder / f"{name}.php").write_text(text.format(**told))
        environment = {**os.environ, "SIMPLESAMLPHP_CONFIG_DIR": str(self.folder)}
        command: list[str | Path] = ["php", "-S", f"127.0.0.1:{self.port}", "-t", PROGRAM]
        wait_until(self._answers, self.run(command, environment), log=self.log)

    def _answers(self) -> bool:
        try:
            return self.browser.get("/saml2/idp/metadata.php").status_code == 200
        except httpx2.TransportError:
            return False

    def signs_in(self, address: str, password: str = PASSWORD) -> httpx2.Response:
        """The page that it shows to whom we sent there, once they gave name and password."""
        asked = self.browser.get(address, follow_redirects=True)
        if "username" not in asked.text:
            return asked  # it knows them still
        sent = fields_of(asked.text) | {"username": "nora", "password": password}
        return self.browser.post(str(asked.url), data=sent, follow_redirects=True)

    def signs_out(self) -> str:
        """They go out there first: where it sends their browser, so that our session ends, too."""
        return self.leads_to(f"{self.settings['SAML_SIGN_OUT']}?{urlencode({'ReturnTo': f'{self.address}/'})}")

    def asks_who_it_is(self, address: str) -> bool:
        """Whether it asks the browser that we sent there for name and password: it has no session of theirs."""
        return 'name="username"' in self.browser.get(address, follow_redirects=True).text

    def leads_to(self, address: str) -> str:
        """Where it sends on a browser that comes to this address of its; where it stays if it sends it to none."""
        while address.startswith(self.address):
            answer = self.browser.get(address)
            if not answer.has_redirect_location:
                break
            address = answer.headers["Location"]
        return address


def fields_of(page: str) -> dict[str, str]:
    """What the hidden fields of a page hold."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def sent_on(browser: Client, page: str) -> Any:
    """Its page posts to ours by itself, whose button sends the answer on with our session."""
    form = {name: text for name, text in fields_of(page).items() if name in ("SAMLResponse", "RelayState")}
    between = Client().post("/login/saml/back/", form)
    assert between.status_code == 200, page
    return browser.post("/login/saml/in/", form)
