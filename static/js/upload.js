// Many files into a gallery or the library, each with its bar, its error and another try. Two travel at a time;
// each says its batch and its index in it, so the order chosen is the order kept, whichever arrives first.
//
// <section data-module="upload" data-upload-url data-grid="#items"> around a form with <input type="file" multiple>
// (which works without a script) and an empty [data-uploads]. Each file is one POST of file, batch and index,
// answered with JSON: 201 {tile: "<li …>", alike: [{name, url}]} when it is in; 200 {known: {id, name, trashed}} when its
// bytes are there already, or in the trash: then index, batch and use=<id> takes that one, again=1 with the file adds it
// nevertheless; 4xx, 5xx {message}.
// Files come by choice, by drop (whole folders too) and by paste, anywhere on the page (dropped.js).
// What is larger than LARGE comes into the library in pieces first (pieces.js, at data-pieces), and is used from there.
import { fill, make, manners, reason, say, wordsOf } from "./app.js";
import { dropped, holdsFiles, pasted } from "./dropped.js";

const AT_ONCE = 2;
const MEGABYTE = 1e6;
const LARGE = 8 * 1024 ** 2;
const DIGITS = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
const written = new Intl.NumberFormat(`${document.documentElement.lang}-u-nu-latn`, DIGITS);

export default (root, cause) => new Uploads(root, cause);

class Uploads {
  #batch = uuid();
  #rows = [];
  #next = 0; // a place in the batch is given once, also where its file is taken off the list
  #active = 0;

  constructor(root, cause) {
    this.root = root;
    this.words = wordsOf(root);
    this.input = root.querySelector('input[type="file"]');
    this.list = root.querySelector("[data-uploads]");
    this.input.addEventListener("change", () => this.#takeChosen());
    this.#acceptDrops();
    document.addEventListener("paste", (event) => this.root.isConnected && this.#take(pasted(event)));
    this.#takeChosen();
    if (cause?.clipboardData) this.#take(pasted(cause));
    addEventListener("beforeunload", (event) => this.#active && event.preventDefault());
  }

  /** Files and folders may be dropped anywhere on the page while this part of it is shown. */
  #acceptDrops() {
    const zone = this.root.querySelector(".dropz") ?? this.root;
    const concerns = (event) => this.root.isConnected && holdsFiles(event);
    document.addEventListener("dragover", (event) => {
      if (!concerns(event)) return;
      event.preventDefault();
      zone.classList.add("over");
    });
    document.addEventListener("dragleave", (event) => event.relatedTarget || zone.classList.remove("over"));
    document.addEventListener("drop", async (event) => {
      if (!concerns(event)) return;
      event.preventDefault();
      zone.classList.remove("over");
      this.#take(await dropped(event.dataTransfer));
    });
  }

  #takeChosen() {
    if (this.input.files.length) this.#take(this.input.files);
    this.input.value = "";
  }

  #take(files) {
    if (!files.length) return;
    if (!this.#rows.length) this.#frame();
    for (const file of files) {
      const row = new Row(file, this.#next++, this);
      this.#rows.push(row);
      this.ol.append(row.element);
    }
    this.#tell();
    this.next();
  }

  #frame() {
    this.summary = make("p", { role: "status" });
    this.ol = make("ol");
    const head = make("header", {}, make("h2", {}, this.words.heading), this.summary);
    this.list.replaceChildren(make("div", { className: "upq" }, head, this.ol));
    this.list.hidden = false;
  }

  /** Send what waits, as far as there is room. */
  next() {
    for (const row of this.#rows) {
      if (this.#active >= AT_ONCE) return;
      if (row.state === "waiting") this.#send(row);
    }
  }

  async #send(row) {
    this.#active++;
    await row.send(this.root.dataset, this.#batch).catch(() => row.fail());
    this.#active--;
    this.#tell();
    this.next();
    if (!this.#active) this.#grid()?.dispatchEvent(new CustomEvent("vitrine:all-added"));
  }

  /** One that travels rests, or goes on: so many more may travel. */
  rest(places) {
    this.#active -= places;
    this.next();
  }

  /** A picture is in: show its tile. */
  added(tile) {
    this.#grid()?.dispatchEvent(new CustomEvent("vitrine:added", { detail: { tile } }));
    document.dispatchEvent(new CustomEvent("vitrine:uploaded"));
  }

  dismiss(row) {
    row.element.remove();
    this.#rows = this.#rows.filter((one) => one !== row);
    this.#tell();
  }

  #grid() {
    return document.querySelector(this.root.dataset.grid);
  }

  #tell() {
    const count = (state) => this.#rows.filter((row) => row.state === state).length;
    const values = { done: count("done"), failed: count("failed"), total: this.#rows.length };
    this.summary.textContent = fill(values.failed ? this.words.problems : this.words.progress, values);
  }
}

class Row {
  state = "waiting";
  resting = false; // begun, and paused by hand
  extra = {}; // what was chosen where the bytes are known already

  constructor(file, index, uploads) {
    Object.assign(this, { file, index, uploads, words: uploads.words });
    this.picture = make("img", { alt: "", width: 36, height: 36 });
    if (file.type.startsWith("image/")) this.#preview();
    this.note = make("small", {}, this.words.waiting);
    this.bar = make("progress", { max: 1, value: 0, ariaLabel: file.name, hidden: true });
    this.buttons = make("div", { className: "btns" });
    this.element = make("li", { className: "uq" }, this.picture, this.#middle(), this.buttons);
    this.#offer(this.#cancel());
  }

  #middle() {
    return make("div", {}, make("b", { dir: "auto", title: this.file.name }, this.file.name), this.bar, this.note);
  }

  /** Show the file itself, small; its address is given back as soon as it is drawn. */
  async #preview() {
    try {
      const bitmap = await createImageBitmap(this.file, { resizeWidth: 72, resizeQuality: "low" });
      const canvas = make("canvas", { width: 72, height: 72 });
      const side = Math.min(bitmap.width, bitmap.height);
      const corner = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
      canvas.getContext("2d").drawImage(bitmap, ...corner, side, side, 0, 0, 72, 72);
      bitmap.close();
      this.picture.replaceWith(canvas);
    } catch {
      // Not a picture this browser can draw; the server decides what it is.
    }
  }

  async send(where, batch) {
    this.#become("sending");
    this.bar.hidden = false;
    this.#offer(this.#cancel());
    if (this.file.size > LARGE && !this.extra.use) {
      const answer = await this.#inPieces(where);
      const { media } = asJson(answer.text);
      if (!media || this.state === "cancelled") return this.#settle(answer);
      this.extra = { use: media };
      this.#offer(this.#cancel());
    }
    return this.#settle(await this.#post(where.uploadUrl, this.#form(batch)));
  }

  async #inPieces({ pieces, pieceUrl, client }) {
    const { send } = await import(pieces);
    const progress = (news) => this.#progress(news);
    const begun = (sending) => {
      this.request = { abort: sending.cancel };
      this.#offerPause(sending);
    };
    return send(this.file, { url: pieceUrl, client, again: this.extra.again, progress, begun });
  }

