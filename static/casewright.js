// What does a page do by itself? It refreshes its live parts, and never takes away what somebody is typing.
"use strict";

const typing = (part) =>
  [...part.querySelectorAll("input:not([type=hidden]), textarea")].some(
    (field) => field.type !== "checkbox" && field.type !== "radio" && field.value !== field.defaultValue,
  ) || part.contains(document.activeElement?.closest("form input, form textarea, form select"));

let open = new Set();

document.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.detail.elt;
  if (!part.matches("[data-live]") || event.detail.requestConfig.triggeringEvent?.type === "click") return;
  if (typing(part)) {
    event.preventDefault();
    document.querySelector("[data-live-notice]")?.removeAttribute("hidden");
  }
});

document.addEventListener("htmx:beforeSwap", (event) => {
  open = new Set([...event.detail.target.querySelectorAll("details[open][id]")].map((each) => each.id));
});

// What was done is said above the parts that refresh by themselves, and the reader is taken there.
document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.detail.target.id === "messages") document.getElementById("messages").focus();
});

document.addEventListener("htmx:afterSettle", (event) => {
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  const words = event.target.closest("[data-live]")?.querySelector("[data-announce]")?.dataset.announce;
  if (words) document.getElementById("announce").textContent = words;
});

for (const failure of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(failure, () => document.getElementById("trouble").removeAttribute("hidden"));
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.removeAttribute("open");
});

// What was typed before the session ended goes back into its form.
for (const note of document.querySelectorAll("[data-unsent]")) {
  const form = [...document.forms].find((each) => new URL(each.action).pathname === note.dataset.unsent);
  if (!form) continue;
  for (const typed of note.querySelectorAll("[data-unsent-name]")) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(typed.dataset.unsentName)}"]`)) {
      if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === typed.textContent || field.checked;
      else if (field.tagName !== "BUTTON" && field.type !== "hidden") field.value = typed.textContent;
      field.closest("details")?.setAttribute("open", "");
    }
  }
}
