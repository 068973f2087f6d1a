// The grid of an editor: select, move, open. Without a script its tiles are links, and forms move them.
//
// <ol class="grid" id="items" data-module="grid" data-moves-url data-ids-url data-next data-order-version data-total
//     data-inspector="#inspector" hx-morph-skip> of <li class="tile" id data-id data-name><a href>…</a></li>
// Beside it: data-grid-do="move-to|top|end|earlier|later|clear" on buttons, data-grid-needs on what needs a selection,
// data-grid-count="{n} selected", forms with data-grid-ids (they get the selected ids), <dialog id="move-to">.
import { fill, reason, say, toast, wordsOf } from "./tell.js";
import { makeDraggable } from "./grid-drag.js";
import { Saves } from "./grid-saves.js";

const OPEN_AFTER = 120; // milliseconds a single choice rests before the panel follows
const LOOK_AGAIN = 2500; // milliseconds until a tile without its picture is asked for again
const ROWS_A_PAGE = 4;

export default (root) => new Grid(root);

class Grid {
  #tiles = new Map(); // id → tile, of those that are on the page
  #order = []; // all ids, also of tiles still to come
  #selected = new Set();
  #anchor = null; // where a range began
  #current = null; // the tile that has the focus, or had it last
  #lifted = null; // {block, position} while moving by keyboard

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
    this.#adopt(root.querySelectorAll(".tile"));
    this.line = makeDraggable(root, this);
    root.addEventListener("click", (event) => this.#click(event));
    root.addEventListener("dblclick", () => this.#enter());
    root.addEventListener("keydown", (event) => this.#key(event));
    root.addEventListener("focusout", () => this.#lifted && this.#putBack());
    root.addEventListener("vitrine:added", ({ detail }) => this.#add(detail.tile));
    root.addEventListener("vitrine:all-added", async () => this.#accept(await this.#askOrder()));
    this.#wireTools();
    this.#loadRest();
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
    const chosen = this.#selected.has(tile.dataset.id) ? [...this.#selected] : [tile.dataset.id];
    return this.#order.filter((id) => chosen.includes(id) && this.#tiles.has(id)).map((id) => this.#tiles.get(id));
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
    for (const tile of tiles) {
      tile.querySelectorAll(".place").forEach((input) => input.remove());
      const link = tile.querySelector("a");
      if (link) {
        tile.dataset.href = link.href;
        link.replaceWith(...link.childNodes);
      }
      tile.setAttribute("role", "option");
      tile.tabIndex = -1;
      tile.setAttribute("aria-selected", this.#selected.has(tile.dataset.id));
      if (!this.#order.includes(tile.dataset.id)) this.#order.push(tile.dataset.id);
      this.#tiles.set(tile.dataset.id, tile);
      if (tile.dataset.waiting) this.#await(tile);
    }
    this.#current ??= this.root.querySelector(".tile.current") ?? this.tiles()[0] ?? null;
    if (this.#current) this.#current.tabIndex = 0;
    this.#number();
  }

  #number() {
    const places = new Map(this.#order.map((id, index) => [id, index + 1]));
    for (const [id, tile] of this.#tiles) {
      tile.setAttribute("aria-posinset", places.get(id));
      tile.setAttribute("aria-setsize", this.#order.length);
    }
  }

  /** Show the tiles in the order of the ids; those that are in place are not touched. */
  #arrange(order) {
    this.#order = order;
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
    this.#moveTo(block, this.positionAt(index, block));
    this.#focus(focused);
  }

  #moveTo(block, position, byNumber = false) {
    const undo = this.#order;
    const ids = block.map(idOf);
    const rest = undo.filter((id) => !ids.includes(id));
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
    this.#accept(await this.#askOrder());
  }

  /** The order as the server knows it: also of tiles still to come, and of what others have moved. */
  async #askOrder() {
    const answer = await fetch(this.root.dataset.idsUrl, { headers: { Accept: "application/json" } }).catch(() => null);
    return answer?.ok ? answer.json() : null;
  }

  #accept(answer) {
    if (!answer) return;
    this.version = String(answer.order_version);
    for (const [id, tile] of this.#tiles) if (!answer.ids.includes(id)) this.#forget(id, tile);
    this.#arrange(answer.ids);
  }

  #forget(id, tile) {
    tile.remove();
    this.#tiles.delete(id);
    this.#selected.delete(id);
    if (this.#current === tile) this.#current = null;
  }

  // ---- tiles that come later ----

  async #loadRest() {
    if (!this.root.dataset.next) return;
    const order = await this.#askOrder();
    if (!this.saves.busy) this.#accept(order);
    document.querySelector(`[data-more="${this.root.id}"]`)?.remove();
    while (this.root.dataset.next) {
      await idle();
      const page = await fetchPage(this.root.dataset.next);
      if (!page) return;
      const tiles = [...page.querySelectorAll(".tile")].filter((tile) => !this.#tiles.has(tile.dataset.id));
      this.root.append(...tiles);
      this.root.dataset.next = page.querySelector("[data-next]")?.dataset.next ?? "";
      this.#adopt(tiles);
      this.#arrange(this.#order);
    }
  }

  #add(html) {
    const tile = new DOMParser().parseFromString(html, "text/html").querySelector(".tile");
    if (!tile || this.#tiles.has(tile.dataset.id)) return;
    tile.classList.add("fresh");
    this.root.append(tile);
    this.#adopt([tile]);
  }

  /** A tile whose picture is still being made is asked for again until it is there. */
  #await(tile) {
    setTimeout(async () => {
      const page = document.hidden ? null : await fetchPage(tile.dataset.waiting);
      const newer = page?.querySelector(".tile");
      if (!tile.isConnected) return;
      if (!newer || newer.dataset.waiting) return this.#await(tile);
      const link = newer.querySelector("a");
      tile.replaceChildren(...(link ?? newer).childNodes, ...newer.querySelectorAll(":scope > .ck, :scope > .badges"));
      delete tile.dataset.waiting;
    }, LOOK_AGAIN);
  }

  // ---- choosing ----

  #select(ids, { open = true } = {}) {
    const wanted = new Set(ids);
    for (const [id, tile] of this.#tiles) {
      tile.setAttribute("aria-selected", wanted.has(id));
      tile.classList.remove("current");
    }
    this.#selected = wanted;
    this.#showTools();
    if (open && wanted.size === 1) this.#openSoon(this.#tiles.get([...wanted][0]));
  }

  #toggle(tile) {
    const ids = new Set(this.#selected);
    const added = !ids.delete(tile.dataset.id);
    if (added) ids.add(tile.dataset.id);
    this.#anchor = tile;
    this.#select(ids, { open: false });
    const sentence = added ? this.words.selected : this.words.unselected;
    say(fill(sentence, { name: tile.dataset.name, n: ids.size }));
  }

  #range(tile) {
    const tiles = this.tiles();
    const ends = [tiles.indexOf(this.#anchor ?? tile), tiles.indexOf(tile)].sort((a, b) => a - b);
    this.#anchor ??= tile;
    this.#select(tiles.slice(ends[0], ends[1] + 1).map(idOf), { open: false });
    say(fill(this.words.selection, { n: this.#selected.size }));
  }

  #click(event) {
    const tile = event.target.closest(".tile");
    if (!tile) return;
    if (event.shiftKey) this.#range(tile);
    else if (event.ctrlKey || event.metaKey || event.target.closest(".ck")) this.#toggle(tile);
    else {
      this.#anchor = tile;
      this.#select([tile.dataset.id]);
    }
    this.#focus(tile);
  }

  #focus(tile) {
    if (this.#current) this.#current.tabIndex = -1;
    this.#current = tile;
    tile.tabIndex = 0;
    tile.focus({ preventScroll: true });
    tile.scrollIntoView({ block: "nearest" });
  }

  #openSoon(tile) {
    clearTimeout(this.opening);
    const { inspector } = this.root.dataset;
    if (!inspector || !tile.dataset.href) return;
    this.opening = setTimeout(() => {
      history.replaceState(history.state, "", tile.dataset.href);
      htmx.ajax("GET", tile.dataset.href, { source: this.root, target: inspector, swap: "outerHTML" });
    }, OPEN_AFTER);
  }

  #enter() {
    const field = document.querySelector(`${this.root.dataset.inspector} :is(textarea, input:not([type="hidden"]))`);
    field?.focus();
  }

  // ---- keyboard ----

  #key(event) {
    const tile = event.target.closest(".tile");
    if (!tile) return;
    const handled = this.#lifted ? this.#keyLifted(event) : this.#keyResting(event, tile);
    if (handled) event.preventDefault();
  }

  #keyResting(event, tile) {
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "a" && command) return this.#selectAll();
    if (command) return false;
    if (key === "m") return event.shiftKey ? this.askPosition() : this.#lift(tile);
    if (key === " ") return this.#toggle(tile) ?? true;
    if (key === "Enter") return this.#select([tile.dataset.id]) ?? this.#enter() ?? true;
    if (key === "Escape") return this.#selected.size > 0 && this.#clear();
    const step = this.#step(event.key);
    if (step === null) return false;
    if (event.altKey) return this.#nudge(tile, step);
    const tiles = this.tiles();
    const next = tiles[Math.max(0, Math.min(tiles.indexOf(tile) + step, tiles.length - 1))];
    if (event.shiftKey) this.#range(next);
    this.#focus(next);
    return true;
  }

  #keyLifted(event) {
    const step = this.#step(event.key);
    if (step !== null) return this.#lead(this.#lifted.position + step);
    if (["Enter", " ", "m"].includes(event.key)) return this.#setDown();
    if (event.key === "Tab") this.#putBack();
    return event.key === "Escape" && this.#putBack();
  }

  /** How far a key goes, in tiles; left and right follow the writing direction. */
  #step(key) {
    const columns = getComputedStyle(this.root).gridTemplateColumns.split(" ").length;
    const forward = this.rtl() ? -1 : 1;
    const all = this.#order.length;
    const steps = {
      ArrowRight: forward,
      ArrowLeft: -forward,
      ArrowDown: columns,
      ArrowUp: -columns,
      PageDown: columns * ROWS_A_PAGE,
      PageUp: -columns * ROWS_A_PAGE,
      Home: -all,
      End: all,
    };
    return steps[key] ?? null;
  }

