// What every page of the dashboard does with a script, and what the parts of some pages (grid.js, upload.js …) take from
// it. Without a script each of these is a plain link or form.

// ---- saying: the live region, toasts, and words, which come translated with the page ----

/** The words of a module: the JSON object in its element's data-words. */
export const wordsOf = (element) => JSON.parse(element.closest("[data-words]").dataset.words);

/** Fill "{n} items" from {n: 3}. */
export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** Say a sentence to those who hear the page; the same sentence twice is said twice. */
export function say(sentence) {
  const live = document.getElementById("live");
  live.textContent = "";
  requestAnimationFrame(() => (live.textContent = sentence));
}

/** Make an element: make("b", {className: "x"}, "text", child). */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Show a sentence for a while; what went wrong stays until it is dismissed. */
export function toast(sentence, { bad = false } = {}) {
  const close = make("button", { type: "button", className: "btn sm" }, wordsOf(document.body).dismiss);
  const box = make("div", { className: bad ? "toast bad" : "toast" }, make("p", {}, sentence), close);
  close.dataset.dismiss = "";
  box.dataset.toast = bad ? "stays" : "goes";
  if (bad) box.setAttribute("role", "alert");
  document.getElementById("toasts").append(box);
}

// ---- asking the server ----

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

/** The headers of a script's own request: as htmx sends them, so that signing in again leads back to this page. */
export const manners = () => ({
  "X-CSRFToken": token(), Accept: "application/json",
  "HX-Request": "true", "HX-Current-URL": location.href,
});

/** The session has ended: keep what is not saved, and go where the answer says. */
export function signIn(address) {
  document.dispatchEvent(new Event("vitrine:signing-in"));
  unsaved(document).forEach((form) => (keep(form), clean(form)));
  location.href = address ?? location.href;
}

/** The words for an answer that is not the one hoped for: the server's own, else ours for that status. */
export function reason(status, page = "") {
  const words = wordsOf(document.body);
  const said = page && new DOMParser().parseFromString(page, "text/html").querySelector("[data-problem], .toast p");
  if (said) return said.textContent.trim();
  if (status === 0) return words.unreachable;
  if (status === 401) return words.signedOut;
  if (status === 403) return words.forbidden;
  if (status === 404) return words.gone;
  if (status === 409 || status === 412) return words.stale;
  if (status === 413) return words.tooLarge;
  if (status === 429) return words.tooMany;
  if (status === 507) return words.diskFull;
  return words.broken;
}

// ---- the question before what cannot be taken back ----

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

// ---- unsaved text: before its form goes away people are asked, and only then; drafts count only where they failed ----

const changed = new Set(); // forms with changes that only sending saves
const failing = new Set(); // forms whose drafts did not reach the server

/** A form was sent, or its changes are not wanted: nothing of it is unsaved any more. */
function clean(form) {
  changed.delete(form);
  failing.delete(form);
}

/** What was sent has not arrived. */
const mark = (form) => form?.matches("[data-guard]") && changed.add(form);

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

document.addEventListener("input", ({ target }) => {
  const form = target.closest("form[data-guard]");
  if (form && !("draft" in target.dataset)) changed.add(form);
});
document.addEventListener("vitrine:unsaved", ({ target }) => failing.add(target));
document.addEventListener("vitrine:saved", ({ target }) => failing.delete(target));
addEventListener("beforeunload", (event) => unsaved(document).length && event.preventDefault());

// ---- a session that ends: what was typed is put aside under the form's id, and put back when it is seen again ----
// (A plain form that is sent then is kept by the server.) Passwords, files and hidden fields are never put aside.

const KEPT = "vitrine:typed:";
const NEVER = ["hidden", "password", "file", "submit", "button", "reset"];

export const fieldsOf = (form) =>
  [...form.elements].filter((field) => field.name && !field.disabled && !NEVER.includes(field.type));

const isChoice = (field) => field.type === "checkbox" || field.type === "radio";

export const stateOf = (field) => [field.name, field.value, isChoice(field) ? field.checked : null];

/** Put aside what a form holds. */
function keep(form) {
  if (!form?.id) return;
  try {
    sessionStorage.setItem(KEPT + form.id, JSON.stringify({ path: location.pathname, fields: fieldsOf(form).map(stateOf) }));
  } catch {
    // A full or forbidden storage must not stop the way to the sign-in page.
  }
}

