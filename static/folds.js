// Which panels does the reader open and close? The server is told of each, and shows them so next time, in any browser.
"use strict";

let printing = false;
addEventListener("beforeprint", () => (printing = true));
addEventListener("afterprint", () => setTimeout(() => (printing = false), 500)); // after the events of closing again

// A panel that comes open with its page has a toggle event of its own, too: nobody opened it.
const asItCame = new WeakMap();
const panels = (within) => {
  for (const each of within.querySelectorAll("details[data-fold]")) if (!asItCame.has(each)) asItCame.set(each, each.open);
};

const tell = (fold, isOpen) => {
  const headers = document.body.getAttribute("hx-headers");
  if (!headers || "viewing" in document.body.dataset) return;
  const body = new URLSearchParams({ fold, open: isOpen ? "on" : "off" });
  // It is asked for again with the next one; a page does not speak of it.
  fetch(document.body.dataset.desk, { method: "POST", body, headers: JSON.parse(headers), keepalive: true }).catch(() => {});
};

document.addEventListener(
  "toggle",
  (event) => {
    const panel = event.target;
    const { fold } = panel.dataset ?? {};
    if (!fold || printing || asItCame.get(panel) === panel.open) return;
    asItCame.set(panel, panel.open);
    tell(fold, panel.open);
  },
  true,
);
document.addEventListener("htmx:afterSettle", (event) => panels(event.target));
panels(document);
// What is fetched when a panel is opened is fetched for one that came open, too.
// htmx listens from DOMContentLoaded on, and was told of it first.
addEventListener("DOMContentLoaded", () => {
  for (const each of document.querySelectorAll("details[data-fold][open][hx-get]")) htmx.trigger(each, "toggle");
});
