// A shared gallery: pins on its pictures for what was asked for, and a point of a picture for what is being asked for.
// Without it, each note says where it is pinned, and the form has fields for the point.

const inside = document.querySelector(".shp-in");
const form = document.getElementById("note-form");
const fields = form?.elements;
let draft = null;

/** The picture of an item on this page: its element is #i-<id>, or stands in it. */
const pictureOf = (id) => document.querySelector(`[id="i-${CSS.escape(id)}"] img`);

/** Where a picture is drawn, in pixels of the page's left part: more than its box where it is cropped. */
function drawn(img) {
  const box = img.getBoundingClientRect();
  const around = inside.getBoundingClientRect();
  const { objectFit, objectPosition } = getComputedStyle(img);
  const [wide, high] = [img.naturalWidth || img.width, img.naturalHeight || img.height];
  const scale = (objectFit === "contain" ? Math.min : Math.max)(box.width / wide, box.height / high);
  const [x, y] = objectPosition.split(" ").map((part) => parseFloat(part) / 100);
  return {
    left: box.left - around.left + (box.width - wide * scale) * x,
    top: box.top - around.top + (box.height - high * scale) * y,
    width: wide * scale,
    height: high * scale,
  };
}

const pins = [];

function addPin(id, x, y, text, label) {
  const pin = document.createElement("button");
  Object.assign(pin, { type: "button", className: "pin", textContent: text, ariaLabel: label });
  inside.append(pin);
  const kept = { pin, id, x, y };
  pins.push(kept);
  put(kept);
  return kept;
}

function put({ pin, id, x, y }) {
  const img = pictureOf(id);
  pin.hidden = !img;
  if (!img) return;
  const at = drawn(img);
  pin.style.left = `${at.left + at.width * x}px`;
  pin.style.top = `${at.top + at.height * y}px`;
}

const putAll = () => pins.forEach(put);

function showNotes() {
  for (const note of document.querySelectorAll(".thr [data-note][data-x]")) {
    const { note: number, item, x, y } = note.dataset;
    const words = `${note.querySelector("h3 span:not(.av)").textContent.trim()}: ${note.querySelector(".prose").textContent}`;
    const { pin } = addPin(item, Number(x), Number(y), number, words);
    pin.classList.toggle("done", note.classList.contains("done"));
    pin.addEventListener("click", () => {
      for (const other of document.querySelectorAll(".said.on, .pin.on")) other.classList.remove("on");
      note.classList.add("on");
      pin.classList.add("on");
      note.scrollIntoView({ block: "nearest" });
      note.querySelector("summary")?.focus({ preventScroll: true });
    });
  }
}

// ---- asking for a change: a click on a picture, or Enter on its link, pins the note there ----

const opener = document.getElementById("ask-open");
const hint = document.getElementById("ask-hint"); // in the bar, where the form is far below

/** Whether the form stands beside the pictures, in sight. */
const isBeside = () => getComputedStyle(form.closest(".thr")).position === "sticky";

function ask(on) {
  document.body.classList.toggle("asking", on);
  opener.setAttribute("aria-pressed", on);
  hint.hidden = !on;
}

function pinAt(id, x, y) {
  drop();
  choose(id);
  draft = addPin(id, x, y, "+", "");
  draft.pin.classList.add("on");
  draft.pin.addEventListener("keydown", steer);
  tell();
}

/** Choose what the note is about; what came to the page later is no choice of the form yet. */
function choose(id) {
  fields.about.value = id;
  if (fields.about.value === id) return;
  const number = document.querySelector(`[id="i-${CSS.escape(id)}"] .no`)?.textContent ?? "…";
  fields.about.append(new Option(number, id, false, true));
}

function drop() {
  if (!draft) return;
  draft.pin.remove();
  pins.splice(pins.indexOf(draft), 1);
  draft = null;
}

/** Write the point into the form, and say it. */
function tell() {
  const [x, y] = [draft.x, draft.y].map((part) => Math.round(part * 1000) / 10);
  [fields.x.value, fields.y.value] = [x, y];
  draft.pin.ariaLabel = document.body.dataset.point.replace("{x}", Math.round(x)).replace("{y}", Math.round(y));
  put(draft);
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function steer(event) {
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    fields.words.focus();
  }
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  const size = event.shiftKey ? 0.1 : 0.01;
  draft.x = Math.min(1, Math.max(0, draft.x + step[0] * size));
  draft.y = Math.min(1, Math.max(0, draft.y + step[1] * size));
  tell();
}

function begin() {
  opener.setAttribute("role", "button");
  ask(location.hash === "#ask"); // the link was followed before this script had come, or on the page of one item
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    ask(!document.body.classList.contains("asking"));
    if (document.body.classList.contains("asking") && isBeside()) fields.words.focus({ preventScroll: true });
  });
  inside.addEventListener("click", (event) => {
    if (!document.body.classList.contains("asking") || event.target.closest(".pin")) return;
    const place = event.target.closest('[id^="i-"]');
    const img = place?.querySelector("img");
    if (!img) return;
    event.preventDefault();
    event.stopPropagation();
    const at = drawn(img);
    const around = inside.getBoundingClientRect();
    const byKey = event.detail === 0;
    const x = byKey ? 0.5 : (event.clientX - around.left - at.left) / at.width;
    const y = byKey ? 0.5 : (event.clientY - around.top - at.top) / at.height;
    pinAt(place.id.slice(2), Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y)));
    (byKey ? draft.pin : fields.words).focus({ preventScroll: !byKey && isBeside() });
  }, true);
  document.addEventListener("keydown", (event) => event.key === "Escape" && ask(false));
  form.addEventListener("reset", drop);
  for (const name of ["x", "y", "about"]) {
    fields[name].addEventListener("change", () => {
      const [x, y] = [fields.x.value, fields.y.value];
      if (fields.about.value && x !== "" && y !== "") pinAt(fields.about.value, x / 100, y / 100);
      else drop();
    });
  }
}

if (form) {
  showNotes();
  begin();
  new ResizeObserver(putAll).observe(inside);
  addEventListener("scroll", putAll, { capture: true, passive: true });
  for (const img of inside.querySelectorAll("img")) img.addEventListener("load", putAll);
}

// ---- the page of one item: links above it follow to its neighbours ----

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
const links = document.querySelectorAll("[data-of-item]");
if (links.length) {
  const follow = () => {
    const here = location.pathname.match(UUID)?.[0];
    if (here) for (const link of links) link.href = link.getAttribute("href").replace(UUID, here);
  };
  new MutationObserver(follow).observe(document.body, { childList: true });
}
