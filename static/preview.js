// What stands beside a list? The case of the row that has the focus, on wide screens, where somebody likes it so. Without
// this script the row's link opens its page.
"use strict";

{
  const part = document.querySelector("[data-live-rows]");
  const pane = document.getElementById("preview");
  const form = document.getElementById("preview-switch");
  const ROW = "tr[id^='row-']:has([data-open])";
  const PAUSE = 200;
  let shown = null; // the row, and what it said
  let waiting = 0;

  const mark = () => {
    for (const row of part.querySelectorAll(".row-shown")) row.classList.remove("row-shown");
    if (pane.checkVisibility()) document.getElementById(shown?.id)?.classList.add("row-shown");
  };

  const fetchRow = (row) => {
    shown = { id: row.id, said: rowSays(row) };
    mark();
    const { pathname, search } = new URL(row.querySelector("[data-open]").href);
    htmx.ajax("GET", `${pathname}preview/${search}`, { source: pane, target: pane, swap: "innerHTML" });
  };

  const show = (row) => {
    clearTimeout(waiting);
    if (!row || row.id === shown?.id || !pane.checkVisibility()) return;
    waiting = setTimeout(fetchRow, PAUSE, row);
  };

  const again = () => {
    mark();
    const row = document.getElementById(shown?.id);
    if (row?.matches(ROW) && rowSays(row) !== shown.said && pane.checkVisibility()) fetchRow(row);
  };

  if (part && pane && form) {
    form.hidden = false;
    part.addEventListener("focusin", (event) => show(event.target.closest(ROW)));
    part.addEventListener("click", (event) => {
      const row = event.target.closest(ROW);
      if (row && !event.target.closest("a, button, input, summary") && pane.checkVisibility()) row.querySelector("[data-open]").focus({ preventScroll: true });
    });
    part.addEventListener("htmx:afterSettle", again);
    document.addEventListener("rows:changed", again);
    pane.addEventListener("htmx:beforeOnLoad", (event) => {
      if (event.detail.xhr.status < 400) return;
      event.preventDefault();
      event.stopPropagation();
      pane.replaceChildren(document.getElementById("preview-failed").content.cloneNode(true));
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const button = event.submitter;
      const body = new FormData(form, button);
      const on = button.value === "on";
      document.body.dataset.preview = button.value;
      button.value = on ? "off" : "on";
      button.setAttribute("aria-pressed", String(on));
      fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => {}); // it is so on this page alone
      mark();
      if (on) show(document.activeElement.closest(ROW) ?? document.getElementById(shown?.id) ?? part.querySelector(ROW));
    });
    show(document.activeElement?.closest(ROW));
  }
}
