// The question before what cannot be taken back.
import { wordsOf } from "./tell.js";

/** Ask in the page's dialog; the answer is true or false, and the focus goes back to where it was. */
export function ask(question, label) {
  const dialog = document.getElementById("confirm");
  const before = document.activeElement;
  dialog.querySelector("h2").textContent = question;
  dialog.querySelector('[value="yes"] .tx').textContent = label || wordsOf(document.body).yes;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((answer) => {
    const closed = () => {
      before?.focus();
      answer(dialog.returnValue === "yes");
    };
    dialog.addEventListener("close", closed, { once: true });
  });
}
