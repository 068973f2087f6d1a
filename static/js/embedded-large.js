// One item of an embedded gallery, as large as the window: a dialog with the ways on and back, by keys and swipes too.
import { make, named, onward, picture, said, written } from "./embedded-drawing.js";
import { leads, absolute } from "./embedded-items.js";

const SWIPE = 48; // pixels across that are a swipe

/** The dialog of one element; `around` says what there is: { items, count, words, lang, dir }. */
export class Large {
  #at = -1;
  #around;
  #touch = null;

  constructor(around) {
    this.#around = around;
    this.dialog = make("dialog");
    this.dialog.addEventListener("keydown", (event) => this.#key(event));
    this.dialog.addEventListener("touchstart", ({ touches }) => (this.#touch = touches.length === 1 ? touches[0] : null), { passive: true });
    this.dialog.addEventListener("touchend", ({ changedTouches: [end] }) => this.#lift(end));
  }

  /** Show the item at a place. */
  open(at) {
    const { items, lang, dir } = this.#around();
    if (!items[at]) return;
    this.#at = at;
    Object.assign(this.dialog, { lang, dir });
    this.#draw(items[at]);
    if (!this.dialog.open) this.dialog.showModal();
  }

  /** Show anew what is open: the same item, wherever it stands now. */
  refresh(id) {
    if (!this.dialog.open) return;
    const { items } = this.#around();
    const here = items.findIndex((item) => item.id === id);
    if (items.length) this.open(here < 0 ? Math.min(this.#at, items.length - 1) : here);
    else this.dialog.close();
  }

  /** The id of the item that is shown. */
  get id() {
    return this.dialog.dataset.id;
  }

  #draw(item) {
    const { items, count, words } = this.#around();
    const focused = this.dialog.getRootNode().activeElement?.dataset.do;
    const buttons = [this.#button("shut", words.close, () => this.dialog.close())];
    for (const [name, label, to] of [["back", words.previous, this.#at - 1], ["on", words.next, this.#at + 1]]) {
      buttons.push(this.#button(name, label, () => this.open(to), !items[to]));
    }
    const [shut, back, on] = buttons;
    const place = make("bdi", { dir: "ltr" }, `${this.#at + 1} / ${count}`);
    this.dialog.dataset.id = item.id;
    this.dialog.setAttribute("aria-label", named(item, words));
    this.dialog.replaceChildren(make("header", {}, place, shut), back, stage(item, words), on, caption(item, words));
    const again = buttons.find((button) => button.dataset.do === focused && !button.disabled);
    (again ?? shut).focus();
  }

  #button(name, label, act, disabled = false) {
    const made = make("button", { className: `step ${name}`, type: "button", disabled });
    made.dataset.do = name;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  }

  #step(by) {
    this.open(this.#at + by);
  }

  #key(event) {
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!sideways || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.#step(this.#turned ? -sideways : sideways);
  }

  #lift(end) {
    if (!this.#touch) return;
    const [dx, dy] = [end.clientX - this.#touch.clientX, end.clientY - this.#touch.clientY];
    if (Math.abs(dx) >= SWIPE && Math.abs(dx) >= 2 * Math.abs(dy)) this.#step(dx < 0 !== this.#turned ? 1 : -1);
  }

  get #turned() {
    return getComputedStyle(this.dialog).direction === "rtl";
  }
}

function stage(item, words) {
  if (item.kind === "text") return make("div", { className: "stage" }, written(item, words));
  const alt = named(item, words);
  return make("div", { className: "stage" }, item.picture ? picture(item, { sizes: "92vw", alt, eager: true }) : "");
}

function caption(item, words) {
  const texts = [item.caption, item.description].filter(Boolean).map((text) => make("span", {}, said(text)));
  const address = item.kind === "video" && (item.href ? absolute(item.href) : leads(item.video?.url));
  const watch = address ? make("a", { href: address, target: "_blank", rel: "noopener" }, words.watch) : null;
  return make("p", { className: "words" }, item.title ? make("b", {}, said(item.title)) : "", ...texts, watch, onward(item, words));
}
