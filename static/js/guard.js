// Text that is not saved: before its form goes away, people are asked, and only then. Drafts do not count (autosave.js
// keeps them), unless keeping them has failed.
import { ask } from "./ask.js";
import { wordsOf } from "./tell.js";

const changed = new Set(); // forms with changes that only sending saves
const failing = new Set(); // forms whose drafts did not reach the server

/** A form was sent, or its changes are not wanted: nothing of it is unsaved any more. */
export function clean(form) {
  changed.delete(form);
  failing.delete(form);
}

/** What was sent has not arrived. */
export const mark = (form) => form?.matches("[data-guard]") && changed.add(form);

const unsaved = (root) => [...changed, ...failing].filter((form) => form.isConnected && root.contains(form));

/** Ask, where something inside `root` is not saved, whether it may go. */
export async function mayLeave(root) {
  const forms = unsaved(root);
  if (!forms.length) return true;
  const words = wordsOf(document.body);
  const leave = await ask(words.unsaved, words.leave);
  if (leave) forms.forEach(clean);
  return leave;
}

/** Watch the forms marked data-guard. */
export function watch() {
  document.addEventListener("input", ({ target }) => {
    const form = target.closest("form[data-guard]");
    if (form && !("draft" in target.dataset)) changed.add(form);
  });
  document.addEventListener("vitrine:unsaved", ({ target }) => failing.add(target));
  document.addEventListener("vitrine:saved", ({ target }) => failing.delete(target));
  addEventListener("beforeunload", (event) => {
    if (unsaved(document).length) event.preventDefault();
  });
}