  #lift(tile) {
    const block = this.blockOf(tile);
    const position = this.#order.indexOf(idOf(block[0])) + 1;
    this.#lifted = { block, tile, position };
    block.forEach((one) => one.classList.add("lifted"));
    this.line.measure();
    say(fill(this.words.lifted, { what: this.nameOf(block), position, total: this.#order.length }));
    return true;
  }

  /** Lead the line to a position. */
  #lead(position) {
    const { block } = this.#lifted;
    const moving = new Set(block.map(idOf));
    const rest = this.tiles().filter((tile) => !moving.has(idOf(tile)));
    const at = Math.max(1, Math.min(position, rest.length + 1));
    this.#lifted.position = at;
    const index = at <= rest.length ? this.tiles().indexOf(rest[at - 1]) : this.tiles().length;
    this.line.show(this.line.slotBefore(index), block);
    this.line.element.scrollIntoView({ block: "nearest" });
    say(fill(this.words.at, { position: at, total: this.#order.length }));
    return true;
  }

  #setDown() {
    const { block, tile, position } = this.#endLift();
    this.#moveTo(block, position);
    this.#focus(tile);
    return true;
  }

  #putBack() {
    this.#endLift();
    say(this.words.cancelled);
    return true;
  }

  #endLift() {
    const lifted = this.#lifted;
    this.#lifted = null;
    lifted.block.forEach((one) => one.classList.remove("lifted"));
    this.line.hide();
    return lifted;
  }

  #nudge(tile, step) {
    const block = this.blockOf(tile);
    this.#moveTo(block, this.#order.indexOf(idOf(block[0])) + 1 + step);
    this.#focus(tile);
    return true;
  }

