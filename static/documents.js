// What can documents do with a script that they cannot without?

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

// Where on the page does a field stand? Its place lights up while the field has the focus: the field beside the page, and
// the one of the task's form that is read from it, for which the viewer turns to its page.
function light(viewer, name) {
  for (const place of viewer.querySelectorAll("[data-place]:not(.is-hit)")) {
    place.classList.toggle("is-lit", place.dataset.place === name);
  }
  viewer.querySelector(".is-lit:not(.is-hit)")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function turn(viewer, found) {
  const address = `${found.querySelector("a[hx-get]").getAttribute("hx-get")}&still=yes`;
  htmx.ajax("GET", address, { source: viewer, target: viewer, swap: "outerHTML" });
}

document.addEventListener("focusin", (event) => {
  const form = event.target.closest("[data-lights]");
  const own = form?.closest("[data-viewer]");
  if (own) return light(own, form.dataset.lights);
  const name = event.target.name;
  const found = name && document.querySelector(`[data-viewer] [data-path="${CSS.escape(name)}"]`);
  if (!found) return;
  const viewer = found.closest("[data-viewer]");
  if (viewer.dataset.page === found.dataset.page) light(viewer, found.dataset.lights);
  else turn(viewer, found);
});

// Where in a recording was a sentence said? The player jumps there, without loading the page anew.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-seek]");
  const player = link?.closest("[data-viewer]")?.querySelector("[data-recording] audio");
  if (!player || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  player.currentTime = Number(link.dataset.seek);
  player.play();
});
