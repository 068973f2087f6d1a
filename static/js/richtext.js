// The editor of a text: buttons above a page that is written on, in the place of the field with the HTML, which it fills.
//
// <div data-module="richtext" data-text="item-html" hidden> with [data-do] buttons in a toolbar, [data-pick] selects, a
// .rt-link row and .rt-page, whose content the server has sanitised; data-style says what a style attribute would.
// Nothing is lost that nobody touches: the field changes only when something is written here.
import { wordsOf } from "./app.js";

export default function richtext(root) {
  const field = document.getElementById(root.dataset.text);
  const page = root.querySelector(".rt-page");
  const bar = root.querySelector('[role="toolbar"]');
  const buttons = [...bar.querySelectorAll("[data-do]")];
  const asking = root.querySelector(".rt-link");
  const toggle = root.querySelector("[id$='-source-toggle']");
  const words = wordsOf(root);
  let range = null; // what was selected when the focus went to a tool

  page.querySelectorAll("[data-style]").forEach(rule);
  Object.assign(page, { contentEditable: "true", tabIndex: 0 });
  page.setAttribute("role", "textbox");
  page.setAttribute("aria-multiline", "true");
  page.setAttribute("aria-labelledby", `${field.id}-label`);
  page.setAttribute("aria-describedby", field.getAttribute("aria-describedby") ?? "");
  root.hidden = false;
  field.hidden = true;
  buttons.forEach((button, index) => (button.tabIndex = index ? -1 : 0));

  // ---- what is written goes into the field, as HTML ----

  const write = () => {
    field.value = page.textContent.trim() ? [...page.childNodes].map(spell).join("") : "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  page.addEventListener("input", write);
  page.addEventListener("focusout", () => field.dispatchEvent(new Event("focusout", { bubbles: true })));
  page.addEventListener("paste", (event) => {
    event.preventDefault();
    run("insertText", event.clipboardData.getData("text/plain"));
  });
  page.addEventListener("drop", (event) => event.preventDefault());

  // ---- tools ----

  function run(name, value = null) {
    document.execCommand("styleWithCSS", false, false); // the policy stops style attributes that a command writes
    document.execCommand("defaultParagraphSeparator", false, "p");
    document.execCommand(name, false, value);
  }

  function remember() {
    const selection = getSelection();
    if (selection.rangeCount && page.contains(selection.anchorNode)) range = selection.getRangeAt(0).cloneRange();
  }

  /** Put the selection back where it was on the page. */
  function back() {
    const there = document.activeElement === page && page.contains(getSelection().anchorNode);
    if (there) return;
    page.focus({ preventScroll: true });
    if (!range) return;
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  }

  function apply(name, value = null) {
    back();
    if (name === "size" || name === "foreColor") colourOrSize(name, value);
    else if (name in SIDES) align(SIDES[name]);
    else run(name, value);
    lift();
    remember();
    write();
    show();
  }

  /** The commands write font elements: put what we keep of a style in their place. */
  function colourOrSize(name, value) {
    if (name === "size") run("fontSize", "7");
    else run("foreColor", value);
    const fonts = [...page.querySelectorAll("font")];
    const spans = fonts.map((font) => {
      const span = document.createElement("span");
      if (font.size) style(span, "font-size", value);
      if (font.color) style(span, "color", font.color);
      span.append(...font.childNodes);
      font.replaceWith(span);
      return span;
    });
    if (spans.length) select(spans[0], spans.at(-1));
  }

  /** A list stands in no paragraph, where the commands put it. */
  function lift() {
    for (const list of page.querySelectorAll(":is(p, h2, h3, h4, h5, h6) > :is(ul, ol)")) {
      const [first, last] = [list.firstElementChild, list.lastElementChild];
      list.parentElement.replaceWith(list);
      if (first) select(first, last);
    }
  }

  function select(first, last) {
    range = document.createRange();
    range.setStartBefore(first);
    range.setEndAfter(last);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  }

  /** Align the blocks that the selection touches; words outside of any become a paragraph first. */
  function align(side) {
    if (!blocks().length) run("formatBlock", "p");
    for (const block of blocks()) style(block, "text-align", side);
  }

  function blocks() {
    const { rangeCount } = getSelection();
    const here = rangeCount ? getSelection().getRangeAt(0) : null;
    const touched = [...page.querySelectorAll(BLOCKS)].filter((block) => here?.intersectsNode(block));
    return touched.filter((block) => !block.querySelector(BLOCKS));
  }

  function link(url) {
    asking.hidden = true;
    if (url) apply("createLink", url);
    else apply("unlink");
  }

  function askForLink() {
    const input = asking.querySelector("input");
    const here = range && range.startContainer.parentElement.closest("a");
    input.value = here?.getAttribute("href") ?? "";
    asking.hidden = false;
    input.focus();
  }

  function show() {
    const block = blocks()[0];
    const side = block ? styles(block).get("text-align") : undefined;
    for (const button of buttons) {
      const name = button.dataset.do;
      const on = name in SIDES ? side === SIDES[name] : name !== "link" && document.queryCommandState(name);
      button.setAttribute("aria-pressed", on);
    }
    const kind = document.queryCommandValue("formatBlock") || "p";
    const picker = root.querySelector('[data-pick="formatBlock"]');
    picker.value = [...picker.options].some((option) => option.value === kind) ? kind : "p";
  }

  bar.addEventListener("pointerdown", (event) => event.preventDefault()); // the selection stays
  bar.addEventListener("click", ({ target }) => {
    const name = target.closest("[data-do]")?.dataset.do;
    if (name === "link") askForLink();
    else if (name) apply(name);
  });
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key] * (getComputedStyle(bar).direction === "rtl" ? -1 : 1);
    const at = event.key === "Home" ? 0 : event.key === "End" ? buttons.length - 1 : (buttons.indexOf(event.target) + step + buttons.length) % buttons.length;
    if (Number.isNaN(at)) return;
    event.preventDefault();
    for (const button of buttons) button.tabIndex = -1;
    buttons[at].tabIndex = 0;
    buttons[at].focus();
  });
  root.addEventListener("change", ({ target }) => {
    if (!target.dataset.pick || !target.value) return;
    apply(target.dataset.pick, target.value);
    if (target.dataset.pick !== "formatBlock") target.value = "";
  });
  // Nothing here is a field of the form: what is written is told by the field that holds it.
  root.addEventListener("input", (event) => event.stopPropagation());
  asking.querySelector("button").addEventListener("click", () => link(asking.querySelector("input").value.trim()));
  asking.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    if (event.key === "Enter") link(event.target.value.trim());
    else {
      asking.hidden = true;
      back();
    }
  });
  page.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    remember();
    askForLink();
  });
  document.addEventListener("selectionchange", () => {
    if (!page.isConnected || !page.contains(getSelection().anchorNode)) return;
    remember();
    show();
  });

  // ---- the HTML itself ----

  toggle.addEventListener("click", () => {
    const plain = field.hidden;
    field.hidden = !plain;
    for (const part of [page, ...root.querySelectorAll(".rt-bar")]) part.hidden = plain;
    asking.hidden = true;
    toggle.setAttribute("aria-pressed", plain);
    toggle.textContent = plain ? words.rich : words.html;
    if (plain) return field.focus();
    const seen = document.querySelector("#editor-preview [data-editable]");
    if (seen) {
      page.replaceChildren(...new DOMParser().parseFromString(seen.dataset.editable, "text/html").body.childNodes);
      page.querySelectorAll("[data-style]").forEach(rule);
    }
    page.focus();
  });
}

