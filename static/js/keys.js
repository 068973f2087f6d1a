// Shortcuts of one letter: N makes a gallery, ? lists them all; in the list J and K go on and back, X selects.
// They come with the first letter that is pressed outside a field, and not at all where the profile has them off.
import { make } from "./app.js";

const HERE = { j: 1, k: -1 };

export default function press({ key, shiftKey }) {
  const letter = key.toLowerCase();
  if (key === "?") list();
  else if (letter === "n") document.getElementById("new-gallery")?.click();
  else if (letter in HERE) step(HERE[letter]);
  else if (letter === "x") select(shiftKey);
}

const titles = () => [...document.querySelectorAll("#gallery-cards :is(h2, th) > a")];
const here = () => document.activeElement.closest("#gallery-cards > *");

function step(by) {
  const links = titles();
  const now = links.findIndex((link) => here()?.contains(link));
  const next = links[now < 0 ? (by > 0 ? 0 : links.length - 1) : now + by];
  next?.focus();
  next?.closest("#gallery-cards > *").scrollIntoView({ block: "nearest" });
}

function select(shiftKey) {
  here()?.querySelector(".cb")?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey }));
}

async function list() {
  const dialog = document.getElementById("shortcuts-dialog") ?? make("dialog", { id: "shortcuts-dialog" });
  if (!dialog.isConnected) {
    const answer = await fetch(document.body.dataset.shortcuts, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return location.assign(document.body.dataset.shortcuts);
    dialog.append(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
    dialog.setAttribute("aria-label", dialog.querySelector("h2").textContent);
    dialog.closedBy = "any";
    document.body.append(dialog);
  }
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("h2").focus();
}
