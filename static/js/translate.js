// The table of a gallery's texts: typed without the mouse, one key a text beyond its words. Each row is a form of its own
// that works without this; here a field is sent by itself, what comes back is put around it, and the field stays as it is.
//
// Ctrl+Enter saves and goes on to the next unfinished field, Ctrl+Shift+Enter saves and stays, Alt+S copies the source,
// Alt+Y says that a stale text is still right, Alt+D that a picture needs none. Drafts are autosave.js's; until the server
// has them, what is typed stands in this tab's storage too, so that a reload or a lost connection costs no word: what was
// to be saved is saved then, what was only typed comes back as a draft, and is offered where others have written since.
import { fill, manners, reason, say, signIn, toast, wordsOf } from "./app.js";
import autosave from "./autosave.js";

const KEPT = "vitrine:row:";

export default function translate(table) {
  const words = wordsOf(table);
  const hands = new WeakMap(); // what autosave.js gives for each form
  const queues = new WeakMap(); // the last request of each form: they go one after the other
  const waiting = new Map(); // fields whose saving failed, by form
  const queued = new Set(); // fields that are to be saved and wait for a draft under way
  let under = 0; // requests that have no answer yet
  let posts = 0; // requests so far
  let crossed = false; // whether several of them were under way at once

  table.addEventListener("focusin", ({ target }) => {
    if (target.form) handOf(target.form);
    if (isField(target)) tellDock(target);
  });
  table.addEventListener("input", ({ target }) => {
    if (!isField(target)) return;
    handOf(target.form);
    put(target);
    mark(target);
    tellDock(target);
  }, true);
  table.addEventListener("keydown", press, true);
  table.addEventListener("click", (event) => {
    const button = event.target.closest("button[hx-post]");
    if (!button) return;
    done(event);
    carryOut(button);
  }, true);
  table.addEventListener("vitrine:saved", ({ target: form }) => {
    if (handOf(form).clean()) fieldsOf(form).filter((field) => !read(field)?.asked && !offerOf(field)).forEach(forget);
    const fields = waiting.get(form) ?? [];
    waiting.delete(form);
    fields.forEach(save);
  });
  function handOf(form) {
    if (!hands.has(form)) hands.set(form, autosave(form));
    return hands.get(form);
  }

  /** Rows that are new: what was typed into them before comes back, and Tab goes from field to field. */
  function begin() {
    for (const form of table.querySelectorAll("form:not([data-begun])")) {
      form.dataset.begun = "";
      form.querySelectorAll("[data-key]").forEach((button) => (button.tabIndex = -1));
      fieldsOf(form).forEach(takeBack);
    }
  }

  // ---- keys ----

  function press(event) {
    const { target, key, code, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (!isField(target)) return;
    if (key === "Enter" && (ctrlKey || metaKey)) {
      done(event);
      if (target.value !== baseOf(target) || "machine" in cellOf(target).dataset) save(target);
      if (!shiftKey) goOn(target);
    } else if (altKey && !ctrlKey && !metaKey && !shiftKey) {
      const deed = { KeyS: copy, KeyY: confirm, KeyD: decorate }[code];
      if (!deed) return;
      done(event);
      deed(target);
    }
  }

  function done(event) {
    event.preventDefault();
    event.stopPropagation();
  }

  function copy(field) {
    const source = document.getElementById(`${field.id}-source`);
    if (!source) return;
    field.value = [...source.childNodes].filter((part) => part.nodeName !== "DEL").map((part) => part.textContent).join("").trim();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function confirm(field) {
    const button = document.getElementById(`${field.id}-still-right`);
    if (!button) return;
    button.click();
    goOn(field);
  }

  function decorate(field) {
    const button = field.form.querySelector('[data-key="d"]');
    if (!button) return;
    const row = field.closest("li");
    button.click();
    goOn(fieldsOf(row).at(-1));
  }

  const opened = () => [...table.querySelectorAll("[data-open] textarea")];

  /** The next unfinished field in the page, else more of the list, else the next gallery. */
  async function goOn(field) {
    const next = opened().find((each) => field.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING);
    if (next) return show(next);
    const more = document.getElementById("load-more");
    if (more) {
      const arrived = new Promise((come) => new MutationObserver((_, watch) => {
        watch.disconnect();
        come();
      }).observe(table.querySelector("ol"), { childList: true }));
      more.click();
      await arrived;
      return goOn(field);
    }
    const first = opened().find((each) => each !== field);
    if (first) return show(first);
    say(words.end);
    document.getElementById("next-gallery")?.focus();
  }

  function show(field) {
    field.focus({ preventScroll: true });
    field.closest("li").scrollIntoView({ block: "nearest" });
  }

  // ---- saving ----

  function save(field) {
    const form = field.form;
    const hand = handOf(form);
    hand.forget(field.name);
    cellOf(field).removeAttribute("data-open");
    put(field, { asked: true });
    const before = queues.get(form) ?? Promise.resolve();
    queued.add(field);
    queues.set(form, before.then(() => hand.idle()).then(() => send(form, field)));
  }

  async function send(form, field) {
    const { name, value } = field;
    queued.delete(field);
    const carried = ["version", `base_${name}`, `seen_${name}`].map((each) => [each, form.elements[each]?.value]);
    const { status, text, elsewhere } = await post(form, form.action, [...carried.filter(([, said]) => said !== undefined), [name, value]]);
    if (status === 401) return;
    if (status === 409 && elsewhere) return ask(field, text);
    if (!status || (status >= 400 && status !== 422)) return failed(form, field, status, text);
    takeIn(text, new Map([[name, value]]));
    if (status === 422) {
      put(field);
      return tellState("failed", words.failed);
    }
    if (field.value === value) forget(field);
    else field.dispatchEvent(new Event("input", { bubbles: true })); // a draft of the rest went with what was saved
    tellState("saved", fill(words.done, { time: clock() }));
  }

  /** Still right, discard, decorative: what is typed in the row goes along and is kept as drafts. */
  function carryOut(button) {
    const { form, name, value } = button;
    const address = button.getAttribute("hx-post");
    const before = queues.get(form) ?? Promise.resolve();
    queues.set(form, before.then(() => handOf(form).idle()).then(async () => {
      const typed = fieldsOf(form).map((field) => [field.name, field.value]);
      const hidden = [...form.elements].filter((each) => ["hidden", "text"].includes(each.type) && each.name !== "csrf_token");
      const { status, text } = await post(form, address, [...hidden.map((each) => [each.name, each.value]), ...typed, [name, value]]);
      if (status === 401) return;
      if (!status || status >= 400) return tellState("failed", reason(status, text));
      if (address.endsWith("/discard")) {
        typed.splice(0, typed.length, ...typed.filter(([each]) => each !== value));
        forget(form.elements[value]);
      }
      takeIn(text, new Map(typed));
      tellState("saved", fill(words.done, { time: clock() }));
    }));
  }

  async function post(form, address, fields) {
    tellState("saving", words.saving);
    crossed ||= under > 0;
    under += 1;
    posts += 1;
    try {
      const body = new URLSearchParams(fields);
      const answer = await fetch(address, { method: "POST", headers: { ...manners(), Accept: "text/html" }, body, keepalive: true });
      if (answer.status === 401) {
        form.dispatchEvent(new CustomEvent("vitrine:unsaved", { bubbles: true }));
        signIn(answer.headers.get("HX-Redirect"));
      }
      return { status: answer.status, text: await answer.text(), elsewhere: answer.headers.has("HX-Retarget") };
    } catch {
      return { status: 0, text: "" };
    } finally {
      under -= 1;
      if (crossed && !under) setTimeout(recount);
    }
  }

  /** Of answers that crossed each other the last to come may have been counted before the other was written. */
  async function recount() {
    crossed = false;
    const asked = posts;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "error" }).catch(() => null);
    const fresh = answer?.ok && parse(await answer.text()).getElementById("translations-counts");
    if (asked !== posts) return void (under ? (crossed = true) : recount()); // it counted what was written since, or not
    if (fresh) document.getElementById("translations-counts").replaceWith(fresh);
  }

  function failed(form, field, status, text) {
    cellOf(field).dataset.open = "";
    tellState("failed", words.failed);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (status >= 400 && status < 500) return toast(reason(status, text), { bad: true });
    waiting.set(form, [...new Set([...(waiting.get(form) ?? []), field])]);
    put(field, { asked: true });
  }

  /** Somebody else saved meanwhile: both versions in a dialog; sending it is a plain form. */
  function ask(field, text) {
    cellOf(field).dataset.open = "";
    put(field);
    const dialog = Object.assign(document.createElement("dialog"), { id: "two-versions" });
    dialog.append(...parse(text).body.childNodes);
    dialog.addEventListener("close", () => {
      dialog.remove();
      field.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
    tellState("failed", words.failed);
  }

  // ---- what comes back: everything of a row is replaced but the fields themselves ----

  function takeIn(text, sent) {
    for (const part of parse(text).querySelectorAll("hx-partial")) {
      const fresh = part.firstElementChild;
      const old = document.querySelector(part.getAttribute("hx-target"));
      if (!old || !fresh) continue;
      if (old.matches("li.ti") && !shape(old, fresh)) refresh(old, fresh, sent);
      else old.replaceWith(fresh);
    }
  }

  const names = (row) => [...row.querySelectorAll("[data-cell]")].map((cell) => cell.dataset.cell).join();
  const shape = (old, fresh) => names(old) !== names(fresh);

  function refresh(old, fresh, sent) {
    old.className = fresh.className;
    old.querySelector('[name="version"]').value = fresh.querySelector('[name="version"]').value;
    for (const cell of old.querySelectorAll("[data-cell]")) {
      const other = fresh.querySelector(`[data-cell="${cell.dataset.cell}"]`);
      const [field, came] = [cell.querySelector("textarea"), other.querySelector("textarea")];
      const offered = offerOf(field);
      for (const part of [".k", ".after"]) cell.querySelector(part).replaceWith(other.querySelector(part));
      if (offered) cell.querySelector(".after").append(offered);
      const source = document.getElementById(`${field.id}-source`);
      source?.replaceWith(fresh.querySelector(`[id="${source.id}"]`) ?? source);
      if (!sent.has(field.name) && (field !== document.activeElement || !read(field))) field.value = came.value;
      for (const name of ["data-open", "data-machine"]) cell.toggleAttribute(name, other.hasAttribute(name));
      for (const name of ["aria-invalid", "aria-describedby"]) {
        came.hasAttribute(name) ? field.setAttribute(name, came.getAttribute(name)) : field.removeAttribute(name);
      }
      mark(field);
    }
    htmx.process(old);
  }

  // ---- what is typed, until the server has it ----

  const keyOf = (field) => `${KEPT}${field.form.id}:${field.name}`;

  function read(field) {
    try {
      return JSON.parse(sessionStorage.getItem(keyOf(field)));
    } catch {
      return null;
    }
  }

  /** `asked` says that it was to be saved. */
  function put(field, { asked = false } = {}) {
    try {
      sessionStorage.setItem(keyOf(field), JSON.stringify({ text: field.value, base: baseOf(field), asked }));
    } catch {
      // A full or forbidden storage must not stop anybody from typing.
    }
  }

  function forget(field) {
    sessionStorage.removeItem(keyOf(field));
  }

  /** What was typed here and may not have arrived: it is put back, or saved, over what still stands there. */
  function takeBack(field) {
    const kept = read(field);
    if (!kept) return;
    const here = kept.base === baseOf(field);
    if (kept.text === baseOf(field) || (kept.text === field.value && !(here && kept.asked))) return forget(field);
    if (!here) return offer(field, kept.text);
    type(field, kept.text);
    if (kept.asked) save(field);
  }

  function type(field, text) {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Somebody has written since: what was typed stands below it, and comes back by a button. */
  function offer(field, text) {
    const line = Object.assign(document.createElement("div"), { className: "ask", id: `${field.id}-typed` });
    const said = Object.assign(document.createElement("span"), { textContent: fill(words.typed, { text }) });
    const back = Object.assign(document.createElement("button"), { type: "button", className: "btn sm", textContent: words.back });
    back.addEventListener("click", () => {
      line.remove();
      type(field, text);
      show(field);
    });
    line.append(said, back);
    cellOf(field).querySelector(".after").append(line);
  }

  /** What differs from what is saved is a draft, and unfinished. */
  function mark(field) {
    const cell = cellOf(field);
    if (field.value === baseOf(field) || read(field)?.asked) return;
    cell.dataset.open = "";
    cell.querySelector(".k .fs")?.remove();
    cell.querySelector(".k").append(Object.assign(document.createElement("span"), { className: "fs draft", textContent: words.draft }));
  }

  // ---- the bar below, and how saving stands ----

  function tellDock(field) {
    const [label, count] = [document.getElementById("dock-field"), document.getElementById("dock-count")];
    if (!label) return;
    const number = field.closest("li").querySelector(".pic b")?.textContent ?? "";
    const name = cellOf(field).querySelector("label").firstChild.textContent;
    label.textContent = number ? fill(words.field, { number, name }) : name;
    const length = [...field.value].length;
    count.textContent = fill(words.count, { length, limit: field.dataset.limit });
    count.classList.toggle("over", length > field.dataset.limit);
  }

  function tellState(name, sentence) {
    const shown = document.getElementById("save-state");
    if (!shown) return;
    shown.dataset.state = name;
    shown.querySelector(".link")?.remove();
    shown.querySelector(".tx").textContent = sentence;
  }

  addEventListener("pagehide", () => queued.forEach((field) => send(field.form, field)));
  new MutationObserver(begin).observe(table, { childList: true, subtree: true });
  begin();
  if (document.activeElement === document.body && !location.hash) opened()[0]?.focus();
}

const isField = (element) => element.matches?.("[data-cell] textarea");
const offerOf = (field) => document.getElementById(`${field.id}-typed`);
const cellOf = (field) => field.closest("[data-cell]");
const fieldsOf = (element) => [...element.querySelectorAll("[data-cell] textarea")];
const baseOf = (field) => field.form.elements[`base_${field.name}`]?.value ?? "";
const parse = (text) => new DOMParser().parseFromString(text, "text/html");
const clock = () => new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format();
