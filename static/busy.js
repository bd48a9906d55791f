// How does somebody know that what they asked for is on its way? A bar on top, once it takes longer than a moment; what a
// page asks by itself shows none.
"use strict";

{
  const bar = document.getElementById("busy");
  const MOMENT = 300;
  let asked = 0;
  let waiting = 0;

  const begin = () => {
    asked += 1;
    clearTimeout(waiting);
    waiting = setTimeout(() => (bar.hidden = asked === 0), MOMENT);
  };
  const end = () => {
    asked = Math.max(0, asked - 1);
    if (asked === 0) bar.hidden = true;
  };
  const isByItself = (event) => event.detail.elt.matches("[data-live]");

  if (bar) {
    document.addEventListener("htmx:beforeSend", (event) => isByItself(event) || begin());
    document.addEventListener("htmx:afterRequest", (event) => isByItself(event) || end());
    window.addEventListener("submit", (event) => event.defaultPrevented || event.target.method === "dialog" || begin());
    // A page that is shown again, or that the browser stays on after a download, waits for nothing.
    window.addEventListener("pageshow", () => {
      asked = 0;
      bar.hidden = true;
    });
  }
}
