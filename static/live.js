// How does an open page stay true? It hears of changes by server-sent events, says when it hears nothing any more, and
// shows nothing that its reader may not see any more. Hidden tabs hear nothing; they ask when they are looked at.
"use strict";

{
  const part = "viewing" in document.body.dataset ? null : document.querySelector("[data-live]"); // of others none is told
  const notice = document.getElementById("live-stopped");
  const content = document.getElementById("content");
  const AFTER_HIDDEN = 30_000;
  const ASK_AGAIN = 3_000;
  const MISSED = 2.4; // signs of life that may fail to come

  let source = null;
  let seen = part?.dataset.liveSeen; // what the page shows, not what it was told of
  let told = seen;
  let asked = seen;
  let behind = false;
  let silentAfter = 12_000;
  let heard = Date.now();
  let over = false;
  let stale = false;
  let began = 0;
  let freeAt = 0;
  let refreshing = 0;
  let closing = 0;
  let left = null; // where the reader was when the content was put away

  const say = (words) => {
    for (const each of notice.querySelectorAll("[data-live-words]")) each.hidden = each.dataset.liveWords !== words;
    notice.hidden = false;
  };

  // Content that nobody can vouch for is not shown, unless somebody is typing in it: then only the notice stands there.
  const silent = () => {
    if (over) return;
    company([]);
    say("silent");
    if (content.hidden || typing(content)) return;
    left = { scroll: scrollY, focused: content.contains(document.activeElement) ? document.activeElement : null };
    content.hidden = true;
  };

  const alive = (seconds) => {
    heard = Date.now();
    if (seconds) silentAfter = seconds * MISSED * 1000;
    if (over || notice.hidden) return;
    if (behind) return fallBehind();
    notice.hidden = true;
    showAgain();
  };

  const showAgain = () => {
    if (!content.hidden) return;
    content.hidden = false;
    scrollTo(0, left?.scroll ?? 0);
    left?.focused?.focus({ preventScroll: true });
  };

  // Something has changed that could not be fetched: what stands here stays, and says that it may be old.
  const fallBehind = () => {
    behind = true;
    say("behind");
    showAgain();
  };

  const fetched = () => {
    seen = asked;
    behind = false;
    alive(0);
  };

  const stop = () => {
    if (over) return;
    over = true;
    source?.close();
    say("over");
    const typed = [...content.querySelectorAll("textarea, input:not([type])," +
      "input[type=text], input[type=number], input[type=date]")].filter((field) => field.value !== field.defaultValue);
    for (const field of typed) {
      const kept = document.createElement("p");
      kept.className = "text quote";
      kept.textContent = field.value;
      notice.lastElementChild.append(kept);
    }
    content.replaceChildren();
    notice.setAttribute("tabindex", "-1");
    notice.focus();
  };

  // A page waits five times as long as its last refresh took: a server that has much to do is asked less often.
  const refresh = () => {
    stale = document.hidden;
    if (stale || over) return;
    if (!part.hasAttribute("hx-get")) document.querySelector("[data-live-notice]")?.removeAttribute("hidden");
    clearTimeout(refreshing);
    refreshing = setTimeout(() => htmx.trigger(part, "live:changed"), Math.max(0, freeAt - Date.now()));
  };

  const connect = () => {
    if (source || over || document.hidden) return;
    heard = Date.now();
    const asked = new URLSearchParams({ seen, made_for: document.body.dataset.madeFor });
    source = new EventSource(`${part.dataset.live}?${asked}`);
    source.addEventListener("beat", (event) => alive(Number(event.data)));
    source.addEventListener("changed", (event) => {
      told = event.data;
      alive(0);
      refresh();
    });
    source.addEventListener("company", (event) => company(JSON.parse(event.data)));
    source.addEventListener("over", stop);
    source.addEventListener("error", () => {
      if (source?.readyState === EventSource.CLOSED) refused();
    });
  };

  // Who else has the same case open. Names are text, whatever is in them.
  const company = (people) => {
    const said = (one) => `${one.name} is ${one.writes ? "writing" : "looking"}`;
    const more = people.length > 3 ? ` · and ${people.length - 3} more` : "";
    const words = people.slice().sort((one, other) => other.writes - one.writes).slice(0, 3).map(said).join(" · ") + more;
    for (const each of document.querySelectorAll("[data-company]")) if (each.textContent !== words) each.textContent = words;
  };

  const disconnect = () => {
    company([]);
    source?.close();
    source = null;
  };

  // The browser gives up a stream that was answered with anything else: a page to sign in, no such case, a failure.
  const refused = async () => {
    disconnect();
    try {
      const answer = await fetch(part.dataset.live, { method: "HEAD", redirect: "manual" });
      if (answer.type === "opaqueredirect" || (answer.status >= 400 && answer.status < 500)) return stop();
    } catch {
      silent();
    }
    setTimeout(connect, ASK_AGAIN);
  };

  if (part) {
    part.addEventListener("htmx:beforeRequest", (event) => {
      if (event.detail.elt !== part) return;
      began = Date.now();
      asked = told;
    });
    part.addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.elt !== part || over) return;
      freeAt = Date.now() + 5 * (Date.now() - began);
      if (event.detail.successful) return fetched();
      fallBehind();
      clearTimeout(refreshing);
      refreshing = setTimeout(refresh, ASK_AGAIN);
    });
    document.addEventListener("visibilitychange", () => {
      clearTimeout(closing);
      if (document.hidden) {
        closing = setTimeout(disconnect, AFTER_HIDDEN);
      } else {
        heard = Date.now();
        connect();
        if (stale) refresh();
      }
    });
    window.addEventListener("offline", () => {
      disconnect(); // a last sign of life that is on its way would show the content once more
      silent();
      setTimeout(connect, ASK_AGAIN);
    });
    window.addEventListener("online", () => {
      disconnect();
      connect();
    });
    setInterval(() => {
      if (!document.hidden && Date.now() - heard > silentAfter) silent();
    }, 1000);
    connect();
  }

  // Another person has signed in since this page was made: what it asks by itself is answered with that.
  document.addEventListener("made-for-another", stop);

  // "Just now" goes on.
  const UNITS = [["year", 31_536_000], ["month", 2_592_000], ["week", 604_800], ["day", 86_400], ["hour", 3600], ["minute", 60]];
  const said = (moment, now) => {
    const seconds = Math.abs(now - moment) / 1000;
    const [unit, length] = UNITS.find(([, each]) => seconds >= each) ?? [null, 1];
    if (!unit) return "just now";
    const count = Math.floor(seconds / length);
    const words = `${count}\u00a0${unit}${count === 1 ? "" : "s"}`;
    return moment <= now ? `${words} ago` : `in ${words}`;
  };
  setInterval(() => {
    for (const each of document.querySelectorAll("time[data-when]")) {
      const words = said(Date.parse(each.dateTime), Date.now());
      if (each.textContent !== words) each.textContent = words;
    }
  }, 30_000);
}
