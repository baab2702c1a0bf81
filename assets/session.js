// Loads a page anew whose session is over, or has a new cookie that the page's websocket lacks: the
// server then shows the sign-in, or the page as it is now. Started by start.js.
let known;

export const look = async () => {
  let mark;
  try {
    const answer = await fetch("/do/session", { cache: "no-store" });
    if (!answer.ok) return;
    mark = await answer.text();
  } catch {
    return; // offline: asked again later
  }
  known ??= mark;
  if (mark === known) return;
  document.documentElement.style.display = "none"; // nothing of before is read meanwhile
  location.reload();
};

const seen = () => { if (!document.hidden) look(); };
document.addEventListener("visibilitychange", seen);
addEventListener("pageshow", (event) => { if (event.persisted) look(); });
setInterval(seen, 5 * 60 * 1000);
look();
