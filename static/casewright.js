// What does a page do by itself? It refreshes its live parts, and never takes away what somebody is typing.
"use strict";

const typing = (part) =>
  [...part.querySelectorAll("input:not([type=hidden]), textarea")].some(
    (field) => field.type !== "checkbox" && field.type !== "radio" && field.value !== field.defaultValue,
  ) || part.contains(document.activeElement?.closest("form input, form textarea, form select"));

let open = new Set();

document.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.detail.elt;
  if (!part.matches("[data-live]:not([data-live-rows])") || event.detail.requestConfig.triggeringEvent?.type === "click") return;
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
  const { id } = event.detail.target;
  if (["messages", "many-results"].includes(id) && document.getElementById(id).childElementCount) document.getElementById(id).focus();
});

document.addEventListener("htmx:afterSettle", (event) => {
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  const words = event.target.closest("[data-live]")?.querySelector("[data-announce]")?.dataset.announce;
  if (words) document.getElementById("announce").textContent = words;
});

for (const failure of ["htmx:sendError", "htmx:responseError"]) {
  // What a page asks by itself is tried again by itself (live.js): nobody did anything that did not work.
  document.addEventListener(failure, (event) => {
    const { elt, requestConfig } = event.detail;
    if (elt.matches("[data-live]") && requestConfig?.triggeringEvent?.type === "live:changed") return;
    document.getElementById("trouble").removeAttribute("hidden");
  });
}

// What did not work is old news once something that was asked for has.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && !event.detail.elt.matches("[data-live]")) document.getElementById("trouble").hidden = true;
});

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
  const form = [...document.forms].find((each) => new URL(each.getAttribute("action") ?? "", location).pathname === note.dataset.unsent);
  if (!form) continue;
  const typed = [...note.querySelectorAll("[data-unsent-name]")].map((each) => [each.dataset.unsentName, each.textContent]);
  const fields = (name) => [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
  // Where what the form is about has changed since, putting the text back by name would put it in the wrong place.
  if (typed.some(([name, value]) => fields(name).some((field) => field.type === "hidden" && field.value !== value))) {
    note.querySelector("details").open = true;
    continue;
  }
  for (const [name] of typed) for (const field of fields(name)) if (field.type === "checkbox") field.checked = false;
  for (const [name, value] of typed) {
    for (const field of fields(name)) {
      if (field.type === "radio" || field.type === "checkbox") field.checked = field.checked || field.value === value;
      else if (field.tagName !== "BUTTON" && field.type !== "hidden") field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true })); // it is kept as a draft again
      if (value) field.closest("details")?.setAttribute("open", "");
    }
  }
}

// Many at once are done some at a time: the page goes on by itself until it is told to stop.
for (const form of document.querySelectorAll("form[data-goes-on]")) form.requestSubmit();

// On a narrow screen tabs and the bar scroll: the place where one is stands in sight.
for (const here of document.querySelectorAll(":is(.tabs, .nav-main) [aria-current]")) {
  const scrolled = here.closest(".tabs, .nav-main");
  scrolled.scrollLeft = here.offsetLeft - scrolled.offsetLeft - (scrolled.clientWidth - here.offsetWidth) / 2;
}
