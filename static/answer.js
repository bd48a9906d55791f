// How does the form of a task say what matters now? It asks only what the other answers call for, and keeps apart what a
// machine drafted and what a person made of it. Without it every question is shown, and the server says the same.
"use strict";

for (const form of document.querySelectorAll("form")) {
  const asked = [...form.querySelectorAll("[data-asked-when]")].filter((field) => field.dataset.askedWhen !== "{}");
  const drafted = [...form.querySelectorAll("[data-drafted]")];
  if (!asked.length && !drafted.length) continue;

  const folded = (text) => text.replaceAll("\r\n", "\n").trim();
  const holds = (conditions) => {
    const given = new FormData(form);
    return Object.entries(JSON.parse(conditions)).some(([name, values]) => values.includes(given.get(name)));
  };
  const input = (field) => field.querySelector("textarea, input:not([type=radio]), select");
  const editor = (mark) => mark.closest(".field").querySelector("textarea, input");

  const say = () => {
    for (const field of asked) {
      const typed = Boolean(input(field)?.value.trim() || field.querySelector(".wrong"));
      field.hidden = !typed && !holds(field.dataset.askedWhen);
    }
    for (const mark of drafted) {
      const touched = folded(editor(mark).value) !== folded(mark.dataset.drafted);
      mark.querySelector("[data-as-drafted]").hidden = touched;
      mark.querySelector("[data-touched]").hidden = !touched;
      mark.querySelector("[data-put-back]").hidden = !touched;
      mark.querySelector("[data-does-not-fit]").hidden = !touched || !holds(mark.dataset.fixedWhen);
    }
  };

  form.addEventListener("click", (event) => {
    const mark = event.target.closest("[data-put-back]")?.closest("[data-drafted]");
    if (mark) {
      editor(mark).value = mark.dataset.drafted;
      editor(mark).dispatchEvent(new Event("input", { bubbles: true })); // it is kept as a draft
      editor(mark).focus();
    }
    setTimeout(say); // after who else listens: a draft may come back by a click
  });
  for (const kind of ["input", "change"]) form.addEventListener(kind, say);
  addEventListener("pageshow", say);
  say();
}
