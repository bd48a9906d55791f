// What does the reader get who prints a page? Everything that is folded, and when it was printed.
"use strict";

let folded = [];

addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("main details:not([open])")];
  for (const each of folded) each.open = true;
  const now = `${new Date().toISOString().slice(0, 19).replace("T", " ")} UTC`;
  for (const each of document.querySelectorAll("[data-printed]")) each.textContent = ` at ${now}`;
});

addEventListener("afterprint", () => {
  for (const each of folded) each.open = false;
  folded = [];
});

for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
document.addEventListener("htmx:afterSettle", () => {
  for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
