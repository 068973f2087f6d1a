// One picture of a gallery, full height. Each has a page of its own, with links to its neighbours: that is what works
// without a script. With it: arrow keys, swipes, the neighbours fetched ahead, and no blink between two pictures.

const SWIPE = 48; // pixels across that are a swipe
const pages = new Map();

const link = (rel) => document.querySelector(`.lb main a[rel="${rel}"]`);
const closing = () => document.querySelector(".lb [data-close]");
const isRtl = () => getComputedStyle(document.body).direction === "rtl";

/** The page at an address, parsed; asked for once. */
function page(url) {
  if (!pages.has(url)) {
    pages.set(url, fetch(url).then(async (answer) => {
      if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
      return new DOMParser().parseFromString(await answer.text(), "text/html");
    }));
  }
  return pages.get(url);
}

async function go(url, { remember = true } = {}) {
  try {
    const next = await page(url);
    if (remember) history.pushState(null, "", url);
    fade(() => show(next));
  } catch {
    pages.delete(url);
    location.href = url;
  }
}

/** Change the page without a blink, where the browser can and people like things to move. */
function fade(change) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (calm || !document.startViewTransition) return change();
  const transition = document.startViewTransition(change);
  for (const part of [transition.ready, transition.finished]) part.catch(() => {}); // another one came first
}

function show(next) {
  document.title = next.title;
  for (const part of ["header", "main", ".film"]) {
    const [old, fresh] = [document.querySelector(part), next.querySelector(part)];
    if (old && fresh) old.replaceWith(document.importNode(fresh, true));
  }
  document.querySelector("main").focus({ preventScroll: true });
  settle();
}

/** Bring the picture in the strip into view, and fetch the neighbours and their pictures. */
function settle() {
  document.querySelector(".film [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  const full = document.querySelector("[data-fullscreen]");
  if (full) full.hidden = !document.fullscreenEnabled;
  for (const url of ["next", "prev"].map((rel) => link(rel)?.href).filter(Boolean)) {
    page(url).then((ahead) => preload(ahead.querySelector("main picture")), () => pages.delete(url));
  }
}

/** The browser's own choice among the sources, loaded before it is needed. */
function preload(picture) {
  if (picture) document.importNode(picture, true).querySelector("img").loading = "eager";
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  if (event.target.closest("[data-fullscreen]")) return toggleFullscreen();
  const step = event.target.closest('.lb main a[rel="next"], .lb main a[rel="prev"], .film a');
  if (!step) return;
  event.preventDefault();
  go(step.href);
});

const toggleFullscreen = () =>
  document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape" && !document.fullscreenElement) closing()?.click();
  const forward = isRtl() ? "ArrowLeft" : "ArrowRight";
  const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
  const target = sideways && link(event.key === forward ? "next" : "prev");
  if (target) {
    event.preventDefault();
    go(target.href);
  }
});

let touch = null;
document.addEventListener("touchstart", ({ touches }) => {
  touch = touches.length === 1 ? { x: touches[0].clientX, y: touches[0].clientY } : null;
}, { passive: true });
document.addEventListener("touchend", ({ changedTouches: [end], target }) => {
  if (!touch || target.closest?.(".film")) return;
  const [dx, dy] = [end.clientX - touch.x, end.clientY - touch.y];
  if (Math.abs(dx) < SWIPE || Math.abs(dx) < 2 * Math.abs(dy)) return;
  const neighbour = link(dx < 0 !== isRtl() ? "next" : "prev");
  if (neighbour) go(neighbour.href);
});

addEventListener("popstate", () => go(location.href, { remember: false }));
settle();
