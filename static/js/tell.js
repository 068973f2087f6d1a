// What the page says to people: the live region, toasts, and the words, which come translated from the server.

/** The words of a module: the JSON object in its element's data-words. */
export const wordsOf = (element) => JSON.parse(element.closest("[data-words]").dataset.words);

/** Fill "{n} items" from {n: 3}. */
export const fill = (sentence, values) =>
  sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** The token every writing request carries. */
export const csrfToken = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

/** Say a sentence to those who hear the page; the same sentence twice is said twice. */
export function say(sentence) {
  const live = document.getElementById("live");
  live.textContent = "";
  requestAnimationFrame(() => (live.textContent = sentence));
}

/** Show a sentence for a while; what went wrong stays until it is dismissed. */
export function toast(sentence, { bad = false } = {}) {
  const box = document.createElement("div");
  box.className = bad ? "toast bad" : "toast";
  box.dataset.toast = bad ? "stays" : "goes";
  if (bad) box.setAttribute("role", "alert");
  const text = document.createElement("p");
  text.textContent = sentence;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn sm";
  close.dataset.dismiss = "";
  close.textContent = wordsOf(document.body).dismiss;
  box.append(text, close);
  document.getElementById("toasts").append(box);
}

/** Make an element: make("b", {className: "x"}, "text", child). */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** The words for an answer that is not the one hoped for: the server's own, else ours for that status. */
export function reason(status, page = "") {
  const words = wordsOf(document.body);
  const said = page && new DOMParser().parseFromString(page, "text/html").querySelector("[data-problem]");
  if (said) return said.textContent.trim();
  if (status === 0) return words.unreachable;
  if (status === 401) return words.signedOut;
  if (status === 403) return words.forbidden;
  if (status === 404) return words.gone;
  if (status === 409 || status === 412) return words.stale;
  if (status === 413) return words.tooLarge;
  if (status === 429) return words.tooMany;
  if (status === 507) return words.diskFull;
  return words.broken;
}
