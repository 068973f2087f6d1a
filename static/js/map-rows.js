// What a map shows, read from its page and written into it: circles of a list, rows of a form, a place that is asked for.
import { METRES, between, degrees, wrapped } from "./map-earth.js";

const DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/g;
const PAIR = /^\s*\(?\s*([-+]?\d{1,3}(?:\.\d+)?)\s*°?\s*[,;\s]\s*([-+]?\d{1,3}(?:\.\d+)?)\s*°?\s*\)?\s*$/;
const MOST = Math.PI * 6371008.8;

/** A number as somebody types it, in digits of theirs; null for none. */
export function typed(text) {
  const plain = text.trim().replace(DIGITS, (digit) => digit.charCodeAt(0) & 15).replace(/[,٫]/, ".").replace("−", "-");
  return plain && Number.isFinite(Number(plain)) ? Number(plain) : null;
}

/** A circle that is only shown: an element with data-latitude, data-longitude and data-radius. */
class Shown {
  constructor(element) {
    const { latitude, longitude, radius } = element.dataset;
    this.owner = element.closest("[data-background]") ?? element;
    this.name = this.owner.querySelector("h3")?.textContent.trim() ?? element.textContent.trim();
    this.circle = { place: [Number(latitude), Number(longitude)], radius: Number(radius) };
  }

  get lit() {
    return this.owner.matches(":hover, :focus-within, .current");
  }
}

/** A circle or a place whose fields can be written: of a row of a form, or of who asks. */
class Row {
  constructor(element) {
    const name = element.dataset.circle;
    const field = (part) => document.getElementsByName(`${name}-${part}`)[0];
    const { latitudeField, longitudeField } = element.dataset;
    this.fields = name ? [field("latitude"), field("longitude")] : [latitudeField, longitudeField].map((id) => document.getElementById(id));
    this.radius = name ? field("radius") : null;
    this.unit = name ? field("unit") : null;
    this.owner = element.closest("fieldset") ?? element;
    this.name = this.owner.querySelector("legend")?.textContent.trim() ?? "";
    this.open = !!name;
  }

  get ready() {
    return this.fields.every(Boolean);
  }

  get empty() {
    return this.fields.every((field) => !field.value.trim());
  }

  /** Its circle, null where the fields name none yet; a place has no radius. */
  get circle() {
    const [latitude, longitude] = this.fields.map((field) => typed(field.value));
    if (latitude === null || longitude === null || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
    const radius = this.radius ? (typed(this.radius.value) ?? 0) * (METRES[this.unit?.value ?? "m"] ?? 1) : 0;
    return { place: [latitude, longitude], radius: between(0, radius, MOST) };
  }

  get lit() {
    return this.owner.matches(":hover, :focus-within");
  }

  has(field) {
    return field === this.radius || field === this.unit || this.fields.includes(field);
  }

  /** Write a place, and a radius where there is one for it; `fresh` sets the unit that suits it. */
  write({ place: [latitude, longitude], radius }, { fresh = false } = {}) {
    this.#set(this.fields[0], degrees(between(-90, latitude, 90)));
    this.#set(this.fields[1], degrees(wrapped(longitude)));
    if (!this.radius || !radius) return;
    if (fresh && this.unit) this.#set(this.unit, radius < 1000 ? "m" : "km");
    const length = Math.min(radius, MOST) / (METRES[this.unit?.value ?? "m"] ?? 1);
    this.#set(this.radius, String(Number(length.toPrecision(3))));
  }

  #set(field, value) {
    if (field.value === value) return;
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** All that can be shown of a page just now. */
export function rowsOf(page) {
  const written = [...page.querySelectorAll("[data-circle], [data-point]")].map((each) => new Row(each)).filter((row) => row.ready);
  const told = [...page.querySelectorAll("[data-latitude][data-longitude][data-radius]:not([data-circle])")].map((each) => new Shown(each));
  return { written, told };
}

/** Let two numbers be pasted into either field of a row. */
export function takePairs(event, rows) {
  const row = rows.find(({ fields }) => fields.includes(event.target));
  const found = row && PAIR.exec(event.clipboardData?.getData("text") ?? "");
  if (!found || Math.abs(found[1]) > 90 || Math.abs(found[2]) > 180) return;
  event.preventDefault();
  row.write({ place: [Number(found[1]), Number(found[2])] });
}
