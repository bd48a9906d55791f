// How does one get to a case, a page or an action by keyboard? Ctrl-K (or ⌘K) opens a list that narrows while one types.
// Links are followed; a button of the page is only brought into focus, so that nothing is done by an Enter too many.
"use strict";

const palette = document.getElementById("palette");

if (palette) {
  const input = palette.querySelector("input");
  const list = document.getElementById("palette-list");
  const status = palette.querySelector("[role=status]");
  const MOST = 8;
  let options = [];
  let active = -1;
  let asking = null;
  let waiting = 0;

  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
  // A browser lays out no text in a closed fold.
  const label = (element) => (element.getAttribute("aria-label") ?? (element.innerText.trim() || element.textContent)).replace(/\s+/g, " ").replaceAll(" :", ":").trim();
  const visible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
  // The closed folds around an element, the inmost first.
  const folds = (element) => {
    const fold = element.parentElement?.closest("details:not([open])");
    return fold ? [...(fold.firstElementChild.contains(element) ? [] : [fold]), ...folds(fold)] : [];
  };
  const laidOut = (element, end) => element === end || (getComputedStyle(element).display !== "none" && laidOut(element.parentElement, end));
  const seen = (element) => {
    if (element.disabled || !label(element)) return false;
    const around = folds(element);
    return around.length ? visible(around.at(-1)) && laidOut(element, around.at(-1)) : visible(element);
  };

  const fits = (words) => {
    const asked = folded(input.value).split(/\s+/).filter(Boolean);
    const there = folded(words).split(/[\s\p{P}]+/u);
    return asked.every((each) => there.some((word) => word.startsWith(each)));
  };

  const once = (found) => [...new Map(found.map((each) => [each.words, each])).values()];
  // The same place once, whatever it is called here and there.
  const apart = (found) => [...new Map(found.map((each) => [new URL(each.href, location).href, each]).reverse()).values()].reverse();
  const option = (element) => ({ words: label(element), href: element.href, element });
  // What lies in a fold says in which, and stands behind what one sees.
  const placedIn = ({ element, ...each }) => {
    const [fold] = folds(element);
    return { ...each, element, more: fold && `in “${label(fold.querySelector("summary"))}”`, hidden: Boolean(fold) };
  };
  const here = () =>
    once(
      [...document.querySelectorAll("main :is(a.btn[href], button, summary)")]
        .filter(seen).map(option).map(placedIn).sort((one, other) => one.hidden - other.hidden),
    );
  const pages = () => once([...document.querySelectorAll(".nav-main a, .foot a")].map(option));

  const show = (groups) => {
    options = [];
    list.replaceChildren(...groups.filter(([, found]) => found.length).map(([name, found]) => group(name, found)));
    choose(options.length ? 0 : -1);
    status.textContent = options.length === 1 ? "1 result" : `${options.length} results`;
  };

  const group = (name, found) => {
    const part = document.createElement("div");
    part.setAttribute("role", "group");
    part.setAttribute("aria-label", name);
    const heading = document.createElement("p");
    heading.className = "palette-name";
    heading.setAttribute("aria-hidden", "true");
    heading.textContent = name;
    part.append(heading, ...found.map(row));
    return part;
  };

  const row = (each) => {
    const place = document.createElement("div");
    const number = options.push({ ...each, place }) - 1;
    place.id = `palette-${number}`;
    place.setAttribute("role", "option");
    place.className = "palette-option";
    place.append(Object.assign(document.createElement("span"), { textContent: each.words }));
    if (each.more) place.append(Object.assign(document.createElement("span"), { className: "text-secondary", textContent: each.more }));
    place.addEventListener("click", () => take(number));
    return place;
  };

  const choose = (number) => {
    active = number;
    options.forEach(({ place }, each) => place.setAttribute("aria-selected", String(each === number)));
    if (number < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", options[number].place.id);
    options[number].place.scrollIntoView({ block: "nearest" });
  };

  const take = (number) => {
    const { href, element } = options[number];
    palette.close();
    if (href) return location.assign(href);
    for (const fold of folds(element)) fold.open = true;
    element.scrollIntoView({ block: "center" });
    element.focus();
  };

  const everything = () => ({
    words: `Search all cases for “${input.value.trim()}”`,
    href: `${palette.dataset.search}?${new URLSearchParams({ q: input.value.trim() })}`,
  });
  const known = () => [
    ["On this page", here().filter(({ words }) => fits(words)).slice(0, MOST)],
    ["Go to", pages().filter(({ words }) => fits(words)).slice(0, MOST)],
  ];

  const narrow = () => {
    clearTimeout(waiting);
    asking?.abort();
    if (!input.value.trim()) return show(known());
    show([...known(), ["Cases", [everything()]]]);
    waiting = setTimeout(ask, 150);
  };

  const ask = async () => {
    asking = new AbortController();
    try {
      const answer = await fetch(`${palette.dataset.cases}?${new URLSearchParams({ q: input.value.trim(), limit: MOST })}`, { signal: asking.signal });
      if (!answer.ok) return;
      const { results, tasks, people, pages: places } = await answer.json();
      const chosen = options[active]?.words;
      const [onPage, [goTo, there]] = known();
      show([
        onPage,
        [goTo, apart([...there, ...places.map(({ name, address }) => ({ words: name, href: address }))]).slice(0, MOST)],
        ["Cases", [...results.map(found), everything()]],
        ["Open tasks", tasks.map(task)],
        ["Colleagues", people.filter(({ address }) => address).map(colleague)],
      ]);
      // What somebody has chosen meanwhile stays chosen.
      choose(Math.max(0, chosen?.startsWith("Search all") ? 0 : options.findIndex(({ words }) => words === chosen)));
    } catch (failure) {
      if (failure.name !== "AbortError") status.textContent = "The search cannot be asked just now.";
    }
  };

  const around = ({ place, text, marks: [[at]] }) => `${place}: ${at > 20 ? "… " : ""}${text.slice(at > 20 ? text.lastIndexOf(" ", at - 8) + 1 : 0)}`;
  const found = ({ id, title, state, matches }) => ({
    words: title,
    more: [state, ...matches.filter(({ marks }) => marks.length).slice(0, 1).map(around)].join(" · "),
    href: `${palette.dataset.case}${id}/`,
  });

  const task = ({ id, name, title, who }) => ({
    words: name,
    more: [title, who || "nobody has it"].join(" · "),
    href: `${palette.dataset.task}${id}/`,
  });
  const colleague = ({ name, groups, address }) => ({ words: name, more: groups, href: address });

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (document.querySelector("dialog[open]:not(#palette)")) return;
    event.preventDefault();
    if (palette.open) return palette.close();
    palette.showModal();
    input.select();
    narrow();
  });

  input.addEventListener("input", narrow);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !options.length) return;
    event.preventDefault();
    choose((active + step + options.length) % options.length);
  });
  palette.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (active >= 0) take(active);
  });
  palette.addEventListener("click", (event) => {
    if (event.target === palette) palette.close();
  });

  const bar = document.getElementById("bar-search");
  if (bar) {
    bar.placeholder = "Search or jump (Ctrl K)";
    bar.setAttribute("aria-keyshortcuts", "Control+K");
  }
}