  /** Let it rest, and others go first meanwhile. */
  #offerPause(sending) {
    const resume = this.#button(this.words.resume, () => {
      this.#rest(false);
      sending.go();
      this.#offerPause(sending);
    });
    const pause = this.#button(this.words.pause, () => {
      sending.pause();
      this.note.textContent = this.words.paused;
      this.#offer(resume, this.#cancel());
      resume.focus();
      this.#rest(true);
    }, "ghost");
    this.#offer(pause, this.#cancel());
  }

  #form(batch) {
    const form = new FormData();
    const fields = { batch, index: this.index, ...this.extra };
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    if (!this.extra.use) form.append("file", this.file);
    return form;
  }

  #post(url, form) {
    const request = new XMLHttpRequest(); // fetch tells nothing about what has been sent
    this.request = request;
    request.open("POST", url);
    for (const [name, value] of Object.entries(manners())) request.setRequestHeader(name, value);
    request.responseType = "text";
    request.upload.addEventListener("progress", (event) => this.#progress(event));
    return new Promise((done) => {
      request.addEventListener("loadend", () => done({ status: request.status, text: request.responseText }));
      request.send(form);
    });
  }

  #progress({ loaded, total }) {
    this.bar.value = total ? loaded / total : 0;
    const inMegabytes = (bytes) => fill(this.words.bytes, { n: written.format(bytes / MEGABYTE) });
    const values = { sent: inMegabytes(loaded), size: inMegabytes(total) };
    this.note.textContent = loaded < total ? fill(this.words.sending, values) : this.words.working;
  }

  #settle({ status, text }) {
    this.bar.hidden = true;
    if (this.state === "cancelled") return;
    const answer = asJson(text);
    if (status === 0) return this.#fail(this.words.lost);
    if (status >= 400) return this.#fail(answer.message ?? reason(status, text));
    if (answer.known) return this.#ask(answer.known);
    this.#become("done", this.words.done);
    this.buttons.replaceChildren();
    if (answer.alike?.length) this.#compare(answer.alike);
    if (answer.tile) this.uploads.added(answer.tile);
  }

  fail() {
    this.#fail(this.words.lost);
  }

  #fail(sentence) {
    this.#become("failed", sentence);
    say(`${this.file.name}: ${sentence}`);
    this.#offer(this.#button(this.words.retry, () => this.#again()), this.#remove());
  }

  /** It is in; say which files look like it. */
  #compare(files) {
    const links = files.map(({ name, url }) => make("a", { href: url, className: "link", dir: "auto" }, name));
    this.note.replaceChildren(this.words.alike, ...links.flatMap((link) => [" ", link]));
  }

  /** Its bytes are in the library, or in its trash: take those, or add the file all the same. */
  #ask({ id, name, trashed }) {
    const { words } = this;
    this.#become("known", fill(trashed ? words.trashed : words.known, { name }));
    this.#offer(
      this.#button(trashed ? words.back : words.use, () => this.#again({ use: id })),
      this.#button(trashed ? words.anew : words.again, () => this.#again({ again: 1 }), "ghost"),
    );
  }

  #again(extra = this.extra) {
    this.extra = extra;
    this.#become("waiting", this.words.waiting);
    this.#offer(this.#cancel());
    this.uploads.next();
  }

  #rest(resting) {
    if (this.resting !== resting) this.uploads.rest(resting ? 1 : -1);
    this.resting = resting;
  }

  #cancel() {
    return this.#cross(fill(this.words.cancel, { name: this.file.name }), () => {
      this.#rest(false);
      this.state = "cancelled";
      this.request?.abort();
      this.uploads.dismiss(this);
    });
  }

  #remove() {
    return this.#cross(fill(this.words.remove, { name: this.file.name }), () => this.uploads.dismiss(this));
  }

  #cross(label, deed) {
    const button = this.#button("×", deed, "ghost icon");
    button.ariaLabel = label;
    return button;
  }

  #button(label, deed, kind = "") {
    const button = make("button", { type: "button", className: `btn sm ${kind}` }, label);
    button.addEventListener("click", deed);
    return button;
  }

  #offer(...buttons) {
    this.buttons.replaceChildren(...buttons);
  }

  #become(state, sentence) {
    this.state = state;
    this.element.className = `uq ${state}`;
    if (sentence) this.note.textContent = sentence;
  }
}

/** A random UUID; crypto.randomUUID is missing where the page came by plain http from another machine. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function asJson(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