/** Put back what was put aside for the forms of this page; true where there was something. */
function restore() {
  const restored = [...document.querySelectorAll("form[id]")].filter((form) => {
    const kept = JSON.parse(sessionStorage.getItem(KEPT + form.id));
    if (kept?.path !== location.pathname) return false;
    sessionStorage.removeItem(KEPT + form.id);
    for (const state of kept.fields) putBack(form, state);
    return true;
  });
  return restored.length > 0;
}

export function putBack(form, [name, value, checked]) {
  for (const field of fieldsOf(form).filter((one) => one.name === name)) {
    if (checked !== null) {
      if (field.value === value) field.checked = checked;
    } else if (field.value !== value) {
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}

// What is typed while an answer is on its way outlives it too.
const { typed } = document.body.dataset;
if (typed) document.addEventListener("input", ({ target }) => import(typed).then((part) => part.begin(target)), { once: true });

// ---- parts that a page asks for: <div data-module="/static/js/list.….js" …>, "…/editor.….js#grid" for one of several in
// a file, data-when="used" not before it is used, "due" not before as many seconds have passed as data-due says ----

function mount(root) {
  root.querySelectorAll("[data-module]:not([data-mounted])").forEach(bring);
  if (root.querySelector("time[data-form]")) import(document.body.dataset.times).then((part) => part.default());
}

async function bring(element) {
  element.dataset.mounted = Date.now();
  const { when } = element.dataset;
  const cause = when && (await (when === "due" ? timeIs(element) : used(element)));
  const [file, name = "default"] = element.dataset.module.split("#");
  (await import(file))[name](element, cause);
}

/** Wait until somebody turns to an element, drags something over the page, or pastes, and return what happened. */
const used = (element) =>
  new Promise((done) => {
    for (const name of ["pointerenter", "focusin", "change"]) element.addEventListener(name, done, { once: true });
    document.addEventListener("dragenter", done, { once: true });
    const paste = ({ target, clipboardData: { files } }) => done({ target, clipboardData: { files: [...files] } });
    document.addEventListener("paste", paste, { once: true });
  });

/** Wait until an element is due, by a clock that also counts the time a machine has slept. */
export async function timeIs({ dataset: { due, mounted } }) {
  while (Date.now() - mounted < due * 1000) await new Promise((done) => setTimeout(done, 2000));
}

// ---- htmx ----

document.addEventListener("htmx:config:request", ({ detail }) => (detail.ctx.request.headers["X-CSRFToken"] = token()));

// What waits for something else in its place is busy, and after a while shows as its bare shape (dashboard.css).
const wait = (busy) => ({ detail: { ctx: { request, sourceElement, swap, target } } }) => {
  if (request.method === "GET" && target !== sourceElement && swap !== "beforeend") target.ariaBusy = busy;
};
document.addEventListener("htmx:before:request", wait(true));
document.addEventListener("htmx:finally:request", wait(false));

// An answer that is no page for this place must not land in it: 422 is the form again, else words.
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const { status } = ctx.response;
  const form = ctx.sourceElement.closest("form");
  if (status < 400) return clean(form);
  if (status === 401) return keep(form);
  mark(form);
  if (status !== 422 && !ctx.hx.retarget && !ctx.hx.reswap) {
    ctx.hx.reswap = "none";
    toast(reason(status, ctx.text), { bad: true });
  }
});
document.addEventListener("htmx:error", ({ detail }) => {
  if (!detail.ctx || detail.ctx.response) return;
  mark(detail.ctx.sourceElement.closest("form"));
  toast(reason(0), { bad: true });
});
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const swapped = ctx.target?.isConnected ? ctx.target : document;
  mount(document);
  const dialog = swapped.closest?.("dialog:not([open])");
  dialog?.showModal();
  showTroubleIn(swapped);
});

// ---- trouble: the summary of what is wrong has the focus, else the first field that is ----

function showTroubleIn(root) {
  const summary = root.querySelector("[data-error-summary]");
  (summary ?? root.querySelector('[aria-invalid="true"]'))?.focus();
}

// ---- toasts: good news goes by itself, not while somebody looks at it ----

const [SHORT, LONG] = [6000, 10000]; // milliseconds

function armToast(box) {
  if (box.dataset?.toast !== "goes") return;
  const life = box.querySelector("form") ? LONG : SHORT;
  let timer;
  const start = () => (timer = setTimeout(() => box.remove(), life));
  for (const name of ["pointerenter", "focusin"]) box.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["pointerleave", "focusout"]) box.addEventListener(name, start);
  start();
}

function watchToasts() {
  const toasts = document.getElementById("toasts");
  if (!toasts) return;
  toasts.querySelectorAll("[data-toast]").forEach(armToast);
  const arm = (changes) => changes.flatMap(({ addedNodes }) => [...addedNodes]).forEach(armToast);
  new MutationObserver(arm).observe(toasts, { childList: true });
}

