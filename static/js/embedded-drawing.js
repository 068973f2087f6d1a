// The parts of an item on a page of somebody else's: built of elements, never of HTML (embedded.js).
import { between, leads, plainly, absolute } from "./embedded-items.js";

const RATIOS = [0.5, 3];
const FORMATS = ["avif", "webp", "jpg"];
const MIME = { avif: "image/avif", webp: "image/webp", jpg: "image/jpeg" };

/** Fill "{n} items" from {n: 3}. */
export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

/** Make an element: make("b", {className: "x"}, "text", child); a child that is none is left out. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

/** A text in its language: a span of its own where that is not the gallery's. */
export const said = (text) =>
  text && typeof text === "object" ? make("span", { lang: text.lang, dir: text.dir }, text.text) : text ?? "";

/** What is said of an item to those who do not see it. */
export const named = (item, words) =>
  plainly(item.alt) || plainly(item.caption) || plainly(item.title) || fill(words[item.kind === "text" ? "text" : "picture"], item);

/** The width of an item over its height, as far as a layout goes along with it. */
export function ratioOf(item) {
  const shape = item.kind === "text" ? item.box?.ratio || 1 : item.picture ? item.picture.width / item.picture.height : 16 / 9;
  return between(RATIOS[0], shape || 1.5, RATIOS[1]);
}

export function picture(item, { sizes, alt, eager }) {
  const { width, height, colour, files, src } = item.picture;
  const picked = files?.jpg?.length ? absolute(files.jpg[files.jpg.length >> 1][1]) : src ? absolute(src) : "";
  const image = make(picked ? "img" : "span", { className: "shot" });
  if (colour) image.style.setProperty("--c", colour);
  if (item.focal) {
    image.style.setProperty("--fx", `${between(0, item.focal[0], 1) * 100}%`);
    image.style.setProperty("--fy", `${between(0, item.focal[1], 1) * 100}%`);
  }
  if (!picked) return image;
  const size = { width: Math.round(width), height: Math.round(height) };
  Object.assign(image, { alt, loading: eager ? "eager" : "lazy", decoding: "async", sizes, ...size });
  const sources = FORMATS.filter((format) => files?.[format]?.length).map((format) => {
    const srcset = files[format].map(([wide, address]) => `${absolute(address)} ${wide}w`).join(", ");
    return make("source", { type: MIME[format], srcset, sizes });
  });
  const made = make("picture", {}, ...sources, image);
  image.src = picked; // last, so that nothing is asked for that is not shown
  return made;
}

/** A text in its box: a tree that the server has made of it, or plain words. */
export function written(item, words) {
  const box = make("div", { className: `text ${item.box?.classes ?? ""} ${item.box?.alignment ?? ""}`, tabIndex: 0 });
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", named(item, words));
  if (item.box?.background) box.style.setProperty("--c", item.box.background);
  const inner = make("div", { className: item.text ? "" : "plain", lang: item.lang ?? "", dir: item.dir ?? "" });
  inner.append(...(item.text ? item.text.map(grown) : [item.plain ?? ""]));
  box.append(inner);
  return box;
}

/** A node of such a tree: words, or [name, attributes, children…], of which only what a text may have is built. */
function grown(node) {
  if (typeof node === "string") return node;
  const [tag, attributes, ...children] = node;
  const element = make(tag, {}, ...children.map(grown));
  for (const name of ["class", "lang", "dir"]) if (attributes[name]) element.setAttribute(name, attributes[name]);
  const href = attributes.href && leads(absolute(attributes.href));
  if (href) Object.assign(element, { href, rel: "noopener noreferrer nofollow", target: "_blank" });
  return element;
}

/** Where an item leads on to. */
export function onward(item, words) {
  const href = item.link?.url ? leads(item.link.url) : "";
  return href ? make("a", { href, target: "_blank", rel: "noopener" }, item.link.text || words.about) : null;
}

/** An item in the list, with its words below it. */
export function tile(item, words, sizes) {
  const figure = make("figure", {}, item.kind === "text" ? written(item, words) : opener(item, words, sizes));
  const [text, link] = [item.caption ?? item.title, onward(item, words)];
  if (text || link) figure.append(make("figcaption", {}, said(text), text && link ? " " : "", link));
  const made = make("li", {}, figure);
  made.dataset.id = item.id;
  made.style.setProperty("--r", String(ratioOf(item)));
  return made;
}

/** What is pressed to see an item large: a link to its own page, where it has one. */
function opener(item, words, sizes) {
  const made = item.href
    ? make("a", { className: "tile", href: absolute(item.href), target: "_blank", rel: "noopener" })
    : make("button", { className: "tile", type: "button" });
  const [film, name] = [item.kind === "video", named(item, words)];
  const shot = item.picture ? picture(item, { sizes, alt: film ? "" : name }) : make("span", { className: "shot" });
  made.append(shot);
  if (film) made.append(make("span", { className: "play" }), make("span", { className: "sr" }, fill(words.video, { title: name })));
  else if (shot.localName === "span") made.append(make("span", { className: "sr" }, name));
  return made;
}
