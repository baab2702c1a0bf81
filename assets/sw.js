// Keeps the build's hashed files, whose names change with their content. Pages, pictures of the
// moment and the websocket always go to the network.
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
