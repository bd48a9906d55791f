// How does somebody come back to the place in a list that they left? Where it was scrolled to, the row that had the focus
// and what was chosen wait in this tab, for the same person, until the same list is opened from one of its tasks, or again.
"use strict";

if (document.querySelector("[data-live-rows]")) {
  const ROW = ":is(tr, li)[id^='row-']";
  const MOST = 20;
  const name = `place ${document.body.dataset.madeFor}`;
  const address = location.pathname + location.search;
  const rows = () => [...document.querySelectorAll(ROW)];
  let row = null;

  const places = () => {
    try {
      return JSON.parse(sessionStorage.getItem(name)) ?? [];
    } catch {
      return [];
    }
  };

  const leave = () => {
    const chosen = [...document.querySelectorAll("input[name=tasks][form=many]:checked")].map((box) => box.id);
    const place = { address, scroll: scrollY, row: row?.id, at: row?.at, chosen };
    const kept = [place, ...places().filter((one) => one.address !== address)].slice(0, MOST);
    try {
      sessionStorage.setItem(name, JSON.stringify(kept));
    } catch {
      // A browser that keeps nothing begins at the top.
    }
  };

  const isComeBack = () => {
    if (["back_forward", "reload"].includes(performance.getEntriesByType("navigation")[0]?.type)) return true;
    const from = document.referrer && new URL(document.referrer);
    return from && from.origin === location.origin && /^\/(tasks|cases)\/\d+\//.test(from.pathname);
  };

  const comeBack = (place) => {
    for (const id of place.chosen) {
      const box = document.getElementById(id);
      if (box && !box.checked) box.click();
    }
    scrollTo(0, place.scroll);
    if (place.at === undefined) return;
    const there = rows();
    const back = document.getElementById(place.row) ?? there[Math.min(place.at, there.length - 1)];
    back?.querySelector("[data-open]")?.focus({ preventScroll: true });
  };

  document.addEventListener("focusin", () => {
    const here = document.activeElement.closest(ROW);
    if (here) row = { id: here.id, at: rows().indexOf(here) };
  });
  window.addEventListener("pagehide", leave);
  const place = places().find((one) => one.address === address);
  if (place && !location.hash && isComeBack()) comeBack(place);
}
