// <vitrine-gallery gallery="ID">: a gallery of this Vitrine on any page, and <script type="module" src="…/element.js">
// is all that the page needs. It asks for what visitors see and nothing else, sends no cookies, and runs under a strict
// policy: its style is a constructed sheet. Setting `items` shows others, on this page alone.
import { make, tile } from "./embedded-drawing.js";
import { HOME, between, normal, toVelo } from "./embedded-items.js";
import { Large } from "./embedded-large.js";
import { Sliding } from "./embedded-sliding.js";
import { sheet } from "./embedded-style.js";

const EVERY = 10000; // milliseconds between two looks whether something has changed, while somebody sees the page
const ROWS = { small: 0.16, medium: 0.26, large: 0.38 }; // height of a row as a share of the width there is
const ROW = [110, 440];
const TILES = { small: 140, medium: 220, large: 340 };
const SHAPES = { square: 1, landscape: 1.5, portrait: 0.75 };
const HEIGHTS = { small: 0.3, medium: 0.44, large: 0.6 }; // of what slides, likewise, up to what one sees at once
const LAYOUTS = {
  justified: "justified", grid: "grid", masonry: "masonry", columns: "masonry", slider: "slider slides",
  slideshow: "slideshow slides",
};
const SIZES = { tile: "(max-width: 640px) 92vw, 33vw", "slider slides": "(max-width: 640px) 92vw, 50vw", "slideshow slides": "92vw" };
const WORDS = { // of a server that says nothing; what it does say brings its words along
  close: "Close", previous: "Back", next: "Next", more: "More", none: "…", picture: "{number}", text: "{number}",
  video: "{title}", watch: "Video", about: "More",
};

/** The same items, told apart where two have the same id. */
function apart(items) {
  const met = new Set();
  return items.map((item, place) => {
    const twice = met.has(item.id);
    met.add(item.id);
    return twice ? { ...item, id: `${item.id} ${place}`, slug: item.id } : item;
  });
}

class VitrineGallery extends HTMLElement {
  static observedAttributes = ["gallery", "lang", "layout", "size", "shape"];

  #pages = []; // what the server has said, page by page
  #own = null; // what the page has set instead
  #drawn = new Map(); // by id what an item says and its tile, so that only what has changed is drawn anew
  #state = "loading";
  #words = WORDS;
  #asking = null;
  #timer = 0;
  #wide = 0;
  #kind = "justified";
  #size = "medium";
  #list = make("ol");
  #more = make("p", { className: "more", hidden: true }, make("button", { className: "pill", type: "button" }));
  #none = make("p", { className: "none", hidden: true });
  #sliding = new Sliding(this.#list, () => this.#around(), () => this.#add());
  #box = make("div", {}, this.#list, this.#sliding.bar, this.#more, this.#none);
  #styles = new CSSStyleSheet(); // of texts, which say some of it themselves
  #large = new Large(() => this.#around());
  #watching = new ResizeObserver(() => this.#measure());
  #look = () => document.hidden || this.#asking || this.#load();

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet, this.#styles];
    root.append(this.#box, this.#large.dialog);
    this.#none.setAttribute("role", "status");
    this.#list.addEventListener("click", (event) => this.#clicked(event));
    this.#more.firstChild.addEventListener("click", () => this.#add(true));
  }

