// What every page of the dashboard does with a script. Without it, each of these is a plain link or form.
import { ask } from "./ask.js";
import { clean, mark, watch } from "./guard.js";
import { keep, restore } from "./keep.js";
import { csrfToken, fill, reason, say, toast, wordsOf } from "./tell.js";

const MODULES = {
  autosave: () => import("./autosave.js"),
  focal: () => import("./focal.js"),
  grid: () => import("./grid.js"),
  upload: () => import("./upload.js"),
};
const WHEN_USED = ["upload"]; // these are fetched when somebody turns to them, not with the page

// ---- parts that a page asks for: <div data-module="grid" …> ----

const mount = (root) => root.querySelectorAll("[data-module]:not([data-mounted])").forEach(bring);

async function bring(element) {
  const { module: name } = element.dataset;
  element.dataset.mounted = "";
  if (WHEN_USED.includes(name)) await used(element);
  const module = await MODULES[name]();
  module.default(element);
  element.dispatchEvent(new CustomEvent("vitrine:mounted", { bubbles: true }));
}

/** Wait until somebody turns to an element, or drags something over the page. */
const used = (element) =>
  new Promise((done) => {
    for (const name of ["pointerenter", "focusin", "change"]) element.addEventListener(name, done, { once: true });
    document.addEventListener("dragenter", done, { once: true });
  });

// ---- htmx ----

document.addEventListener("htmx:config:request", ({ detail }) => {
  detail.ctx.request.headers["X-CSRFToken"] = csrfToken();
});

// An answer that is no page for this place must not land in it: 422 is the form again, other errors are words.
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

const SHORT = 6000;
const LONG = 10000;

function armToast(box) {
  if (box.dataset.toast !== "goes") return;
  const life = box.querySelector("form") ? LONG : SHORT;
  let timer;
  const start = () => (timer = setTimeout(() => box.remove(), life));
  const stop = () => clearTimeout(timer);
  for (const name of ["pointerenter", "focusin"]) box.addEventListener(name, stop);
  for (const name of ["pointerleave", "focusout"]) box.addEventListener(name, start);
  start();
}

function watchToasts() {
  const toasts = document.getElementById("toasts");
  if (!toasts) return;
  toasts.querySelectorAll("[data-toast]").forEach(armToast);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) if (node.dataset?.toast) armToast(node);
    }
  }).observe(toasts, { childList: true });
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
  const { limit } = counter.dataset;
  const length = [...target.value].length;
  counter.firstElementChild.textContent = `${length} / ${limit}`;
  counter.classList.toggle("over", length > limit);
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
  const typing = document.activeElement.matches("input, textarea, select, [contenteditable]");
  const search = event.key === "/" && !typing && document.querySelector('[type="search"]');
  if (search) {
    event.preventDefault();
    search.focus();
  }
});

document.addEventListener("change", ({ target }) => {
  if (target.name === "theme" && target.closest("[data-theme-choice]")) setTheme(target.value);
  if (target.matches("[data-submit-on-change]")) target.form.requestSubmit();
  const picking = target.matches(".cb") && target.form?.querySelector("[data-picked]");
  if (picking) countPicked(target.form, picking);
});

function setTheme(theme) {
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

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
watch();
watchToasts();
showTroubleIn(document);
for (const here of document.querySelectorAll(":is(.tabs, .views) [aria-current]")) here.scrollIntoView({ block: "nearest", inline: "nearest" });
mount(document);
