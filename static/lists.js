// How is a long choice narrowed? Each letter hides what does not have it; what is chosen stays. Without a script all stay.
"use strict";

const narrowing = () => {
  for (const field of document.querySelectorAll("[data-narrow][hidden]")) field.removeAttribute("hidden");
};

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-narrow]")) return;
  const sought = event.target.value.trim().toLowerCase();
  for (const label of event.target.closest("fieldset").querySelectorAll("label")) {
    label.hidden = !label.textContent.toLowerCase().includes(sought) && !label.querySelector("input").checked;
  }
});

// Enter narrows, and does not send the form around it.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("[data-narrow]")) event.preventDefault();
});

document.addEventListener("htmx:afterSettle", narrowing);
narrowing();