  #selectAll() {
    this.#select(this.#tiles.keys(), { open: false });
    say(fill(this.words.selection, { n: this.#selected.size }));
    return true;
  }

  #clear() {
    this.#select([]);
    say(this.words.cleared);
    return true;
  }

  // ---- tools beside the grid ----

  #chosen() {
    if (this.#selected.size) return this.blockOf(this.#tiles.get([...this.#selected][0]));
    return this.#current ? [this.#current] : [];
  }

  #wireTools() {
    const deeds = {
      "move-to": () => this.askPosition(),
      top: () => this.#moveTo(this.#chosen(), 1),
      end: () => this.#moveTo(this.#chosen(), this.#order.length),
      earlier: () => this.#nudge(this.#chosen()[0], -1),
      later: () => this.#nudge(this.#chosen()[0], 1),
      clear: () => this.#clear(),
    };
    document.addEventListener("click", (event) => {
      const deed = deeds[event.target.closest("[data-grid-do]")?.dataset.gridDo];
      if (deed && this.root.isConnected && this.#chosen().length) deed();
    });
    document.addEventListener("submit", ({ target: form }) => this.#giveIds(form), true);
    this.#showTools();
  }

  /** A form for "these items" gets the ids when it is sent. */
  #giveIds(form) {
    if (!("gridIds" in form.dataset) || !this.root.isConnected) return;
    form.querySelectorAll('input[name="ids"]').forEach((input) => input.remove());
    for (const tile of this.#chosen()) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "ids", value: idOf(tile) }));
    }
  }

  #showTools() {
    const n = this.#selected.size;
    for (const part of document.querySelectorAll("[data-grid-needs]")) part.hidden = n === 0;
    for (const part of document.querySelectorAll("[data-grid-count]")) {
      part.hidden = n === 0;
      part.textContent = fill(part.dataset.gridCount, { n });
    }
    document.querySelector(".bulk[data-grid-bar]")?.classList.toggle("on", n > 1);
  }

  /** Ask for a position by number; the server checks it against the order this page shows (D3). */
  askPosition() {
    const dialog = document.getElementById("move-to");
    const block = this.#chosen();
    if (!dialog || !block.length) return false;
    const input = dialog.querySelector("input[name=position]");
    dialog.querySelector("h2").textContent = fill(this.words.ask, { what: this.nameOf(block) });
    input.max = this.#order.length;
    input.value = this.#order.indexOf(idOf(block[0])) + 1;
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "move" && input.value) this.#moveTo(block, Number(input.value), true);
      this.#focus(block[0]);
    }, { once: true });
    dialog.showModal();
    input.select();
    return true;
  }
}

const idOf = (tile) => tile.dataset.id;

const idle = () => new Promise((done) => (window.requestIdleCallback ?? setTimeout)(done));

function nextTile(tile) {
  let next = tile.nextElementSibling;
  while (next && !next.classList.contains("tile")) next = next.nextElementSibling;
  return next;
}

async function fetchPage(url) {
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true", "HX-Request-Type": "partial" } });
    if (answer.ok) return new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.status !== 401) toast(reason(answer.status), { bad: true });
  } catch {
    toast(reason(0), { bad: true });
  }
  return null;
}
