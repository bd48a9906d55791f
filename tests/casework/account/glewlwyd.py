"""An OpenID provider that nobody here wrote: Glewlwyd, as the machine's packages bring it, in a process of a test."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import jwt
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from casework.runtime.demo_systems.served import Served
from casework.runtime.processes import wait_until
from tests.casework.account.saml_provider import HOST, pair

BEGINS_WITH = Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3")
MODULES = "/usr/lib/glewlwyd"
CLIENT, PASSWORD = "casewright", "lamp post river"
CONFIG = """
port={port}
bind_address="127.0.0.1"
external_url="{address}"
login_url="login.html"
api_prefix="api"
log_mode="console"
log_level="WARNING"
cookie_secure=0
session_expiration=3600
session_key="session"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="{modules}/user"
client_module_path="{modules}/client"
user_auth_scheme_module_path="{modules}/scheme"
plugin_module_path="{modules}/plugin"
hash_algorithm="SHA256"
database={{type="sqlite3"; path="{folder}/people.db";}};
"""


def is_here() -> bool:
    return shutil.which("glewlwyd") is not None and BEGINS_WITH.exists()


class Glewlwyd(Served):
    """`told`: the logout tokens that it sent over the back channel."""

    def __init__(self, port: int, state: Path) -> None:
        super().__init__("glewlwyd", "glewlwyd.log", port, state)
        self.address = f"http://127.0.0.1:{port}"
        self.issuer = f"{self.address}/api/oidc"
        self.owner, self.browser = (httpx2.Client(base_url=f"{self.address}/api") for _ in range(2))
        self.told: Queue[str] = Queue()
        self.channel = HTTPServer(("127.0.0.1", 0), _channel(self.told))

    @property
    def settings(self) -> dict[str, Any]:
        """As the environment would name it."""
        return {
            "OIDC_ISSUER": self.issuer, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": self.password,
            "OIDC_NAME": "the house", "OIDC_CREATE": True,
        }  # fmt: skip

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.folder / "people.db")) as people:
            people.executescript(BEGINS_WITH.read_text())
        config = self.folder / "glewlwyd.conf"
        told = {"port": self.port, "address": self.address, "modules": MODULES, "folder": self.folder}
        config.write_text(CONFIG.format(**told))
        wait_until(self._answers, self.run(["glewlwyd", "-c", config]), log=self.log)
        threading.Thread(target=self.channel.serve_forever, daemon=True).start()
        self._begin()

    def kill(self) -> None:
        self.channel.shutdown()
        self.channel.server_close()
        super().kill()

    def _answers(self) -> bool:
        try:
            return self.owner.post("/auth/", json={"username": "admin", "password": "password"}).status_code == 200
        except httpx2.TransportError:
            return False

    def _begin(self) -> None:
        """Somebody who may sign in, and us."""
        key, _ = pair()
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        self._made("/mod/plugin/", {"module": "oidc", "name": "oidc", "display_name": "oidc", "parameters": {
            "iss": self.issuer, "jwt-type": "rsa", "jwt-key-size": "256", "key": private, "cert": public,
            "code-duration": 60, "refresh-token-duration": 60, "access-token-duration": 60, "jwks-show": True,
            "auth-type-code-enabled": True, "allowed-scope": ["openid"], "pkce-allowed": True,
            "session-management-allowed": True, "session-cookie-name": "sid", "session-cookie-expiration": 3600,
            "back-channel-logout-allowed": True, "oauth-as-iss-id": True, "name-claim": "mandatory",
        }})  # fmt: skip
        self._made("/client/", {
            "client_id": CLIENT, "client_secret": self.password, "confidential": True, "authorization_type": ["code"],
            "redirect_uri": [f"{HOST}/login/provider/back/"], "backchannel_logout_session_required": "true",
            "token_endpoint_auth_method": ["client_secret_basic"],
            "backchannel_logout_uri": f"http://127.0.0.1:{self.channel.server_port}/",
        })  # fmt: skip
        self._made("/user/", {"username": "nora", "name": "Nora", "password": PASSWORD, "scope": ["openid"]})

    def _made(self, what: str, told: dict[str, Any]) -> None:
        answer = self.owner.post(what, json=told | {"enabled": True})
        assert answer.status_code == 200, answer.text

    def signs_in(self, address: str, password: str = PASSWORD) -> str:
        """Where it sends the browser that we sent there, once they gave name and password and let us know them."""
        asked = self.browser.get(address).headers["Location"]
        if asked.startswith(HOST):
            return asked  # it knows them still
        self.browser.post("/auth/", json={"username": "nora", "password": password})
        self.browser.put(f"/auth/grant/{CLIENT}", json={"scope": "openid"})
        (back,) = parse_qs(urlsplit(asked).query)["callback_url"]
        return self.browser.get(f"{back}&g_continue=").headers["Location"]

    def ends(self, token: str) -> str:
        """They end the session there of which this token was: what it tells us over the back channel."""
        session = jwt.decode(token, options={"verify_signature": False})["sid"]
        assert self.browser.delete(f"/oidc/session/{session}/").status_code == 200
        return self.told.get(timeout=10)


def _channel(told: Queue[str]) -> type[BaseHTTPRequestHandler]:
    class Channel(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            told.put(parse_qs(sent)["logout_token"][0])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Silent."""

    return Channel
