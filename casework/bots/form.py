"""How does a bot key data into a web form where there is no browser? It reads the form and sends it over HTTP.

It follows the script of a bot with a browser, as far as that names fields by their ids, and keeps a line for each step;
there are no pictures, since nothing is drawn. A form that needs a script of its page is none for it.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPException, HTTPMessage, HTTPResponse
from http.cookiejar import CookieJar
from typing import IO, Any, Final
from urllib.parse import urlencode

from casework.bots.following import FAILING, Read, Unexpected, address, followed
from casework.bots.log import Log
from casework.bots.script import PATIENCE, Script, Step, filled
from casework.worker_client import BusinessError, Failed, Job, Result

Json = Any
Attributes = dict[str, str]
WITH: Final = "requests over HTTP, without a browser"
ENDLESS: Final = frozenset(
    {"input", "br", "hr", "img", "meta", "link", "area", "base", "col", "embed", "source", "wbr"}
)
"""Elements that have no end tag (HTML, 13.1.2)."""
TYPED_INTO: Final = ("input", "textarea")
MOST: Final = 2_000_000
"""Bytes of a page that are read."""
BROKEN_OFF: Final = "its answer broke off."


class FormBot:
    """Follows its script for each job, each with cookies of its own."""

    def __init__(self, script: Script) -> None:
        self.script = script

    def __call__(self, job: Job) -> Result:
        """Do one job. Raises Failed (temporary, as long as nothing was saved) or BusinessError."""
        typist = _Typist(self.script, job)
        return followed(self.script, job, Log(lambda _: "", WITH), typist.does)


class _Typist:
    """Of one job: the page that it is at, and its cookies."""

    def __init__(self, script: Script, job: Job) -> None:
        self._script, self._job, self._page = script, job, Page()
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(cookies, _StaysInside(script))

    def does(self, step: Step, read: Read) -> None:
        given = step.given
        match step.verb:
            case "open":
                self._go(self._text(given))
            case "fill":
                self._put(given["field"], self._text(given["with"]), TYPED_INTO)
            case "choose":
                self._put(given["field"], self._text(given["with"]), ("select",))
            case "click" | "save":
                self._press(self._page.element(given))
            case "expect":
                self._expect(self._text(given["text"]), given.get("otherwise", ""))
            case "read":
                read[given["as"]] = _words(self._page.element(given["field"]).text)

    def _text(self, text: str) -> str:
        return filled(text, self._job.input, self._job.key)

    def _put(self, selector: str, text: str, tags: tuple[str, ...]) -> None:
        found = self._page.element(selector)
        if found.tag not in tags or found.form is None or "name" not in found.attributes:
            raise Unexpected(f"{selector} is no field of a form that takes this.")
        if found.tag == "select" and text not in found.choices:
            raise Unexpected(f"{selector} has no such choice.")
        found.form.fields[found.attributes["name"]] = found.choices.get(text, text)

    def _press(self, found: Element) -> None:
        if "href" in found.attributes:
            return self._go(found.attributes["href"])
        if found.form is None or not found.sends:
            raise Unexpected("it is neither a link nor what sends a form.")
        named = {found.attributes["name"]: found.attributes.get("value", "")} if "name" in found.attributes else {}
        sent = urlencode(found.form.fields | named)
        if found.form.method == "post":
            return self._go(found.form.action, sent.encode())
        return self._go(f"{found.form.action}?{sent}")

    def _expect(self, text: str, otherwise: str) -> None:
        if text in _words(self._page.text):
            return
        if otherwise:
            raise BusinessError(otherwise, f"The system did not say “{text}”.")
        raise Unexpected(f"it did not say “{text}”.")

    def _go(self, path: str, sent: bytes | None = None) -> None:
        """Have the page at this address; one that says what is wrong with what was sent is a page, too. Raises
        Unexpected where the system fails, or breaks off: nobody knows what became of what was sent."""
        url = address(self._script, path or self._page.url)
        try:
            self._page = _page(self._opener.open(url, sent, timeout=PATIENCE))
        except urllib.error.HTTPError as error:
            self._page = _page(error)
        except (OSError, HTTPException) as error:
            raise Unexpected(f"there was no answer ({type(error).__name__}).") from None


class _StaysInside(urllib.request.HTTPRedirectHandler):
    """No answer leads the bot out of its system."""

    def __init__(self, script: Script) -> None:
        self._script = script

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        return super().redirect_request(req, fp, code, msg, headers, address(self._script, newurl))


@dataclass(slots=True)
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Element:
    """`choices`: of a select, what is sent by what stands there."""

    tag: str
    attributes: Attributes
    form: Form | None
    text: str = ""
    choices: dict[str, str] = field(default_factory=dict)

    @property
    def sends(self) -> bool:
        """Whether pressing it sends its form."""
        return self.attributes.get("type", "submit" if self.tag == "button" else "") == "submit"


class Page(HTMLParser):
    """What stands on a page: its words, its forms and what has an id."""

    def __init__(self, url: str = "") -> None:
        super().__init__()
        self.url, self.text = url, ""
        self._by_id: dict[str, Element] = {}
        self._open: list[Element] = []
        self._form: Form | None = None

    def element(self, selector: str) -> Element:
        """What has the id that the selector names. Raises Failed, or Unexpected where it is not there."""
        if not selector.startswith("#") or not selector[1:].replace("-", "").replace("_", "").isalnum():
            raise Failed(f"Without a browser only what has an id can be found, as #amount; {selector!r} names none.")
        if selector[1:] not in self._by_id:
            raise Unexpected(f"{selector} is not on the page.")
        return self._by_id[selector[1:]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "option" and self._open and self._open[-1].tag == "option":  # its end tag may be left out
            self.handle_endtag("option")
        if tag == "form":
            self._form = Form(attributes.get("action", ""), attributes.get("method", "get").lower())
        made = Element(tag, attributes, self._form)
        if "id" in attributes:
            self._by_id[attributes["id"]] = made
        if tag == "input" and _is_sent(attributes):
            self._sends(attributes, attributes.get("value", ""))
        if tag not in ENDLESS:
            self._open.append(made)

    def handle_data(self, data: str) -> None:
        self.text += data
        for one in self._open:
            one.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        at = next((at for at, one in reversed(list(enumerate(self._open))) if one.tag == tag), None)
        if at is None:
            return
        ended = self._open[at]
        del self._open[at:]
        if tag == "option":
            self._chosen(ended)
        elif tag == "textarea":
            self._sends(ended.attributes, ended.text.removeprefix("\n"))

    def _chosen(self, option: Element) -> None:
        """A select sends what is selected, else its first choice."""
        select = next((one for one in reversed(self._open) if one.tag == "select"), None)
        if select is None:
            return
        words = _words(option.text)
        value = option.attributes.get("value", words)
        if not select.choices or "selected" in option.attributes:
            self._sends(select.attributes, value)
        select.choices |= {words: value, value: value}

    def _sends(self, attributes: Attributes, value: str) -> None:
        if self._form is not None and "name" in attributes and "disabled" not in attributes:
            self._form.fields[attributes["name"]] = value


def _is_sent(attributes: Attributes) -> bool:
    """Whether a field goes along without anybody touching it."""
    kind = attributes.get("type", "text")
    return kind not in ("submit", "button", "reset", "image", "file") and (
        kind not in ("checkbox", "radio") or "checked" in attributes
    )


def _page(answer: HTTPResponse | urllib.error.HTTPError) -> Page:
    if answer.status is not None and answer.status >= FAILING:
        answer.close()
        raise Unexpected(f"the system answered {answer.status}.")
    with answer:
        page = Page(answer.geturl())
        page.feed(_whole(answer).decode(answer.headers.get_content_charset() or "utf-8", "replace"))
    page.close()
    return page


def _whole(answer: HTTPResponse | urllib.error.HTTPError) -> bytes:
    """What it says, at most so much. Raises Unexpected where it says that more is coming, and that does not come."""
    try:
        found = answer.read(MOST)
    except (OSError, HTTPException):
        raise Unexpected(BROKEN_OFF) from None
    said = answer.headers.get("Content-Length", "")
    if said.isdecimal() and len(found) < min(int(said), MOST):
        raise Unexpected(BROKEN_OFF)
    return found


def _words(text: str) -> str:
    """A text as it is shown: white space is one blank."""
    return " ".join(text.split())
