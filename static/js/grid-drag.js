// Dragging tiles with mouse, pen or finger. A line shows where they will land; the page changes once, at the drop.
// Tiles are all of one size, so where the pointer is follows from one measurement at the start.
import { fill, make, say } from "./app.js";

const THRESHOLD = 5; // pixels a mouse moves before it drags
const LONG_PRESS = 350; // milliseconds a finger rests before it drags
const FINGER_SLACK = 8;
const EDGE = 72; // within this of the window's edge the page scrolls
const GHOST = 120; // the most room the picture under the pointer takes

/** Make a grid's tiles draggable, or the rows of a list with a line of their own; where somebody writes nothing is dragged. */
export function makeDraggable(root, grid, line = new Line(root, grid)) {
  let drag = null;

  root.addEventListener("pointerdown", (event) => {
    const tile = event.target.closest("[data-id]");
    if (!tile || event.button || drag?.on || event.target.closest("input")) return;
    const touch = event.pointerType === "touch";
    drag = { tile, touch, id: event.pointerId, x: event.clientX, y: event.clientY, on: false };
    if (touch) drag.timer = setTimeout(() => drag && start(), LONG_PRESS);
  });

  root.addEventListener("pointermove", (event) => {
    if (drag?.id !== event.pointerId) return;
    const distance = Math.hypot(event.clientX - drag.x, event.clientY - drag.y);
    if (!drag.on && drag.touch) return distance > FINGER_SLACK && end(false);
    if (!drag.on && distance < THRESHOLD) return;
    [drag.px, drag.py] = [event.clientX, event.clientY];
    if (!drag.on) start();
    drag.frame ??= requestAnimationFrame(follow);
  });

  root.addEventListener("pointerup", (event) => {
    if (drag?.id !== event.pointerId) return;
    if (drag.on && drag.px !== undefined) follow();
    end(true);
  });
  root.addEventListener("pointercancel", () => end(false));
  root.addEventListener("dragstart", (event) => event.preventDefault());
  root.addEventListener("contextmenu", (event) => drag?.touch && event.preventDefault());
  root.addEventListener("touchmove", (event) => drag?.on && event.preventDefault(), { passive: false });
  root.addEventListener("click", (event) => {
    if (!root.dataset.dropped) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drag?.on) end(false);
  });

  function start() {
    drag.on = true;
    grid.held = true;
    drag.block = grid.blockOf(drag.tile.dataset.id);
    drag.tiles = grid.tilesOf(drag.block);
    drag.ghost = ghostOf(drag);
    line.measure(drag.block);
    drag.tile.setPointerCapture(drag.id); // its cursor is shown, and no rule reaches into thousands of tiles
    drag.tiles.forEach((tile) => tile.classList.add("moving"));
    say(fill(grid.words.dragging, { what: grid.nameOf(drag.block) }));
  }

  function follow() {
    if (!drag?.on) return;
    drag.frame = null;
    const speed = edgeSpeed(drag.py);
    if (speed) {
      scrollBy(0, speed);
      drag.frame = requestAnimationFrame(follow);
    }
    drag.slot = line.slotAt(drag.px + scrollX, drag.py + scrollY);
    line.show(drag.slot);
    const x = Math.min(drag.px + 14, innerWidth - GHOST);
    const y = Math.min(drag.py + 10, innerHeight - GHOST);
    drag.ghost.style.transform = `translate(${Math.max(x, 8)}px, ${Math.max(y, 16)}px)`;
  }

  function end(wanted) {
    const done = drag;
    drag = null;
    if (!done) return;
    clearTimeout(done.timer);
    cancelAnimationFrame(done.frame);
    if (!done.on) return;
    line.hide();
    done.ghost.remove();
    done.tiles.forEach((tile) => tile.classList.remove("moving"));
    grid.held = false;
    root.dataset.dropped = "now"; // the click that follows a drop is no choice
    setTimeout(() => delete root.dataset.dropped);
    if (wanted && done.slot) grid.move(done.block, done.slot.position, { focused: done.tile.dataset.id });
    else say(grid.words.cancelled);
  }

  return line;
}

