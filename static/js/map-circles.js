// Circles upon the map (map-world.js): shown, and of a form moved and resized by mouse, finger and keys.
import { fill, say } from "./app.js";
import { beside, between, bounds, degrees, distance, lengthOf, outline, towards, wrapped } from "./map-earth.js";
import { rowsOf } from "./map-rows.js";
import { COPIES } from "./map-world.js";

const STEP = 8; // pixels that an arrow key moves
const GROWN = 1.1; // of a radius that a key makes larger
const EDGE = 85;
const SMALLEST = 6; // pixels that the radius of a circle of the list has at least, so that it is seen from afar
const EQUATOR = 40_075_017; // metres
const CLOSEST = 14; // how near a circle is shown at first
const NUDGES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const GROWS = { "+": 1, "=": 1, "-": -1, "_": -1 };
const SHIFTED = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 };

export class Circles {
  #page;
  #words;
  #lang = document.documentElement.lang || "en";
  #drawn = []; // { row, shapes, middle, edge }
  #told = 0;
  rested = -Infinity; // when a handle was last let go

  constructor({ L, map }, page, words) {
    Object.assign(this, { L, map });
    this.#page = page;
    this.#words = words;
    map.on("moveend", () => this.#drawn.forEach((each) => this.#place(each)));
    this.read();
  }

  /** Read the page anew, and draw what it says now; rows that are still there keep their handles, which may be held. */
  read() {
    const { written, told } = rowsOf(this.#page);
    const kept = new Map(this.#drawn.filter(({ row }) => row.write).map((each) => [each.row.fields[0], each]));
    const stay = written.map((row) => kept.get(row.fields[0])).filter(Boolean);
    for (const each of this.#drawn) if (!stay.includes(each)) each.layers.forEach((layer) => layer.remove());
    const fresh = [...told, ...written.filter((row) => !kept.has(row.fields[0]))].map((row) => this.#draw(row));
    this.#drawn = [...fresh, ...stay];
    this.rows = written.map((row) => kept.get(row.fields[0])?.row ?? row);
    stay.forEach((each) => this.#place(each));
  }

  /** Draw what the fields of one row say. */
  follow(field) {
    const found = this.#drawn.find(({ row }) => row.has?.(field));
    if (found) this.#place(found);
  }

  light() {
    for (const { row, shapes } of this.#drawn) shapes.forEach((shape) => shape.getElement()?.classList.toggle("on", row.lit));
  }

  /** Show all there is, or the whole earth. */
  fit({ animate = true } = {}) {
    const found = this.#drawn.map(({ row }) => row.circle).filter(Boolean);
    const corners = bounds(found);
    if (!corners) this.map.setView([25, 10], this.map.getMinZoom(), { animate });
    else this.map.fitBounds(corners, { maxZoom: found.every(({ radius }) => !radius) ? 9 : CLOSEST, padding: [28, 28], animate });
  }

  /** Turn to the middle of a row's circle, and say where that is. */
  focus(row) {
    const found = this.#drawn.find((each) => each.row === row);
    found?.middle?.getElement()?.focus({ preventScroll: true });
  }

  #draw(row) {
    const shapes = COPIES.map(() => this.L.polygon([], { className: row.write ? "map-circle own" : "map-circle", smoothFactor: 0 }));
    const made = { row, shapes, layers: [...shapes], middle: null, edge: null };
    for (const shape of shapes) {
      shape.addTo(this.map).bindTooltip(label(row.name), { sticky: true, className: "map-tip" });
      shape.on("click", (event) => {
        if (row.write) return;
        this.L.DomEvent.stop(event);
        row.owner.querySelector("a")?.click();
      });
    }
    if (row.write) this.#equip(made);
    this.#place(made);
    return made;
  }

  /** Give a row that can be written its handles: one in the middle, one at the edge. */
  #equip(made) {
    const { row } = made;
    made.middle = this.#handle("map-middle", (place) => this.#change(made, { ...row.circle, place }));
    made.middle.on("add", () => this.#keys(made, made.middle, (event) => this.#moved(made, event) || this.#grown(made, event)));
    made.layers.push(made.middle);
    if (!row.open) return;
    made.edge = this.#handle("map-edge", (place) => this.#change(made, { ...row.circle, radius: Math.max(distance(row.circle.place, place), 1) }));
    made.edge.on("add", () => this.#keys(made, made.edge, (event) => this.#grown(made, event, true)));
    made.layers.push(made.edge);
  }

  #handle(className, moved) {
    const icon = this.L.divIcon({ className: `map-handle ${className}`, iconSize: null });
    const made = this.L.marker([0, 0], { icon, draggable: true, autoPan: true, keyboard: true, zIndexOffset: className === "map-edge" ? 500 : 0 });
    made.on("drag", ({ target }) => moved(placeOf(target.getLatLng())));
    made.on("dragend", ({ target }) => {
      this.rested = performance.now();
      target.getElement().focus({ preventScroll: true });
    });
    made.on("click", ({ target }) => target.getElement().focus({ preventScroll: true }));
    return made;
  }

  #keys(made, handle, act) {
    const element = handle.getElement();
    element.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !act(event)) return;
      event.preventDefault();
      event.stopPropagation();
      if (!this.map.getBounds().pad(-0.05).contains(handle.getLatLng())) this.map.panTo(handle.getLatLng(), { animate: false });
    });
  }

  #moved(made, event) {
    const nudge = event.shiftKey && made.row.open ? null : NUDGES[event.key];
    if (!nudge) return false;
    const [latitude, longitude] = made.row.circle.place;
    const seen = between(-EDGE, latitude, EDGE); // the map ends before the poles, which the arrows reach all the same
    const far = event.shiftKey ? 5 * STEP : STEP;
    const { lat, lng } = this.map.unproject(this.map.project([seen, longitude]).add([nudge[0] * far, nudge[1] * far]));
    this.#change(made, { ...made.row.circle, place: [between(-90, latitude + lat - seen, 90), wrapped(lng)] });
    return true;
  }

  #grown(made, event, alone = false) {
    const way = GROWS[event.key] ?? (event.shiftKey || alone ? SHIFTED[event.key] : 0);
    if (!way || !made.row.open) return false;
    const { circle } = made.row;
    this.#change(made, { ...circle, radius: Math.max(circle.radius * GROWN ** way, 1) });
    return true;
  }

