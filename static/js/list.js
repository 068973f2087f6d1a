// The list of galleries becomes what it is on the server, row by row: the scroll, the focus and the selection stay.
//
// What others change is asked for every ten seconds while the page is looked at (304 where nothing has changed). Rows are
// drawn anew in their places, but neither the one with the focus nor one with an open menu; what is new waits behind a
// button, so that nothing moves under the pointer. What is done to galleries from here, and taken back, is answered with
// the list as it is then. (What is typed into the search is htmx's.)
import { fill, manners, reason, signIn, toast, wordsOf } from "./app.js";

const PAUSE = 10_000; // milliseconds
const PAGE = 20; // galleries on a page of the list
const MOST = 200; // galleries that the server tells of at once; who has loaded more gets new pages
const TITLE = ":is(h2, th) > a";

export default (root) => new List(root);

const part = (id) => document.getElementById(id);
const rows = (page = document) => [...page.querySelectorAll("#gallery-cards > [id]")];
const isInHand = (row) => row.contains(document.activeElement) || row.querySelector(".cb:checked");
const picked = () => document.querySelectorAll("#gallery-form .cb:checked").length;
const parse = (html) => new DOMParser().parseFromString(html, "text/html");
const isLong = () => rows().length + PAGE > MOST;

class List {
  #busy = false;
  #plain = false; // whether forms are the page's own
  #fresh = 0; // rows that wait to be shown
  #last = { before: 0, after: 0 }; // rows that were shown before the last deed and after it

  constructor(root) {
    this.root = root;
    this.tag = root.dataset.tag;
    setInterval(() => this.#look(), PAUSE);
    document.addEventListener("visibilitychange", () => this.#look());
    document.addEventListener("click", ({ target }) => target.closest("#gallery-news") && this.#show());
    document.addEventListener("submit", (event) => this.#submit(event));
    root.dataset.live = "";
  }

  async #look() {
    if (document.hidden || this.#busy || !part("gallery-list")) return;
    const url = location.href;
    const found = await this.#ask(rows().length + (part("load-more") ? PAGE : 0), this.tag);
    if (!found || this.#busy || url !== location.href) return;
    this.tag = tagOf(found);
    for (const newer of rows(found)) if (alike(found) && !renew(newer)) this.tag = ""; // asked for once more
    place(found);
    this.#offer(news(found));
  }

  /** The list as this page asks for it, with so many galleries; null where it is as the tag says, or out of reach. */
  async #ask(count, tag = "") {
    const headers = { "HX-Request": "true", "If-None-Match": `"${tag}"` };
    const answer = await fetch(address(location.pathname, count), { headers, cache: "no-store" }).catch(() => null);
    return answer?.status === 200 ? parse(await answer.text()) : null;
  }

  #offer({ fresh, gone }) {
    const button = part("gallery-news");
    const words = wordsOf(this.root);
    this.#fresh = fresh;
    const said = fresh > 1 ? fill(words.many, { n: fresh }) : fresh ? words.one : gone ? words.other : "";
    button.hidden = !said;
    if (said && button.textContent !== said) button.textContent = said;
  }

  async #show() {
    if (isLong()) return location.reload();
    const found = await this.#ask(rows().length + this.#fresh);
    if (!found) return toast(reason(0), { bad: true });
    const added = this.#become(found);
    const row = added[0] ?? rows()[0];
    (row?.querySelector(TITLE) ?? part("q")).focus();
  }

  #submit(event) {
    const { target: form, submitter } = event;
    const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action");
    const undoes = form.closest("#toasts") && action.startsWith(`${location.pathname}undo`);
    if (event.defaultPrevented || this.#plain || isLong() || !(undoes || form.id === "gallery-form")) return;
    event.preventDefault();
    if (!this.#busy) this.#send(form, submitter, action);
  }

  /** Have something done, or taken back, and become what the list is then. */
  async #send(form, submitter, action) {
    this.#busy = true;
    const many = submitter?.name === "deed";
    const shown = rows().length;
    const back = shown === this.#last.after ? this.#last.before : shown + PAGE;
    const count = form.id !== "gallery-form" ? back : submitter.value === "clone" ? shown + picked() : shown;
    const body = new URLSearchParams(new FormData(form, submitter));
    const headers = { ...manners(), Accept: "text/html" };
    const answer = await fetch(address(action, count), { method: "POST", headers, body }).catch(() => null);
    const text = await answer?.text().catch(() => "");
    this.#busy = false;
    const elsewhere = answer?.headers.get("HX-Redirect");
    if (answer?.status === 401) return signIn(elsewhere);
    if (elsewhere) return location.assign(elsewhere);
    if (answer?.headers.get("HX-Retarget") === "#main") return this.#asPage(form, submitter);
    if (!answer?.ok) return toast(reason(answer?.status ?? 0, text), { bad: true });
    if (many && part("bulk-tags")) part("bulk-tags").value = "";
    this.#become(parse(text), form.closest(".toast"));
    this.#last = { before: shown, after: rows().length };
  }

  /** What is answered by a question is sent as a page's form: nothing was done yet. */
  #asPage(form, submitter) {
    this.#plain = true;
    form.requestSubmit(submitter);
    this.#plain = false;
  }

  /** Take over the list: rows that have gone go, new ones come in their places, all others stay. Returns the new ones. */
  #become(found, toast) {
    const before = { n: picked(), focus: document.activeElement, at: rows().findIndex(isInHand) };
    this.tag = tagOf(found);
    const added = alike(found) ? merge(found) : swap(found);
    toast?.remove();
    place(found);
    this.#offer({ fresh: 0, gone: 0 });
    keepFocus(before);
    if (picked() !== before.n) document.querySelector("#gallery-form .cb")?.dispatchEvent(new Event("change", { bubbles: true }));
    return added;
  }
}

