"""A WebDAV server for tests: WsgiDAV in a thread, over a folder, for one person with a password."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.handlers.wsgi import LimitedStream
from wsgidav.wsgidav_app import WsgiDAVApp

USER, PASSWORD = "product", "its password"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None: ...


@contextmanager
def dav_server(files: Path) -> Iterator[str]:
    """Its address; below it the folders that stand in `files`."""
    app = WsgiDAVApp({
        "provider_mapping": {"/": str(files)}, "verbose": 0, "logging": {"enable": False},
        "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
        "simple_dc": {"user_mapping": {"*": {USER: {"password": PASSWORD}}}},
        "property_manager": False, "lock_storage": False, "dir_browser": {"enable": False},
    })  # fmt: skip

    def bounded(environ: dict[str, Any], start: Any) -> Any:
        """A body ends where it says that it does, which wsgiref leaves to whoever reads it."""
        environ["wsgi.input"] = LimitedStream(environ["wsgi.input"], int(environ.get("CONTENT_LENGTH") or 0))
        return app(environ, start)

    with make_server("127.0.0.1", 0, bounded, _Server, _Quiet) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
