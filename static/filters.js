// How is a filter not lost that somebody has begun to set? A moment after each change its form is kept on the server, and
// the list offers it when they come back. Showing it is the end of that.
"use strict";

{
  const PAUSE = 800;
  let waiting = 0;
  let unkept = null;

  const send = (form, begun) => {
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    const state = new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim())).toString();
    const body = new URLSearchParams({ kind: form.dataset.begun, state, begun });
    return fetch(document.body.dataset.views, { method: "POST", body, headers, keepalive: true, redirect: "manual" });
  };

  const keep = async () => {
    clearTimeout(waiting);
    const form = unkept;
    if (!form) return;
    unkept = null;
    const said = form.querySelector("[data-begun-said]");
    try {
      const answer = await send(form, "on");
      said.textContent = answer.ok ? `Kept ${(await answer.json()).at}, not shown yet.` : "Not kept.";
    } catch {
      said.textContent = "Not kept: the server cannot be reached.";
    }
  };

  const changed = (event) => {
    const form = event.target.closest?.("form[data-begun]");
    if (!form || !event.target.name || !document.body.dataset.views || "viewing" in document.body.dataset) return;
    unkept = form;
    clearTimeout(waiting);
    waiting = setTimeout(keep, PAUSE);
  };

  document.addEventListener("input", changed);
  document.addEventListener("change", changed);
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-begun]") || !document.body.dataset.views) return;
    clearTimeout(waiting);
    unkept = null;
    if ("viewing" in document.body.dataset) return;
    send(event.target, "off").catch(() => {});
  });
  window.addEventListener("pagehide", keep);
}
