// Buttons that copy what stands beside them: <div data-module="…/copy.….js" …><button data-copy="id of a field or text">.
// Without it the text is selected and copied by hand.
import { toast, wordsOf } from "./app.js";

export default function copying(root) {
  root.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-copy]");
    if (!button) return;
    const copied = await copy(document.getElementById(button.dataset.copy));
    const words = wordsOf(root);
    toast(copied ? words.copied : words.failed, { bad: !copied });
    button.focus();
  });
}

/** Copy a field's or an element's text; browsers have a clipboard for scripts only where the connection is safe. */
async function copy(source) {
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    return true;
  } catch {
    if (source.select) source.select();
    else getSelection().selectAllChildren(source);
    return document.execCommand("copy");
  }
}
