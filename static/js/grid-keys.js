// A grid by keyboard: arrows, Home, End, Page keys move the focus (with Shift they select, with Alt they nudge), Space
// selects, Enter goes to the fields, Ctrl+A selects all, Ctrl+Z takes the last move back, Shift+M asks for a position, R
// tries a damaged file again. M picks up: then the same keys lead the line, Enter drops, Escape puts back.
import { Carrying, stepOf } from "./grid-carry.js";
import { askPosition, retry } from "./grid-tools.js";

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
