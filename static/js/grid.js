// The grid of an editor: select, move, open. Without a script its tiles are links, and forms move them.
//
// <ol class="grid" id="items" data-module="grid" data-moves-url data-sorts-url data-undo-url data-ids-url data-tiles-url
//     data-next data-order-version data-inspector="#inspector" hx-morph-skip>
//   of <li class="tile" id data-id data-name><a href>…</a></li>
// Everything is done to ids, for tiles come in parts and the last of them late; a tile is only how an id is shown.
// What stands beside it is told in grid-tools.js, how tiles come later in grid-feed.js.
import { fill, mayLeave, say, toast, wordsOf } from "./app.js";
import { makeDraggable } from "./grid-drag.js";
import { feed } from "./grid-feed.js";
import { listenToKeys } from "./grid-keys.js";
import { staying, withMoved } from "./grid-order.js";
import { Saves } from "./grid-saves.js";
import { offerUndo, wireTools } from "./grid-tools.js";
import { watch } from "./grid-watch.js";

const OPEN_AFTER = 120; // milliseconds a single choice rests before the panel follows

export default (root) => new Grid(root);

class Grid {
  order = []; // all ids, also of tiles still to come
  complete = false; // all ids are known
  held = false; // something is dragged or carried: the order must not change under it
  #places = null;
  #tiles = new Map(); // id → tile, of those that are on the page
  #selected = new Set();
  #anchor = null; // the id where a range began
  #current = null; // the id whose tile has the focus, or had it last
  #open = null; // the id whose item the panel shows

