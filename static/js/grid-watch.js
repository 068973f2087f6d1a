// What others do to the order while a page is open: asked for every ten seconds, not while nobody looks, and never under
// a drag, a lift or a move that is on its way (D36).
import { toast } from "./app.js";

const EVERY = 10_000; // milliseconds

/** Keep a grid up to date with the server. */
export function watch(grid) {
  let timer;
  const later = () => {
    clearTimeout(timer);
    if (!document.hidden && grid.root.isConnected) timer = setTimeout(look, EVERY);
  };
  const look = async () => {
    if (!document.hidden && !isBusy(grid)) await ask(grid);
    later();
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));
  later();
}

const isBusy = (grid) => grid.held || grid.saves.busy || !grid.root.isConnected;

/** Take over what has changed since; an answer that a move has overtaken is left alone. */
async function ask(grid) {
  const headers = { Accept: "application/json", "If-None-Match": `"${grid.version}"` };
  const answer = await fetch(grid.root.dataset.idsUrl, { headers, cache: "no-store" }).catch(() => null);
  if (answer?.status !== 200) return;
  const { changed, ...order } = await answer.json();
  if (isBusy(grid) || order.order_version <= grid.version) return;
  await grid.accept(order);
  if (changed) toast(changed);
}
