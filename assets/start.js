// The page itself works without this file. It adds: the service worker, the offline banner, focus
// moved to the content after navigation and by the skip link, and menus that close when one looks elsewhere.
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js");

const offline = () => document.documentElement.classList.toggle("offline", !navigator.onLine);
addEventListener("online", offline);
addEventListener("offline", offline);
offline();

addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("header details[open]"))
    if (!menu.contains(event.target)) menu.removeAttribute("open");
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("header details[open]")) {
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  }
});

// Without this the router takes the new hash for a navigation and the focus is lost.
addEventListener("click", (event) => {
  if (!event.target.closest?.("a.skip")) return;
  event.preventDefault();
  document.getElementById("content").focus();
});

let here = location.pathname;
new MutationObserver(() => {
  if (location.pathname === here) return;
  here = location.pathname;
  document.getElementById("content")?.focus({ preventScroll: true });
}).observe(document.body, { childList: true, subtree: true });