// ---- the question before what cannot be taken back, for htmx and for plain forms ----

document.addEventListener("htmx:confirm", async (event) => {
  event.preventDefault();
  const { ctx, issueRequest, dropRequest } = event.detail;
  (await ask(ctx.confirm, ctx.sourceElement.dataset.confirmLabel)) ? issueRequest() : dropRequest();
});

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  const asking = submitter?.dataset.confirm ? submitter : form;
  if (asking.dataset.confirm && !asking.dataset.confirmed) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!(await ask(asking.dataset.confirm, asking.dataset.confirmLabel))) return;
    asking.dataset.confirmed = "yes";
    form.requestSubmit(submitter);
    delete asking.dataset.confirmed;
  } else if (!event.defaultPrevented) {
    clean(form);
  }
}, true);

// ---- small things ----

document.addEventListener("input", ({ target }) => {
  const counter = target.id && document.querySelector(`[data-count="${target.id}"]`);
  if (!counter) return;
  const [{ limit }, { length }] = [counter.dataset, [...target.value]];
  counter.firstElementChild.textContent = `${length} / ${limit}`;
  counter.classList.toggle("over", length > limit);
});

// Whoever writes into a text that stands beside a choice has chosen it.
document.addEventListener("input", ({ target }) => {
  const choice = document.getElementById(target.dataset.chooses);
  if (choice) choice.checked = true;
});

document.addEventListener("click", (event) => {
  const { target } = event;
  const dialog = target.closest("[data-closes]")?.closest("dialog[open]");
  if (dialog) {
    event.preventDefault();
    dialog.close();
  }
  target.closest("[data-dismiss]")?.closest(".toast").remove();
  const reveal = target.closest("[data-reveal]");
  if (reveal) {
    const input = document.getElementById(reveal.dataset.reveal);
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    reveal.setAttribute("aria-pressed", shown);
  }
  const source = target.closest("[data-copy-from]");
  if (source) {
    const field = document.getElementById(source.dataset.copyTo);
    field.value = document.getElementById(source.dataset.copyFrom).textContent.trim();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.activeElement.closest("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  shortcut(event);
});

/** Ctrl+K opens the palette; letters and marks are shortcuts outside of fields, where the profile has them on. */
function shortcut(event) {
  const { key, ctrlKey, metaKey, altKey, target } = event;
  const jump = document.getElementById("jump");
  if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === "k" && jump) {
    event.preventDefault();
    openPalette(jump);
  }
  const { keys } = document.body.dataset;
  const typing = target.closest?.("input:not(.cb), textarea, select, [contenteditable], [role='listbox'], dialog");
  if (!keys || ctrlKey || metaKey || altKey || typing) return;
  const search = key === "/" && document.querySelector('[type="search"]');
  if (search) {
    event.preventDefault();
    search.focus();
  }
  if (/^[njkx?]$/i.test(key)) import(keys).then((part) => part.default(event));
}

const openPalette = (link) => import(link.dataset.part).then((part) => part.default(link));

document.addEventListener("click", (event) => {
  const jump = event.target.closest("#jump");
  if (!jump || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openPalette(jump);
});

document.addEventListener("change", ({ target }) => {
  if (target.closest("[data-look]")) document.documentElement.dataset[target.name] = target.value;
  if (target.matches("[data-submit-on-change]")) target.form.requestSubmit();
  const picking = target.matches(".cb") && target.form?.querySelector("[data-picked]");
  if (picking) countPicked(target.form, picking);
});

function countPicked(form, label) {
  const n = form.querySelectorAll(".cb:checked").length;
  label.textContent = fill(label.dataset.picked, { n });
  say(label.textContent);
}

// Shift and a click pick everything between two boxes.
let lastBox = null;
document.addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches?.(".cb")) return;
  const boxes = [...box.form.querySelectorAll(".cb")];
  const [from, to] = [boxes.indexOf(lastBox), boxes.indexOf(box)].sort((a, b) => a - b);
  if (event.shiftKey && from >= 0) for (const between of boxes.slice(from, to)) between.checked = box.checked;
  lastBox = box;
});

// ---- begin ----

if (restore()) toast(wordsOf(document.body).restored);
watchToasts();
showTroubleIn(document);
for (const here of document.querySelectorAll(":is(.tabs, .views) [aria-current]")) here.scrollIntoView({ block: "nearest", inline: "nearest" });
mount(document);
