// A slider and a slideshow on a page of somebody else's (embedded.js): the list scrolls sideways, by touch and wheel as by
// these buttons and keys. Nothing moves by itself.
import { make } from "./embedded-drawing.js";

const MOST = 0.6; // of an item's width that has to be seen for it to count as shown
const FAR = { Home: -Infinity, End: Infinity, ArrowLeft: -1, ArrowRight: 1 };

export class Sliding {
  #list;
  #around;
  #grow;
  #frame = 0;
  #place = make("bdi", { dir: "ltr" });
  #back = make("button", { className: "step back", type: "button" });
  #on = make("button", { className: "step on", type: "button" });
  bar = make("p", { className: "bar", hidden: true }, this.#back, this.#place, this.#on);

  /** `around` gives what is said and in which words, `grow` adds what there is more of and says whether it did. */
  constructor(list, around, grow) {
    [this.#list, this.#around, this.#grow] = [list, around, grow];
    list.addEventListener("scroll", () => (this.#frame ||= requestAnimationFrame(() => this.tell())), { passive: true });
    this.#back.addEventListener("click", () => this.#step(-1));
    this.#on.addEventListener("click", () => this.#step(1));
    for (const part of [list, this.bar]) part.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Say which items are seen, and which way there are more. */
  tell() {
    this.#frame = 0;
    const { count, words } = this.#around();
    const [first, last] = this.#seen();
    this.bar.hidden = last - first + 1 >= count;
    this.#place.textContent = `${first === last ? first + 1 : `${first + 1}–${last + 1}`} / ${count}`;
    for (const [button, label, end] of [[this.#back, words.previous, first === 0], [this.#on, words.next, last + 1 >= count]]) {
      button.setAttribute("aria-label", label);
      button.setAttribute("aria-disabled", end);
    }
  }

  /** The first and the last item that are seen. */
  #seen() {
    const box = this.#list.getBoundingClientRect();
    const seen = [...this.#list.children].flatMap((each, nth) => {
      const { left, right, width } = each.getBoundingClientRect();
      return Math.min(right, box.right) - Math.max(left, box.left) > width * MOST ? [nth] : [];
    });
    return [seen[0] ?? 0, seen.at(-1) ?? 0];
  }

  /** Go on, or back, by as many as are seen; beyond the last there may be more. */
  async #step(by) {
    const [first, last] = this.#seen();
    const to = by > 0 ? last + 1 : first - Math.max(1, last - first + 1);
    if (to < this.#list.children.length || (await this.#grow())) this.#go(to);
  }

  #go(nth) {
    const item = [...this.#list.children].at(Math.max(0, nth));
    const edge = (part) => part.getBoundingClientRect()[this.#turned ? "right" : "left"];
    this.#list.scrollTo({ left: this.#list.scrollLeft + edge(item) - edge(this.#list) }); // scrollBy stops at the next
  }

  #key(event) {
    const by = this.bar.hidden ? 0 : FAR[event.key];
    if (!by || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (Number.isFinite(by)) this.#step(this.#turned ? -by : by);
    else this.#go(by < 0 ? 0 : this.#list.children.length - 1);
  }

  get #turned() {
    return getComputedStyle(this.#list).direction === "rtl";
  }
}
