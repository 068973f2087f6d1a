// Who else has this gallery open: tells the server every ten seconds while the page is looked at, and shows what it says.
import { manners, say } from "./app.js";

const PAUSE = 10000;
const told = (part) => part.textContent.replace(/\s+/g, " ").trim();

export default function presence(root) {
  const tell = async () => {
    if (document.hidden || !root.isConnected) return;
    const answer = await fetch(root.dataset.url, { method: "POST", headers: manners() }).catch(() => null);
    if (!answer?.ok) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("gallery-presence");
    if (!found || told(found) === told(root)) return;
    root.replaceChildren(...found.childNodes);
    const names = [...root.querySelectorAll(".sr")].map((each) => each.textContent);
    if (names.length) say(names.join(", "));
  };
  tell();
  setInterval(tell, PAUSE);
  document.addEventListener("visibilitychange", tell);
  addEventListener("pagehide", () => {
    const left = new FormData();
    left.append("left", "");
    fetch(root.dataset.url, { method: "POST", headers: manners(), body: left, keepalive: true }).catch(() => null);
  });
}
