// How does one get to the comments by a key, and whom may a comment name? Without this a link and the text do the same.
"use strict";

{
  const PAUSE = 200;
  const NAME = /(?:^|[\s(])@([\w.+-]*)$/;
  let wanted = false;
  let waiting = 0;

  const field = () => document.getElementById("comment-text");

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-to-comments]");
    const panel = document.getElementById("comments");
    if (!link || !panel) return;
    event.preventDefault();
    panel.scrollIntoView();
    if (field()) return field().focus();
    wanted = true;
    htmx.trigger(panel, "revealed");
  });

  document.addEventListener("htmx:load", (event) => {
    const answers = event.target.querySelector?.("#comment-text")?.form.matches("[aria-label=Answer]");
    if ((wanted || answers) && field()) field().focus();
    if (field()) wanted = false;
  });

  const offered = (text, people) => {
    const list = text.closest(".field").querySelector("[data-names]");
    list.replaceChildren(...people.map((one) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm";
      button.dataset.name = one.name;
      button.textContent = `${one.called} (@${one.name})`;
      item.append(button);
      return item;
    }));
    list.hidden = !people.length;
  };

  const begun = (text) => NAME.exec(text.value.slice(0, text.selectionStart))?.[1];

  const ask = async (text) => {
    const name = begun(text);
    if (name === undefined) return offered(text, []);
    const answer = await fetch(`${text.dataset.namesPeople}?q=${encodeURIComponent(name)}`);
    if (answer.ok && begun(text) === name) offered(text, (await answer.json()).people);
  };

  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-names-people]")) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => ask(event.target).catch(() => offered(event.target, [])), PAUSE);
  });

  document.addEventListener("click", (event) => {
    const name = event.target.closest("[data-names] [data-name]")?.dataset.name;
    if (!name) return;
    const text = event.target.closest(".field").querySelector("textarea");
    const end = text.selectionStart;
    text.setRangeText(`${name} `, end - begun(text).length, end, "end");
    text.focus();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