  constructor(root) {
    this.root = root;
    this.words = wordsOf(root);
    this.version = Number(root.dataset.orderVersion);
    this.behind = false; // others have changed the order since it was read
    this.saves = new Saves({
      url: root.dataset.movesUrl,
      onSaved: (answer) => this.#saved(answer),
      onFailed: (...failure) => this.#takeBack(...failure),
      onRest: () => this.behind && this.askOrder(),
    });
    root.setAttribute("role", "listbox");
    root.setAttribute("aria-multiselectable", "true");
    this.#adopt(this.tiles());
    this.line = makeDraggable(root, this);
    root.addEventListener("click", (event) => this.#click(event));
    root.addEventListener("focusin", ({ target }) => this.#tiles.has(target.dataset.id) && this.#rove(target.dataset.id));
    root.addEventListener("dblclick", () => this.#current && this.enter(this.#current));
    listenToKeys(this);
    this.showTools = wireTools(this);
    this.showTools();
    feed(this);
    watch(this);
  }

  // ---- what is where ----

  tiles() {
    return [...this.root.querySelectorAll(":scope > .tile")];
  }

  tileOf(id) {
    return this.#tiles.get(id) ?? null;
  }

  tilesOf(ids) {
    return ids.map((id) => this.#tiles.get(id)).filter(Boolean);
  }

  has(id) {
    return this.#tiles.has(id);
  }

  rtl() {
    return getComputedStyle(this.root).direction === "rtl";
  }

  get size() {
    return this.order.length;
  }

  get selected() {
    return this.#selected.size;
  }

  get current() {
    return this.#current;
  }

  /** The place of an id, from 1; 0 where it is not there. */
  placeOf(id) {
    this.#places ??= new Map(this.order.map((one, index) => [one, index + 1]));
    return this.#places.get(id) ?? 0;
  }

  /** The selection where the id is part of it, else the id; in the order shown, tile or no tile. */
  blockOf(id) {
    return this.#selected.has(id) ? this.order.filter((one) => this.#selected.has(one)) : [id];
  }

  /** The selection, or what was last in focus. */
  chosen() {
    if (this.#selected.size) return this.order.filter((id) => this.#selected.has(id));
    return this.#current ? [this.#current] : [];
  }

  nameOf(ids) {
    if (ids.length > 1) return fill(this.words.many, { n: ids.length });
    return this.tileOf(ids[0])?.dataset.name ?? fill(this.words.nth, { n: this.placeOf(ids[0]) });
  }

  #adopt(tiles) {
    const known = new Set(this.order);
    for (const tile of tiles) {
      const { id } = tile.dataset;
      unwrap(tile);
      tile.setAttribute("role", "option");
      tile.tabIndex = -1;
      tile.setAttribute("aria-selected", this.#selected.has(id));
      if (!known.has(id)) this.order.push(id);
      this.#tiles.set(id, tile);
    }
    this.#open ??= this.root.querySelector(".tile.current")?.dataset.id ?? null;
    this.#keepOneInTabOrder();
    this.#number();
  }

  #keepOneInTabOrder() {
    if (!this.has(this.#current)) this.#current = this.has(this.#open) ? this.#open : (this.tiles()[0]?.dataset.id ?? null);
    const tile = this.tileOf(this.#current);
    if (tile) tile.tabIndex = 0;
  }

  /** Say on each tile where it stands; only what is new is written. */
  #number() {
    this.#places = null;
    this.showTools?.();
    const size = String(this.size);
    for (const [id, tile] of this.#tiles) {
      const place = String(this.placeOf(id));
      if (tile.getAttribute("aria-posinset") !== place) tile.setAttribute("aria-posinset", place);
      if (tile.getAttribute("aria-setsize") !== size) tile.setAttribute("aria-setsize", size);
    }
  }

  /** Show the tiles in the order of the ids; no more of them move than have to. */
  #arrange(order) {
    this.order = [...order];
    const focused = this.root.contains(document.activeElement) ? document.activeElement : null;
    const from = this.tiles().map((tile) => tile.dataset.id);
    const to = this.order.filter((id) => this.has(id));
    const kept = staying(from, to);
    let next = null;
    for (const id of to.reverse()) {
      const tile = this.#tiles.get(id);
      if (!kept.has(id)) this.root.insertBefore(tile, next);
      next = tile;
    }
    this.#number();
    if (focused && document.activeElement !== focused) focused.focus({ preventScroll: true });
  }

  // ---- moving ----

  /** Move ids so that the first of them stands at a position, from 1. */
  move(ids, position, { focused = ids[0], byNumber = false } = {}) {
    const undo = this.order;
    const { order, at, before, last } = withMoved(undo, ids, position);
    const sentence = fill(this.words.moved, { what: this.nameOf(ids), position: at + 1, total: order.length });
    say(sentence);
    if (order.some((id, index) => id !== undo[index])) {
      const where = () => this.#where({ at, before, last, byNumber });
      this.#arrange(order);
      this.saves.add({ fields: () => [...ids.map((id) => ["ids", id]), ...where()], undo, done: () => offerUndo(this, sentence) });
    }
    this.focus(focused);
  }

  /** Where to, as the server is told: beside an item, which holds whatever others do; by number where one was given. */
  #where({ at, before, last, byNumber }) {
    if (byNumber) return [["position", at + 1], ["order_version", this.version]];
    if (!before) return [["place", "top"]];
    return last ? [["place", "end"]] : [["after", before]];
  }

  /** Have the server put the order right: sorted, or the last move taken back; then show what it made of it. */
  rearrange(url, fields, { undoable = false } = {}) {
    const done = async ({ said }) => {
      await this.askOrder({ now: true });
      say(said);
      undoable ? offerUndo(this, said) : toast(said);
    };
    this.saves.add({ url, fields: () => [...fields, ["order_version", this.version]], undo: this.order, done });
  }

  sort(by) {
    const ids = this.#selected.size > 1 ? this.chosen().map((id) => ["ids", id]) : [];
    this.rearrange(this.root.dataset.sortsUrl, [["by", by], ...ids], { undoable: true });
  }

  undo() {
    this.rearrange(this.root.dataset.undoUrl, []);
  }

  /** A move that was made upon another order than the one known here: others were faster. */
  #saved({ order_version: version, follows }) {
    this.behind ||= follows !== null && follows !== this.version;
    this.#isAt(version);
    document.dispatchEvent(new CustomEvent("vitrine:order-saved", { detail: { version } }));
  }

  #isAt(version) {
    this.version = Number(version);
    this.root.dataset.orderVersion = this.version;
  }

  async #takeBack(order, sentence, { isMove }) {
    this.#arrange(order.filter((id) => this.order.includes(id)));
    toast(isMove ? `${sentence} ${this.words.undone}` : sentence, { bad: true });
    await this.askOrder({ now: true });
  }

  /** Take over the order as the server knows it: what is gone goes, what is new is asked for. */
  async askOrder({ now = false } = {}) {
    const answer = await this.#askOrder();
    if (!answer || answer.order_version < this.version || (!now && (this.saves.busy || this.held))) return;
    this.behind = false;
    await this.accept(answer);
  }

  async #askOrder() {
    const answer = await fetch(this.root.dataset.idsUrl, { headers: { Accept: "application/json" } }).catch(() => null);
    return answer?.ok ? answer.json() : null;
  }