  connectedCallback() {
    if (Object.hasOwn(this, "items")) { // set before this script had come
      const set = this.items;
      delete this.items;
      this.items = set;
    }
    this.#load();
    this.#timer = setInterval(this.#look, EVERY);
    document.addEventListener("visibilitychange", this.#look);
    this.#watching.observe(this);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    this.#asking?.abort();
    document.removeEventListener("visibilitychange", this.#look);
    this.#watching.disconnect();
  }

  attributeChangedCallback(name, before, now) {
    if (before === now || !this.isConnected) return;
    if (name === "gallery") this.#forget("loading");
    if (name === "gallery" || name === "lang") this.#load(1);
    else this.#draw();
  }

  /** What is shown, as $w.Gallery has it. Setting others shows them here and changes no gallery; null ends that. */
  get items() {
    return this.#shown().map(toVelo).filter(Boolean);
  }

  set items(given) {
    this.#own = given === null || given === undefined ? null : [...given];
    this.#draw();
    if (!this.#own) this.#load();
  }

  get gallery() {
    return this.getAttribute("gallery") ?? "";
  }

  set gallery(id) {
    this.setAttribute("gallery", id);
  }

  #shown() {
    const found = this.#pages.flatMap((page) => page.items);
    if (!this.#own) return found;
    const known = new Map(found.map((item) => [item.id, item]));
    return apart(this.#own.map((given, place) => normal(given, known, place)));
  }

  #around() {
    const [items, page] = [this.#shown(), this.#pages[0]];
    const { code = "", direction = "" } = page?.language ?? {};
    const count = this.#own ? items.length : page?.count ?? 0;
    return { items, count, words: this.#words, lang: code, dir: direction };
  }

  // ---- asking ----

  /** Read as many pages as are shown, or so many, and draw what has changed of them. */
  async #load(count = this.#pages.length || 1) {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    try {
      if (this.gallery) this.#take(await this.#read(count, asking.signal));
      else this.#gone();
    } catch (error) {
      if (!asking.signal.aborted && (error.status || !this.#pages.length)) this.#gone();
    }
    if (this.#asking === asking) this.#asking = null;
  }

  async #read(count, signal) {
    const pages = [];
    do {
      const address = new URL(`embed/${encodeURIComponent(this.gallery)}.json`, HOME);
      const lang = this.closest("[lang]")?.lang;
      if (lang) address.searchParams.set("lang", lang);
      if (pages.length) address.searchParams.set("after", pages.at(-1).after);
      const answer = await fetch(address, { credentials: "omit", cache: "no-cache", signal });
      const said = await answer.json();
      this.#words = { ...WORDS, ...said.words };
      if (!answer.ok) throw Object.assign(new Error(`${address} answered ${answer.status}`), { status: answer.status });
      pages.push({ ...said, tag: answer.headers.get("ETag") });
    } while (pages.at(-1).after && pages.length < count);
    return pages;
  }

  #take(pages) {
    const tags = (list) => list.map((page) => page.tag).join();
    const same = this.#state === "shown" && tags(pages) === tags(this.#pages);
    this.#pages = pages;
    this.#state = "shown";
    if (!same) this.#draw();
  }

  #gone() {
    const known = this.#state === "gone";
    this.#forget("gone");
    if (!known) this.#draw();
  }

  #forget(state) {
    this.#pages = [];
    this.#state = state;
  }

  /** Read another page, and go there where that was asked for; false where there is none. */
  async #add(goes = false) {
    const before = this.#list.children.length;
    if (!this.#more.hidden) await this.#load(this.#pages.length + 1);
    const first = this.#list.children[before];
    if (goes) first?.querySelector(".tile, .text").focus();
    return !!first;
  }

  // ---- showing ----

  #draw() {
    const around = this.#around();
    const focused = this.shadowRoot.activeElement?.closest("li")?.dataset.id;
    const large = this.#large.id;
    const left = this.#list.scrollLeft;
    this.#dress(around);
    this.#drawn = new Map(around.items.map((item) => [item.id, this.#kept(item, around.words)]));
    this.#list.replaceChildren(...[...this.#drawn.values()].map((each) => each.tile));
    if (left) this.#list.scrollTo({ left, behavior: "instant" });
    if (focused) this.#drawn.get(focused)?.tile.querySelector(".tile, .text").focus({ preventScroll: true });
    this.#more.hidden = !!this.#own || !this.#pages.at(-1)?.after;
    this.#more.firstChild.textContent = around.words.more;
    const empty = !around.items.length && (!!this.#own || this.#state !== "loading");
    this.#none.hidden = !empty;
    this.#none.textContent = empty ? around.words.none : "";
    this.#measure(true);
    this.#large.refresh(large);
    this.dispatchEvent(new CustomEvent("itemschanged"));
  }

  /** The tile of an item as it stands, where the item says what it said. */
  #kept(item, words) {
    const sizes = SIZES[this.#kind] ?? SIZES.tile;
    const [before, says] = [this.#drawn.get(item.id), JSON.stringify([item, words, sizes])];
    return before?.says === says ? before : { says, tile: tile(item, words, sizes) };
  }

  /** Put on the layout, the language and the styles of texts. */
  #dress({ lang, dir }) {
    const look = (name, known, standard) =>
      [this.getAttribute(name), this.#pages[0]?.[name]].find((each) => each in known) ?? standard;
    this.#kind = LAYOUTS[look("layout", LAYOUTS, "justified")];
    this.#size = look("size", ROWS, "medium");
    this.#box.style.setProperty("--shape", SHAPES[look("shape", SHAPES, "square")]);
    Object.assign(this.#box, { lang, dir, className: this.#kind });
    this.#styles.replaceSync(this.#pages.map((page) => page.styles).join("\n"));
  }

  /** Reckon what depends on the width there is: heights of rows, columns, where each item of a masonry stands. */
  #measure(anew = false) {
    const wide = this.#box.clientWidth;
    if (!wide || (wide === this.#wide && !anew)) return;
    this.#wide = wide;
    const gap = parseFloat(getComputedStyle(this.#list).columnGap) || 0;
    const least = Math.min(TILES[this.#size], (wide - gap) / 2);
    this.#box.style.setProperty("--h", `${Math.round(between(ROW[0], wide * ROWS[this.#size], ROW[1]))}px`);
    this.#box.style.setProperty("--w", `${Math.floor(least)}px`);
    const columns = Math.max(1, Math.floor((wide + gap) / (least + gap)));
    this.#box.style.setProperty("--n", columns);
    const up = between(ROW[0], Math.min(wide * HEIGHTS[this.#size] + 120, innerHeight * 0.75), 720);
    this.#box.style.setProperty("--up", `${Math.round(up)}px`);
    this.#stack(columns, gap);
    if (this.#kind.endsWith("slides")) this.#sliding.tell();
    else this.#sliding.bar.hidden = true;
  }

  /** Put each item of a masonry into the shortest column; in any other layout items stand as they come. */
  #stack(columns, gap) {
    const [tiles, filled] = [[...this.#list.children], Array(columns).fill(0)];
    for (const each of tiles) each.style.gridArea = "";
    if (this.#kind !== "masonry") return;
    const heights = tiles.map((each) => Math.ceil(each.firstChild.getBoundingClientRect().height + gap));
    tiles.forEach((each, nth) => {
      const column = filled.indexOf(Math.min(...filled));
      each.style.gridArea = `${filled[column] + 1} / ${column + 1} / span ${heights[nth]}`;
      filled[column] += heights[nth];
    });
  }

  #clicked(event) {
    const pressed = event.target.closest(".tile");
    if (!pressed || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const itemIndex = [...this.#list.children].indexOf(pressed.closest("li"));
    const detail = { item: toVelo(this.#shown()[itemIndex]), itemIndex };
    const said = new CustomEvent("itemclicked", { detail, bubbles: true, composed: true, cancelable: true });
    if (this.dispatchEvent(said)) this.#large.open(itemIndex);
  }
}

if (!customElements.get("vitrine-gallery")) customElements.define("vitrine-gallery", VitrineGallery);

export default VitrineGallery;
