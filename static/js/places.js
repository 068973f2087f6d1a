// The galleries of the site's order: dragged by mouse, pen or finger as tiles are (grid-drag.js), moved by the keys of
// their grips (Alt and arrows nudge, M picks up, Ctrl+Z takes the last move back), and by the buttons of each row without
// a new page.
//
// <ol data-module="places" data-moves-url data-url> in a form, of <li data-id data-name> with a .grip, a .number field
// and buttons named up and down. Without a script numbers and buttons do the same.
import { fill, make, say, toast, wordsOf } from "./app.js";
import { Carrying, stepOf } from "./grid-carry.js";
import { makeDraggable } from "./grid-drag.js";
import { staying, withMoved } from "./grid-order.js";
import { Saves } from "./grid-saves.js";

export default (root) => new Places(root);

class Places {
  held = false; // something is dragged or carried
  #leaving = null; // the button that waits until all moves have arrived
  #last = null; // what moved last: its id and where it stood

  constructor(root) {
    this.root = root;
    this.words = wordsOf(root);
    this.line = makeDraggable(root, this, new RowLine(root, this));
    this.carrying = new Carrying(this);
    this.saves = new Saves({
      url: root.dataset.movesUrl,
      onSaved: () => {},
      onFailed: (order, sentence) => this.#takeBack(order, sentence),
      onRest: () => this.#leaving && root.closest("form").requestSubmit(this.#leaving),
    });
    root.addEventListener("keydown", (event) => this.#key(event));
    root.addEventListener("focusout", () => this.carrying.on && this.carrying.putBack());
    root.closest("form").addEventListener("submit", (event) => this.#submit(event));
    root.dataset.live = "";
  }

  tiles() {
    return [...this.root.querySelectorAll(":scope > [data-id]")];
  }

  tilesOf(ids) {
    return ids.map((id) => document.getElementById(`gallery-${id}`));
  }

  get order() {
    return this.tiles().map((row) => row.dataset.id);
  }

  get size() {
    return this.tiles().length;
  }

  placeOf(id) {
    return this.order.indexOf(id) + 1;
  }

  blockOf(id) {
    return [id];
  }

  nameOf(ids) {
    return this.tilesOf(ids)[0].dataset.name;
  }

  rtl() {
    return getComputedStyle(this.root).direction === "rtl";
  }

  /** Move a gallery to a place, from 1. */
  move([id], position) {
    const undo = this.order;
    const { order, at } = withMoved(undo, [id], position);
    const sentence = fill(this.words.moved, { what: this.nameOf([id]), position: at + 1, total: order.length });
    const from = undo.indexOf(id);
    say(sentence);
    if (from !== at) {
      const fields = () => [...undo.map((each) => ["known", each]), [`number-${id}`, at + 1]];
      this.#arrange(order);
      this.#last = { id, position: from + 1 };
      this.saves.add({ fields, undo, done: () => this.#offerUndo(sentence) });
    }
    this.#focus(id);
  }

  /** Say in a toast what was done, with the way back; only the last one stands. */
  #offerUndo(sentence) {
    document.getElementById("undo-toast")?.remove();
    toast(sentence);
    const box = document.getElementById("toasts").lastElementChild;
    const form = make("form", {}, make("button", { className: "btn sm" }, this.words.undo));
    box.id = "undo-toast";
    box.setAttribute("aria-live", "off"); // it was said already
    box.querySelector("p").after(form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#undo();
    });
  }

  #undo() {
    document.getElementById("undo-toast")?.remove();
    if (this.#last && this.placeOf(this.#last.id)) this.move([this.#last.id], this.#last.position);
  }

  #focus(id) {
    const [row] = this.tilesOf([id]);
    row?.querySelector(".grip").focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }

  #arrange(order) {
    const kept = staying(this.order, order);
    let next = null;
    for (const id of [...order].reverse()) {
      const [row] = this.tilesOf([id]);
      if (!kept.has(id)) this.root.insertBefore(row, next);
      next = row;
    }
    this.tiles().forEach((row, index, all) => {
      const field = row.querySelector(".number");
      const isWritten = field.value !== field.defaultValue;
      field.defaultValue = index + 1;
      if (!isWritten) field.value = index + 1;
      row.querySelector('[name="up"]').disabled = index === 0;
      row.querySelector('[name="down"]').disabled = index === all.length - 1;
    });
  }

  /** A move was refused: show the order as it was, then as others have made it. */
  async #takeBack(order, sentence) {
    this.#leaving = this.#last = null;
    this.#arrange(order);
    toast(sentence, { bad: true });
    const answer = await fetch(this.root.dataset.url).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const at = document.activeElement.closest("[data-id]")?.dataset.id;
    this.root.replaceChildren(...page.querySelectorAll(`#${this.root.id} > [data-id]`));
    if (at) this.#focus(at);
  }

  #key(event) {
    const id = event.target.closest(".grip")?.closest("[data-id]").dataset.id;
    if (!id) return;
    const { altKey, ctrlKey, metaKey, key } = event;
    const step = stepOf(this, key);
    let isKnown = true;
    if (this.carrying.on) isKnown = this.carrying.key(event, step);
    else if (altKey && step !== null) this.move([id], this.placeOf(id) + step);
    else if (key === "z" && (ctrlKey || metaKey)) this.#undo();
    else if (key.toLowerCase() === "m" && !altKey && !ctrlKey && !metaKey) this.carrying.lift(id);
    else isKnown = false;
    if (isKnown) event.preventDefault();
  }

  #submit(event) {
    const { submitter: button } = event;
    const step = { up: -1, down: 1 }[button?.name];
    if (step) {
      event.preventDefault();
      this.move([button.value], this.placeOf(button.value) + step);
      if (!button.disabled) button.focus({ preventScroll: true });
    } else if (this.saves.busy) {
      event.preventDefault();
      this.#leaving = button;
    }
  }
}

/** The line between two rows that says: here. A slot is the index in front of which it stands, and a position. */
class RowLine {
  #edges; // of the page: where each row begins, and where the last one ends
  #from; // the index of the row that moves

  constructor(root, places) {
    Object.assign(this, { root, places });
    this.label = make("b");
    this.element = make("li", { className: "drop-line", hidden: true, ariaHidden: "true" }, this.label);
  }

  measure([id]) {
    const boxes = this.places.tiles().map((row) => row.getBoundingClientRect());
    this.#edges = [...boxes.map(({ top }) => top + scrollY), boxes.at(-1).bottom + scrollY];
    this.#from = this.places.placeOf(id) - 1;
    this.root.append(this.element);
  }

  slotAt(_x, y) {
    const middles = this.#edges.slice(1).map((edge, index) => (edge + this.#edges[index]) / 2);
    const index = middles.filter((middle) => middle < y).length;
    return { index, position: index > this.#from ? index : index + 1 };
  }

  slotAtPosition(position) {
    return { index: position - 1 > this.#from ? position : position - 1, position };
  }

  show({ index, position }) {
    this.element.hidden = false;
    this.element.style.transform = `translateY(${this.#edges[index] - this.#edges[0] - 2}px)`;
    this.label.textContent = fill(this.places.words.here, { position });
  }

  hide() {
    this.element.remove();
  }
}
