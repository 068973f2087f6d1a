// Tiles that a grid gets after the page has come: the next chunks of a long gallery, what has just been uploaded,
// tiles whose picture was still being made, and tiles the server sends anew after a save, into an element
// data-grid-renews="<id of the grid>".
import { reason, toast } from "./tell.js";

const LOOK_AGAIN = 2500; // milliseconds until a tile without its picture is asked for again

/** Keep a grid supplied. */
export function feed(grid) {
  const { root } = grid;
  root.addEventListener("vitrine:added", ({ detail }) => add(grid, detail.tile));
  root.addEventListener("vitrine:all-added", () => grid.askOrder());
  const renewed = document.querySelector(`[data-grid-renews="${root.id}"]`);
  if (renewed) new MutationObserver(() => renew(grid, renewed)).observe(renewed, { childList: true, subtree: true });
  grid.tiles().forEach((tile) => lookAgain(grid, tile));
  if (root.dataset.next) loadRest(grid);
}

function renew(grid, renewed) {
  for (const tile of renewed.querySelectorAll(".tile")) {
    tile.remove();
    grid.renew(tile);
  }
}

function add(grid, html) {
  const tile = parse(html).querySelector(".tile");
  if (!tile || grid.has(tile.dataset.id)) return;
  tile.classList.add("fresh");
  grid.take([tile]);
  lookAgain(grid, tile);
}

async function loadRest(grid) {
  const { root } = grid;
  document.querySelector(`[data-more="${root.id}"]`)?.remove();
  await grid.askOrder();
  while (root.dataset.next) {
    await idle();
    const page = await fetchPage(root.dataset.next);
    if (!page) return;
    const tiles = [...page.querySelectorAll(".tile")];
    grid.take(tiles);
    tiles.forEach((tile) => lookAgain(grid, tile));
    root.dataset.next = page.querySelector("[data-next]")?.dataset.next ?? "";
  }
}

/** Ask again for a tile whose picture is still being made, until it is there; not while nobody looks. */
function lookAgain(grid, tile) {
  if (!tile.dataset.waiting) return;
  setTimeout(async () => {
    if (!tile.isConnected) return;
    const page = document.hidden ? null : await fetchPage(tile.dataset.waiting);
    const newer = page?.querySelector(".tile");
    if (newer && !newer.dataset.waiting) grid.renew(newer);
    else lookAgain(grid, tile);
  }, LOOK_AGAIN);
}

const parse = (html) => new DOMParser().parseFromString(html, "text/html");

const idle = () => new Promise((done) => (window.requestIdleCallback ?? setTimeout)(done));

async function fetchPage(url) {
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true", "HX-Request-Type": "partial" } });
    if (answer.ok) return parse(await answer.text());
    if (answer.status !== 401) toast(reason(answer.status), { bad: true });
  } catch {
    // Offline for a moment: the tiles that are there still work, and the next look may succeed.
  }
  return null;
}
