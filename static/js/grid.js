// The grid of an editor: select, move, open. Without a script its tiles are links, and forms move them.
//
// <ol class="grid" id="items" data-module="grid" data-moves-url data-ids-url data-next data-order-version data-total
//     data-inspector="#inspector" hx-morph-skip> of <li class="tile" id data-id data-name><a href>…</a></li>
// What stands beside it is told in grid-tools.js, how tiles come later in grid-feed.js.
import { fill, mayLeave, say, toast, wordsOf } from "./app.js";
import { makeDraggable } from "./grid-drag.js";
import { feed } from "./grid-feed.js";
import { listenToKeys } from "./grid-keys.js";
import { Saves } from "./grid-saves.js";
import { wireTools } from "./grid-tools.js";

const OPEN_AFTER = 120; // milliseconds a single choice rests before the panel follows

export default (root) => new Grid(root);

class Grid {
  #tiles = new Map(); // id → tile, of those that are on the page
  #order = []; // all ids, also of tiles still to come
  #selected = new Set();
  #anchor = null; // where a range began
  #current = null; // the tile that has the focus, or had it last
  #open = null; // the tile whose item the panel shows

  constructor(root) {
    this.root = root;
    this.words = wordsOf(root);
    this.version = root.dataset.orderVersion;
    this.saves = new Saves({
      url: root.dataset.movesUrl,
      onSaved: (version) => this.#saved(version),
      onFailed: (order, sentence) => this.#takeBack(order, sentence),
    });
    root.setAttribute("role", "listbox");
    root.setAttribute("aria-multiselectable", "true");
    this.#adopt(this.tiles());
    this.line = makeDraggable(root, this);
    root.addEventListener("click", (event) => this.#click(event));
    root.addEventListener("focusin", ({ target }) => this.#tiles.has(target.dataset.id) && this.#rove(target));
    root.addEventListener("dblclick", () => this.#current && this.enter(this.#current));
    listenToKeys(this);
    this.showTools = wireTools(this);
    feed(this);
  }

  // ---- what is where ----

  tiles() {
    return [...this.root.querySelectorAll(":scope > .tile")];
  }

  rtl() {
    return getComputedStyle(this.root).direction === "rtl";
  }

  /** The selection where the tile is part of it, else the tile; in the order shown. */
  blockOf(tile) {
    const chosen = this.#selected.has(idOf(tile)) ? this.#selected : new Set([idOf(tile)]);
    return this.#order.filter((id) => chosen.has(id) && this.#tiles.has(id)).map((id) => this.#tiles.get(id));
  }

  nameOf(block) {
    return block.length === 1 ? block[0].dataset.name : fill(this.words.many, { n: block.length });
  }

  /** The place, from 1, that the first of a block will have in front of the tile at `index`. */
  positionAt(index, block) {
    const tiles = this.tiles();
    const before = index < tiles.length ? tiles[index] : null;
    const moving = new Set(block.map(idOf));
    const end = before ? this.#order.indexOf(before.dataset.id) : this.#order.indexOf(idOf(tiles.at(-1))) + 1;
    return 1 + this.#order.slice(0, end).filter((id) => !moving.has(id)).length;
  }

  #adopt(tiles) {
    const known = new Set(this.#order);
    for (const tile of tiles) {
      unwrap(tile);
      tile.setAttribute("role", "option");
      tile.tabIndex = -1;
      tile.setAttribute("aria-selected", this.#selected.has(tile.dataset.id));
      if (!known.has(tile.dataset.id)) this.#order.push(tile.dataset.id);
      this.#tiles.set(tile.dataset.id, tile);
    }
    this.#open ??= this.root.querySelector(".tile.current");
    this.#current ??= this.#open ?? this.tiles()[0] ?? null;
    if (this.#current) this.#current.tabIndex = 0;
    this.#number();
  }

  #number() {
    this.showTools?.();
    const places = new Map(this.#order.map((id, index) => [id, index + 1]));
    for (const [id, tile] of this.#tiles) {
      tile.setAttribute("aria-posinset", places.get(id));
      tile.setAttribute("aria-setsize", this.#order.length);
    }
  }

  /** Show the tiles in the order of the ids; those that are in place are not touched. */
  #arrange(order) {
    this.#order = [...order];
    const focused = this.root.contains(document.activeElement) ? document.activeElement : null;
    let at = this.root.querySelector(":scope > .tile");
    for (const id of order) {
      const tile = this.#tiles.get(id);
      if (!tile) continue;
      if (tile === at) at = nextTile(at);
      else this.root.insertBefore(tile, at);
    }
    this.#number();
    focused?.focus({ preventScroll: true });
  }

  // ---- moving ----

  /** Drop a block in front of the tile at `index`. */
  drop(block, index, focused) {
    this.move(block, this.positionAt(index, block), { focused });
  }

  /** Move a block so that its first tile stands at a position, from 1. */
  move(block, position, { focused = block[0], byNumber = false } = {}) {
    this.#place(block, position, byNumber);
    this.focus(focused);
  }

  #place(block, position, byNumber) {
    const undo = this.#order;
    const ids = block.map(idOf);
    const moving = new Set(ids);
    const rest = undo.filter((id) => !moving.has(id));
    const at = Math.max(0, Math.min(position - 1, rest.length));
    const order = [...rest.slice(0, at), ...ids, ...rest.slice(at)];
    say(fill(this.words.moved, { what: this.nameOf(block), position: at + 1, total: order.length }));
    if (order.every((id, index) => id === undo[index])) return;
    this.#arrange(order);
    this.saves.add(() => [...ids.map((id) => ["ids", id]), ...this.#where(rest, at, byNumber)], undo);
  }

  /** Where to, as the server is told: beside an item, which holds whatever others do; by number where one was given. */
  #where(rest, at, byNumber) {
    if (byNumber) return [["position", at + 1], ["order_version", this.version]];
    return at ? [["after", rest[at - 1]]] : [["place", "top"]];
  }

  #saved(version) {
    if (version) this.root.dataset.orderVersion = this.version = version;
    document.dispatchEvent(new CustomEvent("vitrine:order-saved", { detail: { version } }));
  }

  async #takeBack(order, sentence) {
    this.#arrange(order);
    toast(`${sentence} ${this.words.undone}`, { bad: true });
    const now = await this.#askOrder();
    if (now) this.#accept(now);
  }

  #accept(answer) {
    this.version = String(answer.order_version);
    const living = new Set(answer.ids);
    for (const [id, tile] of this.#tiles) if (!living.has(id)) this.#forget(id, tile);
    this.#arrange(answer.ids);
  }

  #forget(id, tile) {
    tile.remove();
    this.#tiles.delete(id);
    this.#selected.delete(id);
    if (this.#current === tile) this.#current = null;
  }

  // ---- tiles that come later, or anew ----

  has(id) {
    return this.#tiles.has(id);
  }

  /** Take in tiles: new ones at their place in the order, behind the last where it does not know them. */
  take(tiles) {
    const fresh = [...tiles].filter((tile) => !this.has(tile.dataset.id));
    this.root.append(...fresh);
    this.#adopt(fresh);
    this.#arrange(this.#order);
  }

  /** Put what a newer tile shows into the one that is there. */
  renew(newer) {
    const tile = this.#tiles.get(newer.dataset.id);
    if (!tile) return;
    unwrap(newer);
    tile.replaceChildren(...newer.childNodes);
    tile.setAttribute("aria-label", newer.getAttribute("aria-label"));
    for (const name of ["name", "href"]) tile.dataset[name] = newer.dataset[name];
    delete tile.dataset.waiting;
  }

  async #askOrder() {
    const answer = await fetch(this.root.dataset.idsUrl, { headers: { Accept: "application/json" } }).catch(() => null);
    return answer?.ok ? answer.json() : null;
  }

  /** Take over the order as the server knows it: also of tiles still to come, and of what others have moved. */
  async askOrder() {
    const answer = await this.#askOrder();
    if (!answer || this.saves.busy) return;
    this.#accept(answer);
  }

  // ---- choosing ----

  select(ids, { open = true } = {}) {
    const wanted = new Set(ids);
    for (const [id, tile] of this.#tiles) {
      tile.setAttribute("aria-selected", wanted.has(id));
      tile.classList.remove("current");
    }
    this.#selected = wanted;
    this.showTools();
    if (open && wanted.size === 1) this.#openSoon(this.#tiles.get([...wanted][0]));
  }

  toggle(tile) {
    const ids = new Set(this.#selected);
    const added = !ids.delete(tile.dataset.id);
    if (added) ids.add(tile.dataset.id);
    this.select(ids, { open: false });
    const sentence = added ? this.words.selected : this.words.unselected;
    say(fill(sentence, { name: tile.dataset.name, n: ids.size }));
  }

  range(tile) {
    const tiles = this.tiles();
    const ends = [tiles.indexOf(this.#anchor ?? this.#current), tiles.indexOf(tile)].sort((a, b) => a - b);
    this.select(tiles.slice(ends[0], ends[1] + 1).map(idOf), { open: false });
    say(fill(this.words.selection, { n: this.#selected.size }));
  }

  #click(event) {
    const tile = event.target.closest(".tile");
    if (!tile) return;
    if (event.shiftKey) this.range(tile);
    else if (event.ctrlKey || event.metaKey || event.target.closest(".ck")) this.toggle(tile);
    else this.select([tile.dataset.id]);
    this.focus(tile, { anchor: !event.shiftKey });
  }

  /** Put the focus on a tile; a range begins there, unless it is being drawn. */
  focus(tile, { anchor = true } = {}) {
    if (anchor) this.#anchor = tile;
    tile.focus({ preventScroll: true });
    tile.scrollIntoView({ block: "nearest" });
  }

  /** One tile is in the tab order: that which has the focus, or had it last. */
  #rove(tile) {
    if (this.#current) this.#current.tabIndex = -1;
    this.#current = tile;
    tile.tabIndex = 0;
  }

  #openSoon(tile) {
    clearTimeout(this.opening);
    this.opening = setTimeout(() => this.open(tile), OPEN_AFTER);
  }

  /** Show a tile's item in the panel, unless text there would be lost and is to be kept. */
  async open(tile) {
    clearTimeout(this.opening);
    const { inspector } = this.root.dataset;
    if (!inspector || !tile.dataset.href || tile === this.#open) return;
    if (!(await mayLeave(document.querySelector(inspector)))) return;
    this.#open = tile;
    history.replaceState(history.state, "", tile.dataset.href);
    await htmx.ajax("GET", tile.dataset.href, { source: this.root, target: inspector, swap: "outerHTML" });
    const panel = document.querySelector(inspector);
    if (panel?.getBoundingClientRect().top > innerHeight) panel.scrollIntoView(); // on a narrow page it stands below
  }

  /** The panel shows this item now, or none. */
  shown(id) {
    const tile = this.#tiles.get(id) ?? null;
    if (tile === this.#open) return;
    this.#open = tile;
    this.select(tile ? [id] : [], { open: false });
    tile?.scrollIntoView({ block: "nearest" });
  }

  /** Go on to the fields of a tile's item. */
  async enter(tile) {
    this.select([tile.dataset.id], { open: false });
    await this.open(tile);
    document.querySelector(`${this.root.dataset.inspector} form[data-guard] :is(textarea, .in)`)?.focus();
  }

  clear() {
    this.select([]);
    say(this.words.cleared);
  }

  // ---- what the tools beside the grid do to the selection, or to the tile last in focus ----

  chosen() {
    if (this.#selected.size) return this.blockOf(this.#tiles.get([...this.#selected][0]));
    return this.#current ? [this.#current] : [];
  }

  /** The place of a tile, from 1. */
  placeOf(tile) {
    return this.#order.indexOf(idOf(tile)) + 1;
  }

  get size() {
    return this.#order.length;
  }

  get selected() {
    return this.#selected.size;
  }

  selectAll() {
    this.select(this.#tiles.keys(), { open: false });
    say(fill(this.words.selection, { n: this.#selected.size }));
  }
}

const idOf = (tile) => tile.dataset.id;

/** A listbox holds no links: keep a tile's address, and take its link and its number field away. */
function unwrap(tile) {
  tile.querySelectorAll(".place").forEach((field) => field.remove());
  const link = tile.querySelector("a");
  if (!link) return;
  tile.dataset.href = link.href.split("#")[0];
  link.replaceWith(...link.childNodes);
}

function nextTile(tile) {
  let next = tile.nextElementSibling;
  while (next && !next.classList.contains("tile")) next = next.nextElementSibling;
  return next;
}