  /** Write into the fields, draw what they then say, and tell it once it stays so for a moment. */
  #change(made, circle) {
    made.row.write(circle);
    this.#place(made);
    clearTimeout(this.#told);
    this.#told = setTimeout(() => made.row.circle && say(this.#said(made.row)), 250);
  }

  /** Say where a circle is, as those hear who do not see the map. */
  #said({ circle, name, open }) {
    const [latitude, longitude] = circle.place.map((each) => degrees(each));
    return fill(open ? this.#words.circle : this.#words.point, { name, latitude, longitude, radius: lengthOf(circle.radius, this.#lang) });
  }

  #place({ row, shapes, middle, edge }) {
    const { circle } = row;
    const rings = circle?.radius ? outline(circle.place, row.write ? circle.radius : this.#seen(circle)) : [];
    shapes.forEach((shape, nth) => shape.setLatLngs(rings.map((ring) => ring.map(([latitude, longitude]) => [latitude, longitude + COPIES[nth]]))));
    this.#put(middle, circle?.place);
    this.#put(edge, circle?.radius ? towards(circle.place, 90, circle.radius) : null);
    if (!circle) return;
    middle?.getElement()?.setAttribute("aria-label", fill(row.open ? this.#words.middle : this.#words.here, { said: this.#said(row) }));
    const slider = edge?.getElement();
    if (!slider) return;
    const spoken = { role: "slider", "aria-label": fill(this.#words.edge, { name: row.name }), "aria-valuenow": Math.round(circle.radius), "aria-valuetext": lengthOf(circle.radius, this.#lang), "aria-valuemin": 1, "aria-valuemax": 20015115 };
    for (const [name, value] of Object.entries(spoken)) slider.setAttribute(name, value);
  }

  /** Give the radius that a circle is drawn with, in metres: never a dot that nobody sees or meets with the mouse. */
  #seen({ place: [latitude], radius }) {
    const pixel = (EQUATOR * Math.cos((between(-EDGE, latitude, EDGE) * Math.PI) / 180)) / (256 * 2 ** this.map.getZoom());
    return Math.max(radius, SMALLEST * pixel);
  }

  /** Put a handle where it is seen, on whichever copy of the earth that is; away where there is no place for it. */
  #put(handle, place) {
    if (!handle) return;
    if (!place) {
      handle.remove();
      return;
    }
    const [latitude, longitude] = place;
    const shown = this.L.latLng(between(-EDGE, latitude, EDGE), beside(longitude, this.map.getCenter().lng));
    handle.setLatLng(shown);
    if (!this.map.hasLayer(handle)) handle.addTo(this.map);
  }
}

export const placeOf = ({ lat, lng }) => [lat, wrapped(lng)];

function label(name) {
  const made = document.createElement("bdi");
  made.textContent = name;
  return made;
}
