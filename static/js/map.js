// The map beside backgrounds (templates/backgrounds/map.html): comes when it is seen; without a script it is not there and
// the list and the number fields say the same.
import { say, wordsOf } from "./app.js";

const PICKED = "vitrine-picked"; // a circle that is drawn before its row is there, until the form has come with one
const LET_GO = 400; // milliseconds in which letting a handle go is no click on the map

export default function map(root) {
  root.hidden = false;
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    begin(root).catch(() => (root.hidden = true));
  }, { rootMargin: "200px" });
  seen.observe(root);
}

async function begin(root) {
  const [{ makeWorld }, { Circles, placeOf }, { takePairs }] = await Promise.all([
    import("./map-world.js"), import("./map-circles.js"), import("./map-rows.js"),
  ]);
  const [page, words, canvas] = [document.getElementById("main"), wordsOf(root), root.querySelector(".map-canvas")];
  const world = await makeWorld(canvas, root.dataset);
  const circles = new Circles(world, page, words);
  const active = () => circles.rows.find((row) => row.owner.contains(document.activeElement)) ?? circles.rows.find((row) => row.empty) ?? (circles.rows.length === 1 ? circles.rows[0] : null);
  let last = null; // the row that was written in last

  /** Write a place that was picked into the row it is for; a form without a row for it gets one. */
  function pick(place) {
    const { x } = world.map.getSize();
    const radius = Math.max(1, Math.round(world.map.distance(world.map.getCenter(), world.map.containerPointToLatLng([x * 0.62, world.map.getSize().y / 2]))));
    const row = last && circles.rows.includes(last) ? last : active();
    const more = document.getElementById("area-circle");
    if (row && (row.empty || row === last || !more)) write(row, place, radius);
    else if (more) {
      sessionStorage.setItem(PICKED, JSON.stringify({ place, radius }));
      more.click();
    }
  }

  function write(row, place, radius) {
    row.write({ place, radius: row.circle?.radius || radius }, { fresh: !row.circle?.radius });
    last = row.open ? null : row;
    circles.focus(row);
  }

  world.map.on("click", ({ latlng }) => {
    if (performance.now() - circles.rested > LET_GO) pick(placeOf(latlng));
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === canvas) pick(placeOf(world.map.getCenter()));
  });
  page.addEventListener("focusin", ({ target }) => {
    const row = circles.rows.find(({ owner }) => owner.contains(target));
    if (row) last = row;
  });
  page.addEventListener("input", ({ target }) => circles.follow(target));
  page.addEventListener("paste", (event) => takePairs(event, circles.rows));
  for (const name of ["pointerover", "focusin", "focusout", "pointerleave"]) page.addEventListener(name, () => circles.light());
  const deeds = { in: () => world.map.zoomIn(), out: () => world.map.zoomOut(), all: () => circles.fit() };
  for (const [name, act] of Object.entries(deeds)) root.querySelector(`[data-map-${name}]`).addEventListener("click", act);
  new MutationObserver((changes) => {
    if (changes.some(({ target }) => !root.contains(target))) circles.read();
  }).observe(page, { childList: true, subtree: true });
  takeUp();
  circles.fit({ animate: false });
  root.dataset.drawn = "";

  /** Write what was drawn before its row was there. */
  function takeUp() {
    const kept = sessionStorage.getItem(PICKED);
    sessionStorage.removeItem(PICKED);
    const row = circles.rows.findLast((each) => each.empty);
    if (!kept || !row) return;
    const { place, radius } = JSON.parse(kept);
    write(row, place, radius);
    say(row.name);
  }
}
