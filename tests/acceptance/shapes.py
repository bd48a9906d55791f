"""Has a page of this shape been looked at before? For checks that depend on how a page is built, not on what it says.

The shape of a part of a page: its elements, their classes, roles and states, and which of them have words; without the
words, numbers and addresses, and each kind of row once. Two pages whose main parts, and whose frames around them, were
each looked at before have nothing that a check of structure or colour has not seen.
"""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page

SHAPES: Final = r"""
() => {
  const kept = ['class', 'role', 'type', 'tabindex', 'lang', 'scope', 'style', 'hidden', 'open', 'disabled', 'required',
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
  const main = document.querySelector('main')
  return [main ? shape(main, null) : '', shape(document.body, main)]
}
"""


class Shapes:
    """What was looked at so far in this process."""

    def __init__(self) -> None:
        self._mains: set[str] = set()
        self._frames: set[str] = set()

    def is_new(self, page: Page) -> bool:
        """Whether something of this page was never looked at; from now on it counts as looked at."""
        main, frame = page.evaluate(SHAPES)
        new = main not in self._mains or frame not in self._frames
        self._mains.add(main)
        self._frames.add(frame)
        return new