const tagOf = (found) => found.getElementById("gallery-list")?.dataset.tag ?? "";

/** An address, asked as this page is, for so many galleries. */
function address(path, count) {
  const url = new URL(path, location.href);
  for (const [name, value] of new URLSearchParams(location.search)) url.searchParams.append(name, value);
  url.searchParams.set("rows", count);
  return url;
}

/** Whether both show galleries, and in the same way: cards or a table. */
const alike = (found) => {
  const [here, there] = [part("gallery-cards"), found.getElementById("gallery-cards")];
  return here?.tagName === there?.tagName && Boolean(here);
};

/** How many rows are new, and how many have gone. What stands below the last that is known comes with its own page. */
function news(found) {
  const known = new Set(rows().map(({ id }) => id));
  const told = rows(found).map(({ id }) => id);
  const last = part("load-more") ? told.findLastIndex((id) => known.has(id)) : told.length;
  const fresh = told.filter((id, index) => index < last && !known.has(id)).length;
  const there = new Set(told);
  const gone = [...known].filter((id) => !there.has(id)).length;
  return { fresh, gone: fresh > PAGE || isLong() ? 0 : gone };
}

/** Draw a row anew where it has changed; false where somebody is in it, unless it must be now. */
function renew(newer, { now = false } = {}) {
  const row = part(newer.id);
  if (!row || row.dataset.tag === newer.dataset.tag) return true;
  const focus = row.contains(document.activeElement) ? document.activeElement : null;
  if (!now && (focus || row.querySelector("details[open]"))) return false;
  const box = newer.querySelector(".cb");
  if (box) box.checked = row.querySelector(".cb")?.checked ?? false;
  row.replaceWith(newer);
  if (focus) (part(focus.id) ?? newer.querySelector(focus.closest(".menu") ? ".menu > summary" : TITLE)).focus({ preventScroll: true });
  return true;
}

function merge(found) {
  const told = rows(found);
  const there = new Set(told.map(({ id }) => id));
  for (const row of rows()) if (!there.has(row.id)) row.remove();
  const added = [];
  let last = null;
  for (const newer of told) {
    if (part(newer.id)) renew(newer, { now: true });
    else {
      last ? last.after(newer) : part("gallery-cards").prepend(newer);
      added.push(newer);
    }
    last = part(newer.id);
  }
  replace("gallery-more", found);
  part("bulk-all")?.remove();
  const all = found.getElementById("bulk-all");
  if (all) part("bulk-none").before(all);
  return added;
}

/** Nothing is to be kept: there were no galleries, or there are none any more. */
function swap(found) {
  replace("gallery-list", found);
  return rows();
}

function replace(id, found) {
  part(id)?.replaceWith(found.getElementById(id));
  htmx.process(part(id));
}

/** What is told beside the list: the views, how many galleries there are, and what was done. */
function place(found) {
  for (const told of found.querySelectorAll("hx-partial")) {
    const target = document.querySelector(told.getAttribute("hx-target"));
    const [fresh] = told.children;
    if (!target || !fresh) continue;
    const inUse = target.contains(document.activeElement) || target.querySelector("details[open]");
    if (told.getAttribute("hx-swap") === "beforeend") target.append(fresh);
    else if (!inUse && target.textContent !== fresh.textContent) target.replaceWith(fresh);
  }
}

/** Where the focus has lost its place, it goes on to the next gallery. */
function keepFocus({ n, focus, at }) {
  const isHidden = focus.closest(".bulk") && n && !picked();
  if (focus.isConnected ? !isHidden : document.activeElement !== document.body) return;
  const next = rows()[Math.max(at, 0)] ?? rows().at(-1);
  (next?.querySelector(TITLE) ?? part("q")).focus({ preventScroll: true });
}
