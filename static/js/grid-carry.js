// Tiles or rows that are picked up by a key and led by others: arrows, Home, End and the Page keys lead the line, Enter,
// Space or M drops, Escape and Tab put back.
import { fill, say } from "./app.js";

const ROWS_A_PAGE = 4;

/** How far a key goes, in tiles; left and right follow the writing direction. A list is a grid of one column. */
export function stepOf(grid, key) {
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
export class Carrying {
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
