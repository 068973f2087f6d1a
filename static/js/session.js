// The end of a sign-in: comes when its warning is due, and asks the server for it; again when it is over, or when one
// comes back from another tab, where it may have been put off. Asking puts nothing off, only the warning's button does.
import { signIn, timeIs } from "./app.js";

export default async function tell(part) {
  part.querySelector("#sign-in-again")?.addEventListener("click", leave);
  if (!part.hidden) await Promise.race([timeIs(part), back()]);
  if (part.isConnected && part.dataset.due) htmx.ajax("GET", part.dataset.url, { source: part, target: part, swap: "outerHTML" });
}

const back = () => new Promise((done) => document.addEventListener("visibilitychange", done, { once: true }));

/** What is typed is put aside on the way out. */
function leave(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  signIn(event.currentTarget.href);
}
