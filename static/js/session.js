// The end of a sign-in: comes when its warning is due, and asks the server for it; again when it is over, or when one
// comes back from another tab, where it may have been put off. Asking puts nothing off, only the warning's button does.
import { signIn, timeIs } from "./app.js";

export default async function tell(part) {
  part.querySelector("#sign-in-again")?.addEventListener("click", leave);
  if (part.children.length) standWhereItIsReached(part);
  if (!part.hidden) await Promise.race([timeIs(part), back()]);
  if (part.isConnected && part.dataset.due) htmx.ajax("GET", part.dataset.url, { source: part, target: part, swap: "outerHTML" });
}

/** Outside an open dialog nothing can be pressed: until it closes the warning stands in it. */
function standWhereItIsReached(part) {
  const dialog = document.querySelector("dialog:modal");
  if (!dialog || dialog.contains(part)) return;
  const home = part.parentElement;
  dialog.append(part);
  dialog.addEventListener("close", () => home.append(document.getElementById("accounts-ending")), { once: true });
}

const back = () => new Promise((done) => document.addEventListener("visibilitychange", done, { once: true }));

/** What is typed is put aside on the way out. */
function leave(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  signIn(event.currentTarget.href);
}
