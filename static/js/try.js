// "Try it" on the pages for programs: sends what a form of theirs says, with the key that the reader has typed in and
// never with the cookie, and shows what comes back. Without it there are the examples.
import { fill, make, wordsOf } from "./app.js";

const SHOWN = 100_000; // characters of an answer

export default function trying(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-try]");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    send(form, wordsOf(root));
  });
}

async function send(form, words) {
  const place = form.querySelector("[data-answer]");
  place.replaceChildren(make("p", { className: "muted small" }, words.sending));
  const button = form.querySelector("button");
  button.disabled = true;
  const began = performance.now();
  try {
    const answer = await fetch(address(form), request(form));
    const text = await answer.text();
    place.replaceChildren(...shown(answer, text, Math.round(performance.now() - began), words));
  } catch {
    place.replaceChildren(make("p", { className: "err" }, words.unreachable));
  }
  button.disabled = false;
}

const fields = (form, where) => [...form.querySelectorAll(`[data-in="${where}"]`)];

/** The address with the parts and the query that were filled in. */
function address(form) {
  let path = form.dataset.path;
  for (const field of fields(form, "path")) path = path.replace(`{${field.dataset.name}}`, encodeURIComponent(field.value));
  const query = new URLSearchParams();
  for (const field of fields(form, "query")) if (field.value) query.append(field.dataset.name, field.value);
  return query.size ? `${path}?${query}` : path;
}

function request(form) {
  const { method, scheme, type } = form.dataset;
  const headers = new Headers({ Accept: "application/json" });
  const key = document.getElementById("try-key").value.trim();
  if (scheme !== undefined && key) headers.set("Authorization", `${scheme}${key}`);
  for (const field of fields(form, "header")) if (field.value) headers.set(field.dataset.name, field.value);
  const options = { method, headers, credentials: "omit", cache: "no-store", redirect: "manual" };
  const [text] = fields(form, "body");
  const [file] = fields(form, "file");
  if (file) {
    options.body = new FormData();
    if (file.files[0]) options.body.append(file.dataset.name, file.files[0]);
  } else if (text && text.value.trim()) {
    headers.set("Content-Type", type);
    options.body = text.value;
  }
  return options;
}

/** The status, how long it took, the headers, and the body, JSON set out in lines. */
function shown(answer, text, time, words) {
  const line = fill(words.answered, { status: answer.status, time, id: answer.headers.get("X-Request-Id") ?? "" });
  const headers = [...answer.headers].map((each) => each.join(": ")).join("\n");
  const parts = [make("p", { className: "small" }, line), code(headers)];
  if (text) parts.push(code(pretty(text).slice(0, SHOWN)));
  return parts;
}

function code(text) {
  const box = make("pre", { className: "sample", tabIndex: 0 }, make("code", {}, text));
  box.dir = "ltr";
  return box;
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
