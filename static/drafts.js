// How is nothing lost that somebody types? A moment after each pause the form's fields are kept on the server, which
// says when. Where that fails the page says so, tries again, and does not let itself be closed without a word.
"use strict";

const keepDraft = (form) => {
  if (form.dataset.draftKept) return;
  form.dataset.draftKept = "1";
  const PAUSE = 800;
  const AGAIN = 3_000;
  const part = (name) => form.querySelector(`[data-draft-${name}]`);
  const touched = new Set(form.dataset.draftNames.split(" ").filter(Boolean));
  let seen = form.dataset.draftSeen;
  let waiting = 0;
  let unkept = false;
  let asking = null;
  let stopped = false;
  let there = null;

  const say = (words) => {
    if (part("said").textContent !== words) part("said").textContent = words;
  };
  const fields = () => [...new FormData(form)].filter(([name, value]) => touched.has(name) && typeof value === "string");
  const words = (name) =>
    form.querySelector(`[name="${CSS.escape(name)}"]`)?.closest(".field")?.querySelector("legend, label")?.textContent.trim() ?? name;

  const listed = (list, pairs) => {
    list.replaceChildren();
    for (const [label, text] of pairs.filter(([, text]) => text.trim())) {
      const term = document.createElement("dt");
      const value = document.createElement("dd");
      term.textContent = label;
      value.textContent = text;
      value.className = "text";
      list.append(term, value);
    }
  };

  const bothStand = (other) => {
    there = other;
    part("at").textContent = other.at;
    listed(part("there"), other.fields.map(([name, text]) => [words(name), text]));
    listed(part("here"), fields().map(([name, text]) => [words(name), text]));
    part("other").hidden = false;
    say("Not kept: choose which of the two texts you go on with.");
  };

  const answered = async (answer) => {
    if (answer.ok) {
      const kept = await answer.json();
      seen = kept.version;
      part("away").hidden = false;
      return say(`Kept ${kept.at}.`);
    }
    unkept = true;
    if (answer.status === 409 && answer.headers.get("Content-Type")?.startsWith("application/json")) return bothStand(await answer.json());
    if (answer.status >= 500 || answer.status === 429) return again();
    stopped = true;
    if (answer.status === 401) return say("Your session has ended, so this is not kept any more. Send it: you sign in again, and the text comes along.");
    if (answer.status === 410) return say((await answer.json()).said);
    return say("Not kept any more: you have signed in anew, or may not do this any more. Copy what you wrote before you leave.");
  };

  const again = () => {
    say("Not kept: the server cannot be reached. It is tried again by itself; leave the page open.");
    plan(AGAIN);
  };

  const keep = async () => {
    clearTimeout(waiting);
    if (!unkept || stopped || there) return;
    if (asking) return plan(PAUSE);
    unkept = false;
    asking = new AbortController();
    const body = new URLSearchParams(fields());
    for (const name of ["csrfmiddlewaretoken", "made_for"]) body.append(name, form.elements[name]?.value ?? "");
    // What the browser sends on after the page has gone may have 64 KB.
    const keepalive = body.toString().length < 60_000;
    try {
      await answered(await fetch(`${form.dataset.draft}&seen=${seen}`, { method: "POST", body, keepalive, signal: asking.signal }));
    } catch {
      unkept = true;
      if (!stopped) again();
    }
    asking = null;
  };

  const plan = (pause) => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, pause);
  };

  const changed = (event) => {
    if (!event.target.name || event.target.type === "hidden") return;
    touched.add(event.target.name);
    unkept = true;
    if (there) listed(part("here"), fields().map(([name, text]) => [words(name), text]));
    else if (!stopped) {
      say("Not kept yet.");
      plan(PAUSE);
    }
  };

  const fill = (pairs) => {
    for (const [name, text] of pairs) {
      touched.add(name);
      for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === text;
        else if (field.type !== "hidden") field.value = text;
      }
    }
  };

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", () => {
    stopped = true;
    unkept = false;
    clearTimeout(waiting);
    asking?.abort();
  });
  form.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-draft-take]")?.dataset.draftTake;
    if (!choice) return;
    if (choice === "there") fill(there.fields);
    seen = there.version;
    there = null;
    part("other").hidden = true;
    unkept = true;
    keep();
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt === form && !event.detail.successful) stopped = false; // it was not sent, and stands here still
  });
  window.addEventListener("pagehide", keep);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) stopped = false;
  });
  document.addEventListener("visibilitychange", () => document.hidden && keep());
  window.addEventListener("online", keep);
  window.addEventListener("beforeunload", (event) => {
    if (unkept) keep();
    if (unkept && form.isConnected) event.preventDefault();
  });
  // What came back since it was not taken is kept at once.
  if (form.dataset.draftUnkept) {
    unkept = true;
    plan(0);
  }
};

for (const form of document.querySelectorAll("form[data-draft]")) keepDraft(form);
// A form that comes with a part of the page: an element that is a part itself, or stands in one.
document.addEventListener("htmx:load", (event) => {
  for (const form of event.target.querySelectorAll?.("form[data-draft]") ?? []) keepDraft(form);
});
