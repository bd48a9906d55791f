"""A small legacy system with a web form and no interface: `python -m tests.casework.bots.legacy` serves it."""

from __future__ import annotations

import html
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

FORM = """<!doctype html><title>Goodwill</title><h1>New entry</h1>
<form method="post" action="/entries/new">
<label>Account <input id="account" name="account"></label>
<label>Amount <input id="amount" name="amount"></label>
<label>Reason <select id="reason" name="reason"><option>other</option><option>goodwill</option></select></label>
<button type="submit">Save</button></form>"""
ENTRIES: list[dict[str, str]] = []


class Legacy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/entries":
            return self._say("<br>".join(html.escape(str(sorted(one.items()))) for one in ENTRIES))
        return self._say(FORM)

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        entry = {name: values[0] for name, values in sent.items()}
        if entry.get("account") == "0000":
            return self._say("<h1>The account is closed</h1>")
        ENTRIES.append(entry)
        return self._say(f'<h1>Entry saved</h1><p>Number <b id="entry-number">G-{len(ENTRIES)}</b></p>')

    def _say(self, page: str) -> None:
        content = page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Legacy)
    print(server.server_port, flush=True)
    sys.exit(server.serve_forever())
