// The picture behind a zone of somebody else's page: <vitrine-background zone="HOME_PAGE" lat="45.76" lon="4.83">. It fills
// its box, what stands in the element stands upon it, and the next picture comes when it is due.
import { make, picture } from "./embedded-drawing.js";
import { HOME } from "./embedded-items.js";

const [LEAST, MOST] = [10000, 600000]; // milliseconds between two looks
const ASKED = ["zone", "lat", "lon", "visit", "country", "region", "department", "locality", "postal-code", "street-address"];
const STYLE = `
:host { display: grid; position: relative; overflow: hidden }
:host([hidden]) { display: none }
figure { position: relative; grid-area: 1 / 1; block-size: 100%; min-block-size: 0; margin: 0; overflow: hidden }
figure.under { position: absolute; inset: 0 }
picture { display: block; block-size: 100% }
.shot { display: block; inline-size: 100%; block-size: 100%; object-fit: cover; background: var(--c, #8883) }
figcaption { position: absolute; inset: auto 0 0 auto; max-inline-size: min(100%, 44ch); padding: 4px 10px; background: #000b; color: #fff; font-size: .8125em; line-height: 1.4; overflow-wrap: anywhere }
slot { position: relative; grid-area: 1 / 1; display: block; min-inline-size: 0 }
@media (prefers-reduced-motion: no-preference) { picture { animation: come 400ms } @keyframes come { from { opacity: 0 } } }
@media (forced-colors: active) { figcaption { border: 1px solid; background: Canvas; color: CanvasText } }
`;
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

const camel = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

class VitrineBackground extends HTMLElement {
  static observedAttributes = [...ASKED, "lang"];

  #said = ""; // the answer that is shown, as it came
  #shape = 1;
  #asking = null;
  #timer = 0;
  #due = Infinity;
  #figure = make("figure");
  #slot = make("slot");
  #watching = new ResizeObserver(() => this.#measure());
  #look = () => document.hidden || Date.now() < this.#due || this.#load();

  constructor() {
    super();
    this.#figure.setAttribute("part", "figure");
    this.#slot.addEventListener("slotchange", () => (this.#figure.className = this.#slot.assignedElements().length ? "under" : ""));
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(this.#figure, this.#slot);
  }

  connectedCallback() {
    document.addEventListener("visibilitychange", this.#look);
    this.#watching.observe(this);
    this.#load();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    document.removeEventListener("visibilitychange", this.#look);
    this.#watching.disconnect();
  }

  attributeChangedCallback(_name, before, now) {
    if (before !== now && this.isConnected) this.#load();
  }

  async #load() {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    let until = null;
    try {
      const cache = this.#due > Date.now() ? "default" : "no-cache";
      const answer = await fetch(this.#address(), { credentials: "omit", cache, signal: asking.signal });
      const body = await answer.text();
      if (answer.ok) until = JSON.parse(body).until;
      if (answer.ok || answer.status < 500) await this.#show(answer.ok ? body : "", asking.signal);
    } catch { /* what is shown stays, and it is asked for again */ }
    if (asking.signal.aborted) return;
    const left = until ? Date.parse(until) - Date.now() + 500 : MOST;
    const wait = Math.min(Math.max(left, LEAST), MOST);
    this.#due = Date.now() + wait;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#look, wait);
  }

  #address() {
    const address = new URL("api/backgrounds/resolve", HOME);
    for (const name of ASKED) if (this.hasAttribute(name)) address.searchParams.set(camel(name), this.getAttribute(name));
    const lang = this.closest("[lang]")?.lang;
    if (lang) address.searchParams.set("lang", lang);
    return address;
  }

  /** Show an answer once its picture has come, nothing for none. */
  async #show(body, signal) {
    if (body === this.#said) return;
    const found = body ? JSON.parse(body) : null;
    const made = found ? picture(found, { sizes: "100vw", alt: found.alt?.text ?? "", eager: true }) : "";
    if (found) {
      this.#shape = found.picture.width / found.picture.height;
      this.#measure(made);
      await made.querySelector("img")?.decode().catch(() => {});
    }
    if (signal.aborted) return;
    this.#said = body;
    this.#figure.replaceChildren(...[made, caption(found)].filter(Boolean));
    this.dispatchEvent(new CustomEvent("backgroundchanged", { detail: found }));
  }

  /** Have the browser pick a file that is large enough to cover the box. */
  #measure(drawn = this.#figure) {
    const { width, height } = this.getBoundingClientRect();
    const sizes = `${Math.ceil(Math.max(width, height * this.#shape, 1))}px`;
    for (const each of drawn.querySelectorAll("[sizes]")) if (each.sizes !== sizes) each.sizes = sizes;
  }
}

function caption(found) {
  if (!found?.caption) return null;
  const { text, lang, dir } = found.caption;
  const made = make("figcaption", { lang, dir }, text);
  made.setAttribute("part", "caption");
  return made;
}

if (!customElements.get("vitrine-background")) customElements.define("vitrine-background", VitrineBackground);

export default VitrineBackground;
