// Drafts: what is typed is put aside on the server, field by field, without becoming what visitors see (D8).
//
// <form id data-module="autosave" data-draft-url data-guard> with fields marked data-draft. A draft is a POST of the
// form's hidden fields and the fields that changed. [data-save-state] in the form, or named by data-state="#id",
// says how it stands. Ctrl+Enter sends the form.
import { fill, manners, reason, signIn, toast, wordsOf } from "./app.js";

const IDLE = 700; // milliseconds without a key
const FIRST_RETRY = 2000;
const LAST_RETRY = 60000;

export default function autosave(form) {
  const words = wordsOf(form);
  const changed = new Set();
  const sent = new Set(); // fields of a form that was sent and has no answer yet
  let told = ""; // what was last said about a draft that was refused: once is enough
  let timer;
  let sending = false;
  let under = Promise.resolve(); // the draft that is on its way
  let pause = FIRST_RETRY;

  form.addEventListener("input", ({ target }) => wait(target));
  form.addEventListener("focusout", ({ target }) => changed.has(target.name) && save());
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    if (form.hasAttribute("hx-post")) changed.forEach((name) => sent.add(name));
    changed.clear();
  });
  form.addEventListener("htmx:after:request", () => sent.clear());
  addEventListener("pagehide", leave);
  addEventListener("online", () => changed.size && save());
  document.addEventListener("vitrine:signing-in", () => (changed.size || sending) && tell("unsaved"));

  for (const field of form.elements) if ((field.defaultValue ?? field.value) !== field.value) wait(field); // typed before this stood

  function wait(field) {
    if (!("draft" in field.dataset)) return;
    changed.add(field.name);
    clearTimeout(timer);
    timer = setTimeout(save, IDLE);
  }

  async function save() {
    clearTimeout(timer);
    if (sending || !changed.size) return;
    const names = [...changed];
    changed.clear();
    sending = true;
    show("saving", words.saving);
    under = send(draftOf(names));
    const { status, text } = await under;
    sending = false;
    if (status < 400 && status > 0) return saved();
    names.forEach((name) => changed.add(name));
    failed(status, text);
  }

  /** Leaving ends a form under way as well: what it carries is put aside, and is no draft if it has arrived. */
  function leave() {
    const names = [...new Set([...changed, ...sent])];
    if (names.length) send(draftOf(names));
  }

  function draftOf(names) {
    const hidden = [...form.elements].filter((field) => field.type === "hidden" && field.name !== "csrf_token");
    const typed = names.map((name) => form.elements[name]).filter(Boolean);
    return [...hidden, ...typed].map((field) => [field.name, field.value]);
  }

  async function send(fields) {
    try {
      const answer = await fetch(form.dataset.draftUrl, {
        method: "POST",
        headers: manners(),
        body: new URLSearchParams(fields),
        keepalive: true,
      });
      if (answer.status === 401) {
        tell("unsaved");
        signIn(answer.headers.get("HX-Redirect"));
      }
      return { status: answer.status, text: await answer.text() };
    } catch {
      return { status: 0, text: "" };
    }
  }

  function saved() {
    pause = FIRST_RETRY;
    told = "";
    const time = new Intl.DateTimeFormat(`${document.documentElement.lang}-u-nu-latn`, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format();
    show("saved", fill(words.saved, { time }));
    tell("saved");
    if (changed.size) save();
  }

  function failed(status, text) {
    show("failed", words.failed);
    tell("unsaved");
    const again = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: words.retry });
    again.addEventListener("click", save);
    state()?.append(again);
    if (status >= 400 && status < 500) return refused(reason(status, text));
    timer = setTimeout(save, pause);
    pause = Math.min(pause * 2, LAST_RETRY);
  }

  function refused(sentence) {
    if (sentence !== told) toast(sentence, { bad: true });
    told = sentence;
  }

  /** Looked for each time: a save shows the part of the page anew that it stands in. */
  const state = () => document.querySelector(form.dataset.state ?? `#${form.id} [data-save-state]`);

  const tell = (what) => form.dispatchEvent(new CustomEvent(`vitrine:${what}`, { bubbles: true }));

  function show(name, sentence) {
    const shown = state();
    if (!shown) return;
    shown.dataset.state = name;
    shown.querySelector(".link")?.remove();
    shown.querySelector(".tx").textContent = sentence;
  }

  return {
    /** What a field says is saved otherwise. */
    forget: (name) => changed.delete(name),
    /** No draft is on its way any more. */
    idle: () => under,
    /** Whether all that was typed has been put aside. */
    clean: () => !changed.size && !sending,
  };
}
