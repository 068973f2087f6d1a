// The palette: the page /search in a dialog, with a list that the arrow keys walk (a combobox, as APG has it). Without a
// script its link leads to the page.

import { make, reason, toast } from "./app.js";

const PAUSE = 120;
const ids = { dialog: "palette", input: "palette-q", list: "palette-list" };

let timer;
let asked = 0;

export default function open(link) {
  const dialog = document.getElementById(ids.dialog) ?? build(link);
  if (dialog.open) return dialog.close();
  dialog.showModal();
  const input = dialog.querySelector("input");
  input.select();
  find(dialog, link, input.value);
}

function build(link) {
  const name = link.querySelector(".tx").textContent;
  const input = make("input", { id: ids.input, className: "in", type: "text", autocomplete: "off", dir: "auto" });
  const list = make("div", { id: ids.list });
  const dialog = make("dialog", { id: ids.dialog, className: "palette" }, input, list);
  const traits = { role: "combobox", "aria-expanded": "true", "aria-autocomplete": "list", "aria-controls": ids.list };
  for (const [trait, value] of Object.entries(traits)) input.setAttribute(trait, value);
  for (const each of [input, dialog, list]) each.setAttribute("aria-label", name);
  input.placeholder = name;
  input.spellcheck = false;
  list.setAttribute("role", "listbox");
  dialog.closedBy = "any";
  dialog.addEventListener("keydown", (event) => walk(event, input, list));
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => find(dialog, link, input.value), PAUSE);
  });
  document.body.append(dialog);
  return dialog;
}

async function find(dialog, link, query) {
  const mine = ++asked;
  const url = `${link.href}?${new URLSearchParams({ palette: "", q: query })}`;
  const list = dialog.querySelector(`#${ids.list}`);
  list.ariaBusy = true;
  const answer = await fetch(url, { headers: { "HX-Request": "true", "HX-Current-URL": location.href } }).catch(() => null);
  if (mine !== asked) return; // a later question has been asked meanwhile
  list.ariaBusy = false;
  if (answer?.status === 401) return location.assign(answer.headers.get("HX-Redirect"));
  if (!answer?.ok) return toast(reason(answer?.status ?? 0), { bad: true });
  show(dialog, await answer.text());
}

function show(dialog, html) {
  const found = new DOMParser().parseFromString(html, "text/html");
  const list = dialog.querySelector(`#${ids.list}`);
  const groups = [...found.querySelectorAll("ul")].map(asGroup);
  const blank = found.querySelector(".blank h2");
  list.replaceChildren(...groups);
  if (!groups.length && blank) list.append(make("p", { className: "none", textContent: blank.textContent }));
  list.hidden = !list.firstChild;
  choose(dialog.querySelector("input"), options(list)[0]);
}

/** A list of links becomes a group of options, in which only the field has the focus. */
function asGroup(ul) {
  const group = make("div");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", ul.getAttribute("aria-label"));
  group.append(make("p", { textContent: ul.getAttribute("aria-label"), ariaHidden: "true" }));
  for (const link of ul.querySelectorAll("a")) {
    link.id = `palette-${link.id}`;
    link.tabIndex = -1;
    link.setAttribute("role", "option");
    link.setAttribute("aria-selected", "false");
    group.append(link);
  }
  return group;
}

const options = (list) => [...list.querySelectorAll('[role="option"]')];

function choose(input, option) {
  const list = document.getElementById(ids.list);
  for (const each of options(list)) each.setAttribute("aria-selected", each === option);
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function walk(event, input, list) {
  const all = options(list);
  const now = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
  const to = { ArrowDown: now + 1, ArrowUp: now - 1, PageDown: now + 8, PageUp: now - 8 }[event.key];
  if (to !== undefined && all.length) {
    event.preventDefault();
    const far = event.key.startsWith("Page");
    choose(input, all[far ? Math.min(all.length - 1, Math.max(0, to)) : (to + all.length) % all.length]);
  } else if (event.key === "Enter" && !event.isComposing && all[now]) {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) window.open(all[now].href, "_blank", "noopener");
    else all[now].click();
  }
}
