// Tiles that a grid gets after the page has come: the next chunks of a long gallery, what has just been uploaded,
// tiles whose picture was still being made, and tiles the server sends anew after a save, into an element
// data-grid-renews="<id of the grid>".
import { manners, reason, toast } from "./app.js";

const LOOK_AGAIN = 2500; // milliseconds until a tile without its picture is asked for again
const AT_ONCE = 50; // tiles asked for by name in one request

/** Keep a grid supplied. */
export function feed(grid) {
  const { root } = grid;
  grid.supply = (ids) => fetchTiles(grid, ids);
  grid.look = (id) => lookNow(grid, id);
  root.addEventListener("vitrine:added", ({ detail }) => add(grid, detail.tile));
  root.addEventListener("vitrine:all-added", () => grid.askOrder().then(() => tellPlace(grid)));
  const renewed = document.querySelector(`[data-grid-renews="${root.id}"]`);
  if (renewed) new MutationObserver(() => renew(grid, renewed)).observe(renewed, { childList: true, subtree: true });
  document.addEventListener("htmx:after:swap", () => followPanel(grid));
  document.addEventListener("vitrine:order-saved", () => tellPlace(grid));
  grid.tiles().forEach((tile) => lookAgain(grid, tile));
  grid.complete = !root.dataset.next;
  if (!grid.complete) loadRest(grid);
}

const panelOf = (grid) => document.querySelector(grid.root.dataset.inspector);

/** The panel shows another item, or was told of another order. */
function followPanel(grid) {
  const panel = panelOf(grid);
  if (!panel || !grid.root.isConnected) return;
  grid.shown(panel.dataset.item ?? "", { many: Boolean(panel.querySelector("#editor-selection")) });
  if (Number(panel.dataset.orderVersion) !== grid.version) grid.askOrder();
}

/** The panel's words about the place of its item, after a move; what is typed below them is not touched. */
async function tellPlace(grid) {
  const panel = panelOf(grid);
  if (!panel?.dataset.item) return;
  const newer = (await fetchPage(location.href))?.querySelector(grid.root.dataset.inspector);
  if (newer?.dataset.item !== panel.dataset.item || !panel.isConnected) return;
  for (const part of ["header", "#item-place"]) {
    const [old, fresh] = [panel.querySelector(part), newer.querySelector(part)];
    if (!old || !fresh || old.contains(document.activeElement)) continue;
    old.replaceWith(fresh);
    htmx.process(fresh);
  }
  panel.dataset.orderVersion = newer.dataset.orderVersion;
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
  while (grid.held || grid.saves.busy) await idle();
  await grid.askOrder({ now: true });
  grid.complete = true;
  grid.showTools();
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

/** Fetch the tiles of these ids, wherever in the order they stand. */
async function fetchTiles(grid, ids) {
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const page = await fetchPage(only(grid, ids.slice(from, from + AT_ONCE)));
    const tiles = [...(page?.querySelectorAll(".tile") ?? [])];
    grid.take(tiles);
    tiles.forEach((tile) => lookAgain(grid, tile));
  }
}

const only = ({ root }, ids) => ids.reduce((url, id) => `${url}&only=${id}`, root.dataset.tilesUrl);

/** Show a tile as the server would draw it now. */
async function lookNow(grid, id) {
  const newer = (await fetchPage(only(grid, [id])))?.querySelector(".tile");
  if (!newer) return;
  grid.renew(newer);
  lookAgain(grid, grid.tileOf(id));
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
    const answer = await fetch(url, { headers: { ...manners(), Accept: "text/html", "HX-Request-Type": "partial" } });
    if (answer.ok) return parse(await answer.text());
    if (answer.status !== 401) toast(reason(answer.status), { bad: true });
  } catch {
    // Offline for a moment: the tiles that are there still work, and the next look may succeed.
  }
  return null;
}
