// How does somebody choose many rows? All at once, a range with Shift, and the choice outlives a refresh of the list.
"use strict";

const boxes = () => [...document.querySelectorAll('input[type=checkbox][name="tasks"][form="many"]')];
let picked = new Set();
let last = null;

const count = () => {
  const chosen = boxes().filter((box) => box.checked).length;
  const bar = document.getElementById("many");
  if (!bar) return;
  bar.querySelector("[data-many-count]").textContent = `${chosen} chosen:`;
  bar.hidden = chosen === 0;
  const all = document.querySelector("[data-many-all] input");
  if (all) [all.checked, all.indeterminate] = [chosen > 0 && chosen === boxes().length, chosen > 0 && chosen < boxes().length];
};

const begin = () => {
  const head = document.querySelector("[data-many-all]");
  if (head && !head.querySelector("input")) {
    const all = Object.assign(document.createElement("input"), { type: "checkbox", className: "form-check-input" });
    all.setAttribute("aria-label", "Choose all of this page");
    all.addEventListener("change", () => {
      for (const box of boxes()) box.checked = all.checked;
      count();
    });
    head.replaceChildren(all);
  }
  count();
};

document.addEventListener("click", (event) => {
  const all = boxes();
  const at = all.indexOf(event.target);
  if (at < 0) return;
  if (event.shiftKey && last !== null && all[last]) {
    for (const box of all.slice(Math.min(at, last), Math.max(at, last) + 1)) box.checked = event.target.checked;
  }
  last = at;
  count();
});

document.addEventListener("change", (event) => {
  if (boxes().includes(event.target)) count();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !boxes().some((box) => box.checked)) return;
  for (const box of boxes()) box.checked = false;
  count();
});

// A refresh by itself keeps the choice; the answer to what was done says itself what stays chosen.
document.addEventListener("htmx:beforeSwap", (event) => {
  const ofMany = event.detail.requestConfig?.elt?.id === "many";
  picked = new Set(ofMany ? [] : boxes().filter((box) => box.checked).map((box) => box.value));
});
document.addEventListener("htmx:afterSwap", () => {
  for (const box of boxes()) if (picked.has(box.value)) box.checked = true;
  begin();
});

begin();
