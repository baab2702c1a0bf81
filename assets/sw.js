// Keeps the build's hashed files, whose names change with their content. Pages, pictures of the
// moment and the websocket always go to the network. Shows what the server tells by web push.
const KEPT = "build-1";
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const ours = url.origin === location.origin && url.pathname.startsWith("/assets/");
  if (event.request.method !== "GET" || !ours) return;
  event.respondWith(
    caches.open(KEPT).then(async (kept) => {
      const found = await kept.match(event.request);
      if (found) return found;
      const fresh = await fetch(event.request);
      if (fresh.ok) kept.put(event.request, fresh.clone());
      return fresh;
    }),
  );
});

// {title, body, path, tag, lang, dir}: see jobs/short_messages.py
addEventListener("push", (event) => {
  const { title, path, ...shown } = event.data?.json() ?? {};
  if (!title) return;
  const icon = "/brand/logo.svg";
  event.waitUntil(registration.showNotification(title, { icon, ...shown, data: { path } }));
});
addEventListener("notificationclick", (event) => {
  event.notification.close();
  const goal = new URL(event.notification.data?.path ?? "/", location.origin);
  if (goal.origin !== location.origin) return;
  event.waitUntil(
    clients.matchAll({ type: "window" }).then((open) => {
      const there = open.find((one) => one.url === goal.href);
      return there ? there.focus() : clients.openWindow(goal.href);
    }),
  );
});
