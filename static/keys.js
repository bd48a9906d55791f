// Which single keys do something? Those of elements with `data-key`, in the row where the focus is before the page; j, k,
// x and f go about. None while somebody types or a dialogue is open, none with Ctrl, and none where they are switched off.
"use strict";

{
  const ROW = ":is(tr, li)[id^='row-']:has([data-open])";
  const TYPES = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog[open]";
  const PAUSE = 1500;
  const all = document.getElementById("keys");
  let first = "";
  let pressed = 0;
  let last = "";
  let place = -1;

  const rows = () => [...document.querySelectorAll(ROW)];
  // Where a row's own link went with a refresh, nothing has the focus: the row that had it last still is the one meant.
  const current = () => {
    const focused = document.activeElement;
    return focused === document.body ? document.getElementById(last)?.closest(ROW) : focused?.closest(ROW);
  };
  const seen = (element) => element.checkVisibility();

  // From the row that the focus is in, or was in; where that is gone, the row that came into its place.
  const step = (by) => {
    const there = rows();
    const at = there.indexOf(current() ?? document.getElementById(last));
    const next = there[Math.min(Math.max(at < 0 ? place : at + by, 0), there.length - 1)];
    next?.querySelector("[data-open]").focus();
  };

  const choose = () => current()?.querySelector("input[name=tasks]")?.click();

  const toForm = () => {
    const field = document.querySelector("form[data-draft] :is(input:not([type=hidden]), textarea, select)");
    const chosen = field?.type === "radio" && field.form.querySelector(`[name="${CSS.escape(field.name)}"]:checked`);
    (chosen || field)?.focus();
  };

  const find = (key) => {
    const named = `[data-key="${CSS.escape(key)}"]`;
    const inRow = current()?.querySelector(named);
    return inRow ?? [...document.querySelectorAll(named)].find((each) => !each.closest(ROW) && seen(each));
  };

  const use = (element) => {
    if (element.matches("input")) return element.focus();
    element.click();
    if (element.matches("summary")) element.parentElement.querySelector("select, input:not([type=hidden])")?.focus();
  };

  const press = (key) => {
    const box = current()?.querySelector("input[name=tasks]");
    if ("as".includes(key) && box && !document.querySelector("input[name=tasks]:checked")) box.click();
    const element = find(key);
    if (element) use(element);
    return Boolean(element);
  };

  const MOVES = { j: () => step(1), k: () => step(-1), x: choose, f: toForm, "?": () => all.showModal() };

  const took = (key) => {
    const both = Date.now() - pressed < PAUSE ? `${first} ${key}` : "";
    first = key;
    pressed = Date.now();
    if (both && press(both)) return true;
    if (!MOVES[key]) return press(key);
    MOVES[key]();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (document.body.dataset.keys !== "on" || event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || event.key === " ") return;
    if (event.target.closest(TYPES) || document.querySelector("dialog[open]")) return;
    if (event.repeat && !"jk".includes(event.key)) return;
    if (took(event.key)) event.preventDefault();
  });

  document.addEventListener("focusin", () => {
    const row = current();
    if (row) [last, place] = [row.id, rows().indexOf(row)];
  });

  document.addEventListener("click", (event) => {
    if (!all || !event.target.closest("[data-keys-show]")) return;
    event.preventDefault();
    all.showModal();
  });
}
