// Which panels did the reader leave open? A cookie of theirs remembers it, and the server opens them next time.
"use strict";

let printing = false;
addEventListener("beforeprint", () => (printing = true));
addEventListener("afterprint", () => setTimeout(() => (printing = false), 500)); // after the events of closing again

function leftOpen(cookie) {
  const found = document.cookie.split("; ").find((each) => each.startsWith(`${cookie}=`));
  return new Set(found ? found.slice(cookie.length + 1).split(".").filter(Boolean) : []);
}

document.addEventListener(
  "toggle",
  (event) => {
    const { folds } = document.body.dataset;
    const { fold } = event.target.dataset ?? {};
    if (!folds || !fold || printing) return;
    const names = leftOpen(folds);
    if (names.has(fold) === event.target.open) return;
    if (event.target.open) names.add(fold);
    else names.delete(fold);
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${folds}=${[...names].join(".")}; path=/; max-age=31536000; samesite=lax${secure}`;
  },
  true,
);