const BLOCKS = "p, h2, h3, h4, h5, h6, li, blockquote, div";
const SIDES = { justifyStart: "start", justifyCenter: "center", justifyEnd: "end" };

// The policy allows no style attribute: a style is data, and a sheet of our own has a rule for each that is used.
const sheet = new CSSStyleSheet();
const known = new Set();
document.adoptedStyleSheets.push(sheet);

function rule({ dataset: { style: said } }) {
  if (!said || known.has(said)) return;
  known.add(said);
  const seen = said.replace(/(^|;)color:([^;]+)/, "$1color:light-dark($2, color-mix(in srgb, $2, white 55%))");
  sheet.insertRule(`.rt-page [data-style="${CSS.escape(said)}"] { ${seen} }`);
}

const styles = (element) =>
  new Map((element.dataset.style ?? "").split(";").filter(Boolean).map((each) => each.split(":").map((part) => part.trim())));

function style(element, name, value) {
  const said = styles(element).set(name, value);
  element.dataset.style = [...said].map((pair) => pair.join(":")).join(";");
  rule(element);
}

const KEPT = { href: "href", dir: "dir", lang: "lang", "data-style": "style" };
const RENAMED = { div: "p", font: "span" }; // what browsers make of a new line and of a size

/** What a node is in HTML, without what browsers leave behind. */
function spell(node) {
  if (node.nodeType === Node.TEXT_NODE) return escaped(node.data.replaceAll("\u00a0", " "));
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  const name = RENAMED[node.localName] ?? node.localName;
  const given = Object.entries(KEPT).filter(([each]) => node.getAttribute(each));
  const said = given.map(([each, name]) => ` ${name}="${escaped(node.getAttribute(each))}"`).join("");
  if (name === "br" || name === "hr") return `<${name}>`;
  const inside = [...node.childNodes].map(spell).join("");
  return name === "span" && !said ? inside : `<${name}${said}>${inside}</${name}>`;
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
