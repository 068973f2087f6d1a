// A grid by keyboard: arrows, Home, End, Page keys move the focus (with Shift they select, with Alt they nudge), Space
// selects, Enter goes to the fields, Ctrl+A selects all, Shift+M asks for a position. M picks up: then the same
// keys lead the line, Enter drops, Escape puts back.
import { fill, say } from "./app.js";
import { askPosition } from "./grid-tools.js";

const ROWS_A_PAGE = 4;

/** Make a grid answer to keys. */
export function listenToKeys(grid) {
  const carrying = new Carrying(grid);
  grid.root.addEventListener("keydown", (event) => {
    const tile = event.target.closest(".tile");
    if (!tile) return;
    const handled = carrying.on ? carrying.key(event, stepOf(grid, event.key)) : resting(grid, carrying, event, tile);
    if (handled) event.preventDefault();
  });
  grid.root.addEventListener("focusout", () => carrying.on && carrying.putBack());
}

/** Act on a key while nothing is picked up; says whether it meant something here. */
function resting(grid, carrying, event, tile) {
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (command && key !== "a") return false;
  const step = stepOf(grid, event.key);
  const deed = {
    a: command && (() => grid.selectAll()),
    m: () => (event.shiftKey ? askPosition(grid) : carrying.lift(tile)),
    " ": () => grid.toggle(tile),
    Enter: () => grid.enter(tile),
    Escape: grid.selected > 0 && (() => grid.clear()),
  }[key] || (step !== null && (() => go(grid, tile, step, event)));
  if (!deed) return false;
  deed();
  return true;
}

function go(grid, tile, step, { altKey, shiftKey }) {
  if (altKey) {
    const block = grid.blockOf(tile);
    grid.move(block, grid.placeOf(block[0]) + step, { focused: tile });
    return;
  }
  const tiles = grid.tiles();
  const next = tiles[Math.max(0, Math.min(tiles.indexOf(tile) + step, tiles.length - 1))];
  if (shiftKey) grid.range(next);
  grid.focus(next, { anchor: !shiftKey });
}

/** How far a key goes, in tiles; left and right follow the writing direction. */
function stepOf(grid, key) {
  const columns = getComputedStyle(grid.root).gridTemplateColumns.split(" ").length;
  const forward = grid.rtl() ? -1 : 1;
  const steps = {
    ArrowRight: forward,
    ArrowLeft: -forward,
    ArrowDown: columns,
    ArrowUp: -columns,
    PageDown: columns * ROWS_A_PAGE,
    PageUp: -columns * ROWS_A_PAGE,
    Home: -grid.size,
    End: grid.size,
  };
  return steps[key] ?? null;
}

/** Tiles that are picked up: a line shows where they would be dropped, they themselves stay until then. */
class Carrying {
  on = false;

  constructor(grid) {
    this.grid = grid;
  }

  key({ key }, step) {
    if (step !== null) this.#lead(this.position + step);
    else if (["Enter", " ", "m"].includes(key)) this.#drop();
    else if (key === "Escape" || key === "Tab") this.putBack();
    else return false;
    return key !== "Tab";
  }

  lift(tile) {
    const { grid } = this;
    const block = grid.blockOf(tile);
    Object.assign(this, { on: true, block, tile, position: grid.placeOf(block[0]) });
    block.forEach((one) => one.classList.add("lifted"));
    grid.line.measure();
    say(fill(grid.words.lifted, { what: grid.nameOf(block), position: this.position, total: grid.size }));
  }

  #lead(position) {
    const { grid, block } = this;
    const tiles = grid.tiles();
    const moving = new Set(block);
    const rest = tiles.filter((tile) => !moving.has(tile));
    this.position = Math.max(1, Math.min(position, rest.length + 1));
    const index = this.position <= rest.length ? tiles.indexOf(rest[this.position - 1]) : tiles.length;
    grid.line.show(grid.line.slotBefore(index), block);
    grid.line.element.scrollIntoView({ block: "nearest" });
    say(fill(grid.words.at, { position: this.position, total: grid.size }));
  }

  #drop() {
    const { grid, block, tile, position } = this;
    this.#end();
    grid.move(block, position, { focused: tile });
  }

  putBack() {
    this.#end();
    say(this.grid.words.cancelled);
  }

  #end() {
    this.on = false;
    this.block.forEach((one) => one.classList.remove("lifted"));
    this.grid.line.hide();
  }
}
