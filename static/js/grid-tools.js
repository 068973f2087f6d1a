// What stands beside a grid and works on its selection: data-grid-do="move-to|top|end|earlier|later|clear|all|retry" on
// buttons, data-grid-count="{n} selected" on words, data-grid-bar on the bar of a selection, data-grid-total="{n} items"
// data-grid-one="1 item" on words about all of them, data-grid-here="Item {n} of {total}" and data-grid-name about the
// one in focus, data-grid-ids on forms that are to send the ids, data-grid-sort and data-grid-undo on forms that the grid
// sends itself, <dialog id="move-to"> that asks for a position.
import { fill, make, manners, toast } from "./app.js";

const parts = (name) => document.querySelectorAll(`[data-grid-${name}]`);

/** Wire the tools of a grid; returns what shows them as the selection now is. */
export function wireTools(grid) {
  const nudge = (step) => () => grid.move(grid.chosen(), grid.placeOf(grid.chosen()[0]) + step);
  const deeds = {
    "move-to": () => askPosition(grid),
    top: () => grid.move(grid.chosen(), 1),
    end: () => grid.move(grid.chosen(), grid.size),
    earlier: nudge(-1),
    later: nudge(1),
    all: () => grid.selectAll(),
    clear: () => grid.clear(),
    retry: () => retry(grid, grid.chosen()),
  };
  document.addEventListener("click", ({ target }) => {
    const deed = deeds[target.closest?.("[data-grid-do]")?.dataset.gridDo];
    if (deed && grid.root.isConnected && grid.chosen().length) deed();
  });
  for (const link of parts("size")) link.addEventListener("click", (event) => resize(grid, link, event));
  document.addEventListener("submit", (event) => sendItself(grid, event) || giveIds(grid, event), true);
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable], dialog, .grid");
    const undo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
    if (!undo || typing || !grid.root.isConnected) return;
    event.preventDefault();
    grid.undo();
  });
  return () => showTools(grid);
}

/** Another size of tiles, without a new page; asking for its head has the server remember it. */
function resize(grid, link, event) {
  event.preventDefault();
  for (const each of parts("size")) {
    grid.root.classList.toggle(each.dataset.gridSize, each === link);
    each.toggleAttribute("aria-current", false);
  }
  link.setAttribute("aria-current", "true");
  history.replaceState(history.state, "", link.href);
  fetch(link.href, { method: "HEAD" }).catch(() => null);
}

/** Sorts and undos are sent by the grid, behind the moves that are still on their way. */
function sendItself(grid, event) {
  const { target: form, submitter } = event;
  const sort = "gridSort" in form.dataset;
  if (!grid.root.isConnected || !(sort || "gridUndo" in form.dataset)) return false;
  event.preventDefault();
  event.stopImmediatePropagation();
  form.closest("details")?.removeAttribute("open");
  form.closest(".toast")?.remove();
  if (sort) grid.sort(submitter.value);
  else grid.undo();
  return true;
}

function giveIds(grid, { target: form }) {
  if (!("gridIds" in form.dataset) || !grid.root.isConnected) return;
  form.querySelectorAll('input[name="ids"]').forEach((input) => input.remove());
  form.append(...grid.chosen().map((id) => make("input", { type: "hidden", name: "ids", value: id })));
}

function showTools(grid) {
  const { selected: n, size, root } = grid;
  for (const part of parts("total")) {
    if (grid.complete) part.textContent = fill(size === 1 ? part.dataset.gridOne : part.dataset.gridTotal, { n: size });
  }
  for (const part of parts("count")) {
    part.hidden = n === 0;
    part.textContent = fill(part.dataset.gridCount, { n });
  }
  for (const part of parts("scope")) part.textContent = n > 1 ? fill(part.dataset.gridScope, { n }) : part.dataset.gridAll;
  const place = grid.placeOf(grid.current);
  for (const part of parts("here")) part.textContent = place ? fill(part.dataset.gridHere, { n: place, total: size }) : "";
  for (const part of parts("name")) part.textContent = grid.tileOf(grid.current)?.dataset.name ?? "";
  for (const part of document.querySelectorAll('[data-grid-do="retry"]')) part.hidden = !n || !broken(grid, grid.chosen()).length;
  document.querySelector("[data-grid-bar]")?.classList.toggle("on", n > (root.dataset.inspector ? 1 : 0));
}

/** Say what was done in a toast with the way back: a form, of which only the last one stands. */
export function offerUndo(grid, sentence) {
  document.getElementById("undo-toast")?.remove();
  toast(sentence);
  const box = document.getElementById("toasts").lastElementChild;
  box.id = "undo-toast";
  box.setAttribute("aria-live", "off"); // it was said already
  const form = make("form", { method: "post", action: grid.root.dataset.undoUrl });
  form.dataset.gridUndo = "";
  const fields = { csrf_token: manners()["X-CSRFToken"], order_version: grid.version };
  for (const [name, value] of Object.entries(fields)) form.append(make("input", { type: "hidden", name, value }));
  form.append(make("button", { type: "submit", className: "btn sm", id: "toast-undo" }, grid.words.undo));
  box.querySelector("p").after(form);
}

const broken = (grid, ids) => grid.tilesOf(ids).filter((tile) => tile.dataset.retry);

/** Have the server try once more to make pictures of damaged files. */
export async function retry(grid, ids) {
  const tiles = broken(grid, ids);
  for (const tile of tiles) {
    const answer = await fetch(tile.dataset.retry, { method: "POST", headers: manners() }).catch(() => null);
    if (answer?.ok) await grid.look(tile.dataset.id);
  }
  if (tiles.length) toast(grid.words.retried);
}

/** Ask for a position by number; the server checks it against the order this page shows (D3). */
export function askPosition(grid) {
  const dialog = document.getElementById("move-to");
  const block = grid.chosen();
  if (!dialog || !block.length) return false;
  const input = dialog.querySelector("input[name=position]");
  dialog.querySelector("h2").textContent = fill(grid.words.ask, { what: grid.nameOf(block) });
  input.max = grid.size;
  input.value = grid.placeOf(block[0]);
  dialog.returnValue = "";
  grid.held = true;
  dialog.addEventListener("close", () => {
    grid.held = false;
    if (dialog.returnValue === "move" && input.value) grid.move(block, Number(input.value), { byNumber: true });
    else grid.focus(block[0], { anchor: false });
  }, { once: true });
  dialog.showModal();
  input.select();
  return true;
}
