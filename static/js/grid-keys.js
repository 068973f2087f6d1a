// A grid by keyboard: arrows, Home, End, Page keys move the focus (with Shift they select, with Alt they nudge), Space
// selects, Enter goes to the fields, Ctrl+A selects all, Ctrl+Z takes the last move back, Shift+M asks for a position, R
// tries a damaged file again. M picks up: then the same keys lead the line, Enter drops, Escape puts back.
import { fill, say } from "./app.js";
import { askPosition, retry } from "./grid-tools.js";

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
  const { id } = tile.dataset;
  if (command && !(key === "a" || (key === "z" && !event.shiftKey))) return false;
  const step = stepOf(grid, event.key);
  const deed = {
    a: command && (() => grid.selectAll()),
    z: command && (() => grid.undo()),
    r: () => retry(grid, [id]),
    m: () => (event.shiftKey ? askPosition(grid) : carrying.lift(id)),
    " ": () => grid.toggle(id),
    Enter: () => grid.enter(id),
    Escape: grid.selected > 0 && (() => grid.clear()),
  }[key] || (step !== null && (() => go(grid, id, step, event)));
  if (!deed) return false;
  deed();
  return true;
}

function go(grid, id, step, { altKey, shiftKey }) {
  if (altKey) {
    const block = grid.blockOf(id);
    grid.move(block, grid.placeOf(block[0]) + step, { focused: id });
    return;
  }
  const next = grid.order[Math.max(0, Math.min(grid.placeOf(id) - 1 + step, grid.size - 1))];
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

  lift(id) {
    const { grid } = this;
    const block = grid.blockOf(id);
    Object.assign(this, { on: true, block, id, tiles: grid.tilesOf(block), position: grid.placeOf(block[0]) });
    this.last = grid.size - block.length + 1;
    grid.held = true;
    this.tiles.forEach((tile) => tile.classList.add("lifted"));
    grid.line.measure(block);
    say(fill(grid.words.lifted, { what: grid.nameOf(block), position: this.position, total: grid.size }));
  }

  #lead(position) {
    const { grid } = this;
    this.position = Math.max(1, Math.min(position, this.last));
    grid.line.show(grid.line.slotAtPosition(this.position));
    grid.line.element.scrollIntoView({ block: "nearest" });
    say(fill(grid.words.at, { position: this.position, total: grid.size }));
  }

  #drop() {
    const { grid, block, id, position } = this;
    this.#end();
    grid.move(block, position, { focused: id });
  }

  putBack() {
    this.#end();
    say(this.grid.words.cancelled);
  }

  #end() {
    this.on = this.grid.held = false;
    this.tiles.forEach((tile) => tile.classList.remove("lifted"));
    this.grid.line.hide();
  }
}