const edgeSpeed = (y) => {
  if (y < EDGE) return -(EDGE - y) / 3;
  return y > innerHeight - EDGE ? (y - innerHeight + EDGE) / 3 : 0;
};

function ghostOf({ block, tiles, tile }) {
  const others = tiles.filter((one) => one !== tile);
  const ghost = make("div", { className: "drag-ghost" });
  for (const one of [tile, ...others].slice(0, 3)) {
    const picture = one.querySelector("img");
    if (picture) ghost.append(make("img", { src: picture.currentSrc || picture.src, alt: "" }));
  }
  if (block.length > 1) ghost.append(make("b", {}, String(block.length)));
  document.body.append(ghost);
  return ghost;
}

/** The line between two tiles that says: here. A slot is the index in front of which it stands, and a position. */
export class Line {
  #size;
  #positions; // of each index: the place, from 1, that the first of the block will have there

  constructor(root, grid) {
    Object.assign(this, { root, grid });
    this.label = make("b", {});
    this.element = make("li", { className: "drop-line", hidden: true, role: "presentation" }, this.label);
  }

  /** Take the measure of the grid, for a block that is to be dropped; again whenever it may have changed. */
  measure(block) {
    const tiles = this.grid.tiles();
    this.#count(tiles, new Set(block));
    const first = tiles[0].getBoundingClientRect();
    const frame = this.root.getBoundingClientRect();
    const style = getComputedStyle(this.root);
    const gapX = parseFloat(style.columnGap);
    this.#size = {
      count: tiles.length,
      columns: style.gridTemplateColumns.split(" ").length,
      width: first.width + gapX,
      height: first.height + parseFloat(style.rowGap),
      tall: first.height,
      gapX,
      rtl: this.grid.rtl(),
      left: first.left + scrollX,
      right: first.right + scrollX,
      top: first.top + scrollY,
      frameX: frame.left + scrollX,
      frameY: frame.top + scrollY,
    };
    this.root.append(this.element);
  }

  #count(tiles, moving) {
    const staying = [0];
    for (const id of this.grid.order) staying.push(staying.at(-1) + (moving.has(id) ? 0 : 1));
    const places = tiles.map((tile) => this.grid.placeOf(tile.dataset.id));
    this.#positions = [...places.map((place) => staying[place - 1] + 1), staying[places.at(-1)] + 1];
  }

  /** The slot nearest to a point of the page. */
  slotAt(x, y) {
    const { count, columns, width, height, rtl, left, right, top } = this.#size;
    const along = rtl ? right - x : x - left;
    const row = clamp(Math.floor((y - top) / height), 0, Math.ceil(count / columns) - 1);
    const column = clamp(Math.round(along / width), 0, columns);
    const index = Math.min(row * columns + column, count);
    return { index, row, column, position: this.#positions[index] };
  }

  /** The slot at a position, in front of the tile that will follow; that behind the last tile stays in its row. */
  slotAtPosition(position) {
    const { count, columns } = this.#size;
    const found = this.#positions.lastIndexOf(position);
    const index = found < 0 ? count : found;
    const row = Math.floor((index === count && index % columns === 0 && index ? index - 1 : index) / columns);
    return { index, row, column: index - row * columns, position };
  }

  show(slot) {
    const { columns, count, width, height, tall, gapX, rtl, left, right, top, frameX, frameY } = this.#size;
    const inRow = Math.min(slot.column, Math.min(columns, count - slot.row * columns));
    const edge = rtl ? right - inRow * width + gapX / 2 : left + inRow * width - gapX / 2;
    this.element.hidden = false;
    this.element.style.transform = `translate(${edge - frameX - 2}px, ${top + slot.row * height - frameY}px)`;
    this.element.style.blockSize = `${tall}px`;
    this.label.textContent = fill(this.grid.words.here, { position: slot.position });
  }

  hide() {
    this.element.remove();
  }
}

const clamp = (value, low, high) => Math.max(low, Math.min(value, high));