  async accept({ order_version: version, ids }) {
    const [known, living] = [new Set(this.order), new Set(ids)];
    const reach = this.complete ? ids.length : ids.indexOf(this.order.at(-1)); // what is behind comes in parts
    this.#isAt(version);
    for (const id of this.order) if (!living.has(id)) this.#forget(id);
    this.#arrange(ids);
    this.#keepOneInTabOrder();
    await this.supply(ids.slice(0, Math.max(reach, 0)).filter((id) => !known.has(id)));
  }

  #forget(id) {
    const tile = this.tileOf(id);
    const focused = tile && tile === document.activeElement;
    const heir = tile?.nextElementSibling ?? tile?.previousElementSibling;
    tile?.remove();
    this.#tiles.delete(id);
    this.#selected.delete(id);
    if (this.#anchor === id) this.#anchor = null;
    if (focused && this.has(heir?.dataset.id)) this.focus(heir.dataset.id);
  }

  // ---- tiles that come later, or anew ----

  /** Take in tiles: new ones at their place in the order, behind the last where it does not know them. */
  take(tiles) {
    const fresh = [...tiles].filter((tile) => !this.has(tile.dataset.id));
    const known = new Set(this.order);
    const inPlace = fresh.filter((tile) => known.has(tile.dataset.id)).length < fresh.length || !this.#follow(fresh);
    this.root.append(...fresh);
    this.#adopt(fresh);
    if (inPlace) this.#arrange(this.order);
  }

