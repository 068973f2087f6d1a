// What stands beside a grid and works on its selection: data-grid-do="move-to|top|end|earlier|later|clear" on buttons,
// data-grid-needs on what needs a selection, data-grid-count="{n} selected" on words, data-grid-bar on the bar of many,
// data-grid-total="{n} items" data-grid-one="1 item" on words about all of them, data-grid-ids on forms that are to send
// the ids, <dialog id="move-to"> that asks for a position.
import { fill, make } from "./app.js";

/** Wire the tools of a grid; returns what shows them as the selection now is. */
export function wireTools(grid) {
  const nudge = (step) => () => grid.move(grid.chosen(), grid.placeOf(grid.chosen()[0]) + step);
  const deeds = {
    "move-to": () => askPosition(grid),
    top: () => grid.move(grid.chosen(), 1),
    end: () => grid.move(grid.chosen(), grid.size),
    earlier: nudge(-1),
    later: nudge(1),
    clear: () => grid.clear(),
  };
  document.addEventListener("click", ({ target }) => {
    const deed = deeds[target.closest?.("[data-grid-do]")?.dataset.gridDo];
    if (deed && grid.root.isConnected && grid.chosen().length) deed();
  });
  document.addEventListener("submit", ({ target: form }) => {
    if ("gridIds" in form.dataset && grid.root.isConnected) giveIds(form, grid.chosen());
  }, true);
  const show = () => showTools(grid);
  show();
  return show;
}

function giveIds(form, tiles) {
  form.querySelectorAll('input[name="ids"]').forEach((input) => input.remove());
  form.append(...tiles.map((tile) => make("input", { type: "hidden", name: "ids", value: tile.dataset.id })));
}

function showTools({ selected: n, size, root }) {
  const total = document.querySelector("[data-grid-total]");
  if (total && !root.dataset.next) {
    total.textContent = fill(size === 1 ? total.dataset.gridOne : total.dataset.gridTotal, { n: size });
  }
  for (const part of document.querySelectorAll("[data-grid-needs]")) part.hidden = n === 0;
  for (const part of document.querySelectorAll("[data-grid-count]")) {
    part.hidden = n === 0;
    part.textContent = fill(part.dataset.gridCount, { n });
  }
  document.querySelector("[data-grid-bar]")?.classList.toggle("on", n > 1);
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
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "move" && input.value) grid.move(block, Number(input.value), { byNumber: true });
    else block[0].focus();
  }, { once: true });
  dialog.showModal();
  input.select();
  return true;
}
