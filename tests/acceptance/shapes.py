"""Has a page of this shape been looked at before? For checks that depend on how a page is built, not on what it says.

The shape of a part of a page: its elements, their classes, roles and states, and which of them have words; without the
words, numbers and addresses, and each kind of row once. Two pages whose main parts, and whose frames around them, were
each looked at before have nothing that a check of structure or colour has not seen. Pages are fetched and compared
before any is opened: that takes a tenth of the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

FETCHED: Final = r"""
async address => {
  const answer = await fetch(address)
  if (!(answer.headers.get('content-type') ?? '').includes('text/html')) return null
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const kept = ['class', 'role', 'type', 'tabindex', 'lang', 'scope', 'style', 'hidden', 'disabled', 'required',
                'checked', 'colspan', 'rel', 'inert']
  const named = ['id', 'for', 'name', 'alt', 'title', 'placeholder', 'href', 'value', 'src']
  const refers = /^aria-(label|labelledby|describedby|controls|owns|details)$/
  const plain = text => text.replace(/[0-9]+/g, 'N')
  const shape = (element, left) => {
    const said = [element.tagName]
    for (const {name, value} of element.attributes) {
      if (name === 'aria-current') continue
      if (kept.includes(name) || (name.startsWith('aria-') && !refers.test(name))) said.push(name + '=' + plain(value))
      else if (named.includes(name) || refers.test(name)) said.push(name + (value ? '+' : '-'))
    }
    const words = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())
    const below = [...element.children].filter(child => child !== left).map(child => shape(child, left))
    return '<' + said.join(' ') + (words ? ' words' : '') + '>' + [...new Set(below)].join('') + '</>'
  }
  const main = page.querySelector('main')
  const links = [...page.querySelectorAll("a[href^='/']")].map(link => link.getAttribute('href'))
  return {links, parts: [main ? shape(main, null) : '', shape(page.body, main)]}
}
"""


@dataclass(frozen=True)
class Built:
    """A page as it is sent: the addresses that it leads to, and the shapes of its main part and its frame."""

    links: tuple[str, ...]
    parts: tuple[str, ...]


def built(page: Page, address: str) -> Built | None:
    """The page at an address, fetched beside the one that is open; None for what is no page.

    Raises:
        playwright.sync_api.Error: nobody answers there.
    """
    found = page.evaluate(FETCHED, address)
    return Built(tuple(found["links"]), tuple(found["parts"])) if found else None


class Shapes:
    """What was looked at so far, by all processes of one run that share a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)

    def is_new(self, page: Built) -> bool:
        """Whether something of this page was never looked at; from now on it counts as looked at."""
        claimed = [self._claimed(part) for part in page.parts]
        return any(claimed)

    def _claimed(self, part: str) -> bool:
        try:
            (self._folder / sha256(part.encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True