  /** Whether tiles stand behind all that are there, as those of a next part do. */
  #follow(fresh) {
    const last = this.tiles().at(-1);
    const places = [last ? this.placeOf(last.dataset.id) : 0, ...fresh.map((tile) => this.placeOf(tile.dataset.id))];
    return places.every((place, index) => !index || place > places[index - 1]);
  }

  /** Put what a newer tile shows into the one that is there. */
  renew(newer) {
    const tile = this.tileOf(newer.dataset.id);
    if (!tile) return;
    unwrap(newer);
    tile.replaceChildren(...newer.childNodes);
    tile.setAttribute("aria-label", newer.getAttribute("aria-label"));
    for (const name of ["name", "href", "waiting", "retry"]) {
      if (name in newer.dataset) tile.dataset[name] = newer.dataset[name];
      else delete tile.dataset[name];
    }
    this.showTools();
  }

  // ---- choosing ----

  select(ids, { open = true } = {}) {
    const wanted = new Set(ids);
    for (const id of new Set([...this.#selected, ...wanted])) this.tileOf(id)?.setAttribute("aria-selected", wanted.has(id));
    this.root.querySelector(".tile.current")?.classList.remove("current");
    this.#selected = wanted;
    this.showTools();
    if (open && wanted.size === 1) this.#openSoon([...wanted][0]);
  }

  toggle(id) {
    const ids = new Set(this.#selected);
    const added = !ids.delete(id);
    if (added) ids.add(id);
    this.select(ids, { open: false });
    say(fill(added ? this.words.selected : this.words.unselected, { name: this.nameOf([id]), n: ids.size }));
  }

  /** Select from where a range began to an id, whether their tiles are there or not. */
  range(id) {
    const ends = [this.placeOf(this.#anchor ?? this.#current), this.placeOf(id)].sort((a, b) => a - b);
    this.select(this.order.slice(Math.max(ends[0] - 1, 0), ends[1]), { open: false });
    say(fill(this.words.selection, { n: this.selected }));
  }

  selectAll() {
    this.select(this.order, { open: false });
    say(fill(this.words.selection, { n: this.selected }));
  }

  clear() {
    this.select([]);
    say(this.words.cleared);
  }

  #click(event) {
    const id = event.target.closest(".tile")?.dataset.id;
    if (!id) return;
    const touched = event.pointerType === "touch" && !this.root.dataset.inspector;
    if (event.shiftKey) this.range(id);
    else if (event.ctrlKey || event.metaKey || touched || event.target.closest(".ck")) this.toggle(id);
    else this.select([id]);
    this.focus(id, { anchor: !event.shiftKey });
  }

  /** Put the focus on an id's tile, or on the last one that is there; a range begins there, unless it is being drawn. */
  focus(id, { anchor = true } = {}) {
    if (anchor) this.#anchor = id;
    const tile = this.tileOf(id) ?? this.tiles().at(-1);
    tile?.focus({ preventScroll: true });
    tile?.scrollIntoView({ block: "nearest" });
  }

  /** One tile is in the tab order: that which has the focus, or had it last. */
  #rove(id) {
    const last = this.tileOf(this.#current);
    if (last) last.tabIndex = -1;
    this.#current = id;
    this.tileOf(id).tabIndex = 0;
    this.showTools({ moved: true });
  }

  #openSoon(id) {
    clearTimeout(this.opening);
    this.opening = setTimeout(() => this.open(id), OPEN_AFTER);
  }

  /** Show an item in the panel, unless text there would be lost and is to be kept. */
  async open(id) {
    clearTimeout(this.opening);
    const { inspector } = this.root.dataset;
    const href = this.tileOf(id)?.dataset.href;
    if (!inspector || !href || id === this.#open) return;
    if (!(await mayLeave(document.querySelector(inspector)))) return;
    this.#open = id;
    history.replaceState(history.state, "", href);
    await htmx.ajax("GET", href, { source: this.root, target: inspector, swap: "outerHTML" });
    const panel = document.querySelector(inspector);
    if (panel?.getBoundingClientRect().top > innerHeight) panel.scrollIntoView(); // on a narrow page it stands below
  }

  /** The panel shows this item now, or none. */
  shown(id, { many = false } = {}) {
    if ((id || null) === this.#open) return;
    this.#open = id || null;
    if (!many) this.select(id ? [id] : [], { open: false });
    this.tileOf(id)?.scrollIntoView({ block: "nearest" });
  }

  /** Go on to the fields of an item: in the panel, or where there is none on the editor's own page. */
  async enter(id) {
    const { inspector } = this.root.dataset;
    if (!inspector) return location.assign(this.tileOf(id).dataset.href);
    this.select([id], { open: false });
    await this.open(id);
    document.querySelector(`${inspector} form[data-guard] :is(textarea, .in)`)?.focus();
  }
}

/** A listbox holds no links: keep a tile's address and what it is called, and take its link and its number field away. */
function unwrap(tile) {
  tile.querySelectorAll(".place").forEach((field) => field.remove());
  const link = tile.querySelector("a");
  if (!link) return;
  tile.dataset.href = link.href.split("#")[0];
  tile.setAttribute("aria-label", link.getAttribute("aria-label"));
  link.replaceWith(...link.childNodes);
}
