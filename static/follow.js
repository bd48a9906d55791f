// How does an open list follow what happens without moving under the pointer? Rows change where they are; what has gone
// stays as a quiet line and what is new waits, until the list is at rest or its reader asks for it.
"use strict";

// What a row says, without what differs in each answer: tokens, how long ago a time is, and how the row is marked here.
const rowSays = (row) => {
  const plain = row.cloneNode(true);
  plain.classList.remove("row-new", "row-shown");
  for (const each of plain.querySelectorAll("input[type=hidden]")) each.remove();
  for (const each of plain.querySelectorAll("time[data-when]")) each.textContent = "";
  return plain.className.trim() + plain.innerHTML;
};

for (const part of document.querySelectorAll("[data-live-rows]")) {
  const ROW = ":is(tr, li)[id^='row-']";
  const CALM_AFTER = 400;
  const SAID = ["messages", "many-results"]; // stays until something else is said there
  const OPENED = "details[open]:not(details:not([open]) *)"; // one open within a closed one is not seen
  const touched = matchMedia("(hover: none)");
  let wanted = false; // the reader has asked for what is new
  let behind = false; // the list stands still, and is not what it would be if it were loaded anew
  let skipped = false; // something came while a button of the list was held down
  let calming = 0;
  let known = null;

  const box = (row) => row.querySelector(".pick input[type=checkbox]");
  const rows = (root = part) => [...root.querySelectorAll(ROW)];
  const isOurs = (event) => event.detail.requestConfig?.elt === part;
  const isHeld = () => part.matches(":active");
  const atRest = () =>
    !touched.matches && scrollY === 0 && !isHeld() && !part.matches(":hover") && !part.contains(document.activeElement) &&
    !typing(part) && !part.querySelector(OPENED);
  const ask = () => htmx.trigger(part, "live:changed");

  const keepFocus = (row, change) => {
    const focused = row.contains(document.activeElement) && document.activeElement;
    change();
    if (!focused || focused.isConnected) return;
    const there = document.getElementById(row.id);
    (document.getElementById(focused.id) ?? there.querySelector("[data-open]"))?.focus({ preventScroll: true });
  };

  const change = (row, fresh) => {
    if (rowSays(row) === rowSays(fresh)) return;
    if (box(row) && box(fresh)) box(fresh).checked = box(row).checked;
    keepFocus(row, () => row.replaceWith(fresh));
    htmx.process(fresh);
  };

  // A row without words may not be seen any more, so nothing of it stays but its height.
  const fade = (row, words) => {
    if (row.dataset.gone === (words ?? "")) return;
    row.dataset.gone = words ?? "";
    row.style.height = `${row.offsetHeight}px`;
    row.classList.remove("row-new", "row-late", "row-risk");
    row.classList.add("row-gone");
    if (box(row)?.checked) box(row).click();
    keepFocus(row, () => {
      row.querySelector(".pick")?.replaceChildren();
      row.querySelector(".end")?.replaceChildren(words ?? "");
      const unsaid = part.dataset.goneWords ?? "not in your list any more";
      if (words === undefined) for (const cell of row.children) cell.textContent = cell.matches(".about") ? unsaid : "";
    });
  };

  const tell = (come, gone) => {
    behind = come + gone > 0;
    const words = [come && `${come} new`, gone && `${gone} gone`].filter(Boolean).join(", ");
    const button = part.querySelector("[data-news]");
    if (button.textContent !== words) button.textContent = words;
    button.hidden = !words;
  };

  const counts = (next) => {
    for (const fresh of next.querySelectorAll("[data-count]")) {
      const here = part.querySelector(`[data-count="${CSS.escape(fresh.dataset.count)}"]`);
      if (here) here.textContent = fresh.textContent;
    }
  };

  // What stands elsewhere on the page and comes along: messages, what the bar counts.
  const beside = (next) => {
    for (const fresh of next.querySelectorAll("[hx-swap-oob]")) {
      const here = document.getElementById(fresh.id);
      if (!here || (SAID.includes(fresh.id) && !fresh.childElementCount)) continue;
      here.hidden = fresh.hidden;
      if (here.innerHTML === fresh.innerHTML) continue;
      const focused = here.contains(document.activeElement) && document.activeElement.id;
      here.replaceChildren(...fresh.childNodes);
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    }
  };

  const merge = (next) => {
    const fresh = new Map(rows(next).map((row) => [row.id, row]));
    const words = new Map([...next.querySelectorAll("[data-gone] > li")].map((one) => [one.dataset.row, one.textContent]));
    const here = rows();
    for (const row of here) {
      if (fresh.has(row.id)) change(row, fresh.get(row.id));
      else fade(row, words.get(row.id));
    }
    const there = new Set(here.map((row) => row.id));
    tell([...fresh.keys()].filter((id) => !there.has(id)).length, rows().filter((row) => row.matches(".row-gone")).length);
    counts(next);
    beside(next);
    document.dispatchEvent(new Event("rows:changed"));
  };

  const calm = () => {
    clearTimeout(calming);
    if (behind) calming = setTimeout(() => atRest() && ask(), CALM_AFTER);
  };

  part.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt === part) event.detail.parameters.had = rows().map((row) => row.id.slice("row-".length)).join(",");
  });

  part.addEventListener("htmx:beforeSwap", (event) => {
    known = null;
    if (!isOurs(event) || !event.detail.shouldSwap) return;
    known = new Map(rows().filter((row) => !row.matches(".row-gone")).map((row) => [row.id, box(row)?.checked]));
    if (wanted || atRest() || (!rows().length && !typing(part) && !isHeld())) return;
    event.detail.shouldSwap = false;
    skipped = isHeld();
    const next = document.createElement("template");
    next.innerHTML = event.detail.serverResponse;
    if (!skipped) merge(next.content);
  });

  part.addEventListener("htmx:afterRequest", (event) => {
    if (isOurs(event) && !event.detail.successful) wanted = false;
  });

  part.addEventListener("htmx:afterSettle", () => {
    behind = false;
    const come = known ? rows().filter((row) => !known.has(row.id)) : [];
    for (const row of come) row.classList.add("row-new");
    for (const row of rows()) if (box(row) && known?.has(row.id)) box(row).checked = known.get(row.id);
    if (wanted) (come[0] ?? rows()[0])?.querySelector("[data-open]")?.focus();
    wanted = false;
  });

  part.addEventListener("click", (event) => {
    if (!event.target.closest("[data-news]")) return;
    wanted = true;
    ask();
  });

  part.addEventListener("pointerleave", calm);
  part.addEventListener("focusout", calm);
  document.addEventListener("scroll", calm, { passive: true });
  document.addEventListener("pointerup", () => {
    if (skipped) setTimeout(ask);
    skipped = false;
  });
}
