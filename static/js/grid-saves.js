// Moves on their way to the server: one after the other, and when one fails, it and all made upon it are taken back.
import { manners, reason, signIn } from "./app.js";

/** Sends moves to `url`; `onSaved(orderVersion)` after each, `onFailed(order, sentence)` with the order to go back to. */
export class Saves {
  #waiting = [];
  #sending = false;

  constructor({ url, onSaved, onFailed }) {
    Object.assign(this, { url, onSaved, onFailed });
  }

  /** Send a move; `undo` is the order before it. Its fields may be a function, asked when its turn comes. */
  add(fields, undo) {
    this.#waiting.push({ fields, undo });
    if (!this.#sending) this.#work();
  }

  get busy() {
    return this.#sending;
  }

  async #work() {
    this.#sending = true;
    while (this.#waiting.length) {
      const { fields, undo } = this.#waiting.shift();
      const failure = await this.#send(fields());
      if (failure) {
        this.#waiting = [];
        await this.onFailed(undo, failure);
      }
    }
    this.#sending = false;
  }

  async #send(fields) {
    let answer;
    try {
      answer = await fetch(this.url, {
        method: "POST",
        headers: manners(),
        body: new URLSearchParams(fields),
        keepalive: true,
      });
    } catch {
      return reason(0);
    }
    if (answer.status === 401) signIn(answer.headers.get("HX-Redirect"));
    const text = await answer.text();
    if (!answer.ok) return sentence(text) ?? reason(answer.status);
    this.onSaved(answer.headers.get("X-Order-Version"));
    return null;
  }
}

/** The server's own words, where its answer is JSON. */
function sentence(text) {
  try {
    const answer = JSON.parse(text);
    return answer.message ?? answer.advice ?? null;
  } catch {
    return null;
  }
}
