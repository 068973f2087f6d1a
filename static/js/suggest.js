// Beside the field that is being written in the table of texts: what the same source was translated to elsewhere, and
// the words to use in it.
// Alt+U puts the likest into the field, the buttons any of them. Asked for once a field, when somebody stays in it.
import { manners } from "./app.js";

const STAY = 250; // milliseconds: whoever only passes by asks for nothing

export default function suggest(panel) {
  const found = new Map();
  let field = null;
  let timer = 0;

  document.addEventListener("focusin", ({ target }) => {
    if (!target.matches("[data-cell] textarea")) return;
    clearTimeout(timer);
    if (target === field) return;
    field = target;
    panel.hidden = true;
    timer = setTimeout(() => show(target), STAY);
  });
  document.addEventListener("keydown", (event) => {
    if (event.code !== "KeyU" || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || panel.hidden || !panel.querySelector("form")) return;
    event.preventDefault();
    use(panel.querySelector("form"));
  });
  panel.addEventListener("submit", (event) => {
    event.preventDefault();
    use(event.target);
  });

  async function show(target) {
    const list = await ask(`${new URL(target.form.action).pathname}/suggestions?field=${target.name}`);
    if (target !== field || !list?.children.length) return;
    panel.lastElementChild.replaceChildren(list);
    panel.hidden = false;
  }

  async function ask(address) {
    if (!found.has(address)) {
      try {
        const answer = await fetch(address, { headers: { ...manners(), "HX-Request": "true", Accept: "text/html" } });
        if (!answer.ok) return null;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        found.set(address, page.getElementById("suggestions-found"));
      } catch {
        return null; // nobody misses what they never saw; the next field asks again
      }
    }
    return found.get(address);
  }

  function use(form) {
    if (!form || !field?.isConnected) return;
    field.value = form.elements.text.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }
}
