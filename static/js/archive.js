// A large archive, sent in pieces (pieces.js) from <form data-module="…/archive.….js" data-pieces data-client
// data-piece-url data-gallery>: with its bar, paused and resumed, and led to its import when all of it is here.
// A small one is sent by the form itself, as without a script.
import { fill, make, reason, say, wordsOf } from "./app.js";

const LARGE = 8 * 1024 ** 2;
const MEGABYTE = 1e6;

export default function archive(form) {
  const words = wordsOf(form);
  const place = form.querySelector("[data-sending]");
  const submit = form.querySelector('[type="submit"]');
  let busy = false;

  form.addEventListener("submit", async (event) => {
    const [file] = form.elements.file.files;
    if (!busy && !(file?.size > LARGE)) return;
    event.preventDefault();
    if (busy) return;
    busy = submit.disabled = true;
    const answer = await send(file).catch(() => ({ status: 0, text: "" }));
    busy = submit.disabled = false;
    place.hidden = true;
    if (answer) tell(answer);
  });
  addEventListener("beforeunload", (event) => busy && event.preventDefault());

  async function send(file) {
    const { send: sendPieces } = await import(form.dataset.pieces);
    const bar = make("progress", { max: 1, value: 0, ariaLabel: file.name });
    const note = make("small", { className: "muted" });
    const buttons = make("div", { className: "btns" });
    place.replaceChildren(bar, note, buttons);
    place.hidden = false;
    let cancelled = false;
    const told = { archive: "1", ...(form.dataset.gallery && { gallery: form.dataset.gallery }) };
    const answer = await sendPieces(file, {
      url: form.dataset.pieceUrl,
      client: form.dataset.client,
      again: !form.elements.reuse.checked,
      told,
      progress: ({ loaded, total }) => {
        bar.value = total ? loaded / total : 0;
        note.textContent = loaded < total ? fill(words.sending, { sent: megabytes(loaded), size: megabytes(total) }) : words.working;
      },
      begun: (sending) => offer(buttons, note, sending, () => { cancelled = true; }),
    });
    return cancelled ? null : answer;
  }

  function offer(buttons, note, sending, cancelled) {
    const cancel = button(words.cancel, () => { cancelled(); sending.cancel(); place.hidden = true; busy = submit.disabled = false; });
    const resume = button(words.resume, () => { sending.go(); buttons.replaceChildren(pause, cancel); pause.focus(); });
    const pause = button(words.pause, () => {
      sending.pause();
      note.textContent = words.paused;
      buttons.replaceChildren(resume, cancel);
      resume.focus();
    });
    buttons.replaceChildren(pause, cancel);
  }

  function tell({ status, text }) {
    const answer = asJson(text);
    if (answer.import) {
      busy = false;
      location.assign(answer.import);
      return;
    }
    const sentence = status === 0 ? words.lost : (answer.message ?? reason(status, text));
    place.replaceChildren(make("p", { className: "err" }, sentence));
    place.hidden = false;
    say(sentence);
  }

  const megabytes = (bytes) => fill(words.bytes, { n: Math.round(bytes / MEGABYTE) });
}

function button(label, deed) {
  const made = make("button", { type: "button", className: "btn sm" }, label);
  made.addEventListener("click", deed);
  return made;
}

function asJson(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
