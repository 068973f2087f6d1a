// Moves on their way to the server: one after the other, and when one fails, it and all made upon it are taken back.
import { manners, reason, signIn } from "./app.js";

const OUTLIVES_THE_PAGE = 60_000; // bytes of a request that a browser finishes after its page has gone

/** Sends moves to `url`; `onSaved(answer)` after each, `onFailed(order, sentence, { isMove })` with the order to go back to. */
export class Saves {
  #waiting = [];
  #sending = false;

  constructor({ url, onSaved, onFailed, onRest }) {
    Object.assign(this, { url, onSaved, onFailed, onRest });
  }

  /** Send a move: `fields()` is asked when its turn comes, `undo` is the order before it, `done(answer)` comes after. */
  add(move) {
    this.#waiting.push(move);
    if (!this.#sending) this.#work();
  }

  get busy() {
    return this.#sending;
  }

  async #work() {
    this.#sending = true;
    while (this.#waiting.length) {
      const { url = this.url, fields, undo, done } = this.#waiting.shift();
      const { answer, failure } = await this.#send(url, fields());
      if (failure) {
        this.#waiting = [];
        await this.onFailed(undo, failure, { isMove: url === this.url });
      } else {
        this.onSaved(answer);
        await done?.(answer);
      }
    }
    this.#sending = false;
    this.onRest();
  }

  async #send(url, fields) {
    const body = new URLSearchParams(fields).toString();
    const keepalive = body.length < OUTLIVES_THE_PAGE;
    const headers = { ...manners(), "Content-Type": "application/x-www-form-urlencoded" };
    const answer = await fetch(url, { method: "POST", headers, body, keepalive }).catch(() => null);
    if (!answer) return { failure: reason(0) };
    if (answer.status === 401) signIn(answer.headers.get("HX-Redirect"));
    const said = parsed(await answer.text().catch(() => ""));
    if (!answer.ok) return { failure: said.message ?? said.advice ?? reason(answer.status) };
    return { answer: said };
  }
}

/** The server's own words, where its answer is JSON. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
