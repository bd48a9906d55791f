// How are files dropped onto the whole form, not only onto its field? Without this the field takes them by itself.
"use strict";

for (const form of document.querySelectorAll("[data-drop-files]")) {
  const field = form.querySelector("input[type=file]");
  const brings = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const over = (event, is) => {
    if (!brings(event)) return;
    event.preventDefault();
    form.classList.toggle("is-over", is);
  };
  form.addEventListener("dragover", (event) => over(event, true));
  form.addEventListener("dragleave", (event) => over(event, false));
  form.addEventListener("drop", (event) => {
    if (!brings(event)) return;
    over(event, false);
    field.files = event.dataTransfer.files;
    field.focus();
  });
}
