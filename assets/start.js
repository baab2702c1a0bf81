// The page can be read without this file. It wakes the live page once the first view is painted, and
// adds: the service worker, the offline banner, navigation without loading, focus moved to the content
// after navigation and by the skip link, and menus that close when one looks elsewhere.
const wake = () => {
  // one task each: together they would hold up whoever scrolls now
  for (const link of document.querySelectorAll('link[rel="live"]'))
    setTimeout(() => { link.rel = "modulepreload"; });
  for (const waiting of document.querySelectorAll('script[type="live"]'))
    setTimeout(() => {
      const live = document.createElement("script");
      live.type = "module";
      live.textContent = waiting.textContent;
      waiting.replaceWith(live);
    });
};
if (document.hidden) wake(); // nothing is painted in a tab behind others
else requestAnimationFrame(() => setTimeout(wake));

addEventListener("load", () => setTimeout(() => navigator.serviceWorker?.register("/sw.js"), 2000));

// A page is left when its session ends; also asked for when an event was sent to the sign-in.
let session;
addEventListener("load", () => setTimeout(() => { session = import("/session.js"); }, 3000));

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

// Links inside the application change the page without loading it, once it is live.
addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-to]");
  const router = window.__reactRouterDataRouter;
  const special = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!link || !router || special || event.defaultPrevented) return;
  event.preventDefault();
  const { pathname, search, hash } = link;
  // a choice shows its mark at once; what it leaves follows
  if (link.ariaCurrent && link.dataset.to === "same")
    link.ariaCurrent = link.ariaCurrent === "true" ? "false" : "true";
  router.navigate(pathname + search + hash, { preventScrollReset: link.dataset.to === "same" });
});

addEventListener("click", async (event) => {
  const button = event.target.closest?.("button[data-passkey]");
  if (button) (await import("/passkeys.js")).press(button);
});

addEventListener("click", async (event) => {
  const button = event.target.closest?.("button[data-push]");
  if (button) (await import("/push.js")).press(button);
});

// A form that was refused comes back with its first slip in focus; the live page keeps it there.
addEventListener("DOMContentLoaded", () =>
  document.querySelector('.rx-Html main [aria-invalid="true"]')?.focus());

// What was typed and selected in the first view goes along when the live page takes its place.
const typed = new Map();
let within = null;
const first = (target) => target.closest?.(".rx-Html");
const keep = ({ target }) => {
  if (target.id && first(target)) typed.set(target.id, target);
};
const enter = ({ target }) => {
  if (first(target)) within = target;
};
addEventListener("input", keep);
addEventListener("focusin", enter);
enter({ target: document.activeElement }); // and what was typed before this file came
for (const target of document.querySelectorAll("input:not([type=hidden]), textarea"))
  if (target.value !== target.defaultValue || target.checked !== target.defaultChecked)
    keep({ target });
// Until the person does something: what is shown is made once or twice more before it stands.
for (const act of ["pointerdown", "keydown"])
  addEventListener(act, ({ target }) => {
    if (!first(target)) within = null;
  });
const select = (field, before) => {
  if (before.selectionStart != null)
    field.setSelectionRange(before.selectionStart, before.selectionEnd);
  else if (!typed.has(field.id)) field.select?.(); // an e-mail address does not tell its selection
};
const carryOver = () => {
  if ((!typed.size && !within) || document.querySelector(".rx-Html")) return;
  for (const [id, { value, checked }] of typed) {
    const field = document.getElementById(id);
    if (field) Object.assign(field, field.type === "checkbox" ? { checked } : { value });
  }
  const field = within?.id && document.getElementById(within.id);
  if (field && document.activeElement === document.body) {
    field.focus();
    select(field, within);
  }
  typed.clear();
};

// A press that began in the first view and ends in the live page is no click to the browser.
let pressed = null;
let place = 0;
const twins = ({ localName, textContent }) =>
  [...document.querySelectorAll(localName)].filter((one) => one.textContent === textContent);
addEventListener("pointerdown", ({ target }) => {
  pressed = first(target) && target.closest("a, button, summary, label");
  if (pressed) place = twins(pressed).indexOf(pressed);
});
addEventListener("pointerup", () => {
  if (pressed && !pressed.isConnected) twins(pressed)[place]?.click();
  pressed = null;
});

let here = location.pathname;
new MutationObserver(() => {
  carryOver();
  if (location.pathname === here) return;
  here = location.pathname;
  within = null;
  if (here.endsWith("/sign-in")) session?.then(({ look }) => look());
  document.getElementById("content")?.focus({ preventScroll: true });
}).observe(document.body, { childList: true, subtree: true, attributeFilter: ["open"] });
