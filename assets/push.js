// Notifications in this browser: subscribes at the browser's push service and tells the server.
// <button data-push="our public key" data-failed="..." data-denied="...">; the element after it with
// role=status says what went wrong.
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const fail = (told) => { throw Object.assign(new Error(told), { told }); };

const subscribe = async (key, denied) => {
  if (await Notification.requestPermission() !== "granted") fail(denied);
  const worker = await navigator.serviceWorker.register("/sw.js");
  await navigator.serviceWorker.ready;
  const known = await worker.pushManager.getSubscription();
  const same = known && text(known.options.applicationServerKey ?? []) === key;
  if (known && !same) await known.unsubscribe();
  return same ? known
    : worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
};

export const press = async (button) => {
  const status = button.parentElement.querySelector("[role=status]");
  const { push, failed, denied } = button.dataset;
  status.textContent = "";
  button.disabled = true;
  try {
    const made = await subscribe(push, denied);
    const answer = await fetch("/do/push/on", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        endpoint: made.endpoint,
        p256dh: text(made.getKey("p256dh")),
        auth: text(made.getKey("auth")),
        language: document.documentElement.lang,
      }),
    });
    const found = await answer.json();
    if (!answer.ok) fail(found.message);
    location.assign(found.to);
  } catch (error) {
    status.textContent = error.told ?? failed;
    button.disabled = false;
  }
};
