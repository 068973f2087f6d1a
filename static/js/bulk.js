// Several tiles selected: the panel shows one form for all of them, once the selection rests.
//
// <form data-module="bulk" data-grid="#items" data-grid-ids hx-post hx-target="#editor-inspector"> is sent with the ids
// (grid-tools.js fills them in); its button does the same where this is not there. What the panel is asked to show last
// it shows: hx-sync stops what was asked for one item and comes late.
import { mayLeave } from "./app.js";

const REST = 350; // milliseconds without a change

export default function bulk(form) {
  const root = document.querySelector(form.dataset.grid);
  const inspector = () => document.querySelector(form.getAttribute("hx-target"));
  let timer;
  let shown = "";

  const chosen = () => [...root.querySelectorAll('.tile[aria-selected="true"]')].map((tile) => tile.dataset.id);

  async function show() {
    const ids = chosen();
    const wanted = ids.length > 1 ? ids.join() : "";
    if (wanted === shown || !inspector()) return;
    const leaves = wanted || (!ids.length && inspector().querySelector("#editor-selection"));
    if (leaves && !(await mayLeave(inspector()))) return;
    shown = wanted;
    if (wanted) form.requestSubmit();
    else if (leaves) {
      htmx.ajax("GET", form.dataset.settings, { source: root, target: form.getAttribute("hx-target"), swap: "outerHTML" });
    }
  }

  new MutationObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(show, REST);
  }).observe(root, { subtree: true, attributes: true, attributeFilter: ["aria-selected"] });
}
