// Items from three formats to one, and to that of $w.Gallery: the server's own, $w.Gallery's, the viewer's (embedded.js).

/** Where this Vitrine is: its script stands at its root. */
export const HOME = new URL(".", import.meta.url);

const KINDS = { i: "image", v: "video", h: "text", html: "text" };

export const absolute = (address) => new URL(address, HOME).href;
export const between = (least, value, most) => Math.min(Math.max(value, least), most);

/** An address that a link may lead to; none for a script. */
export function leads(address) {
  try {
    const { href, protocol } = new URL(address, document.baseURI);
    return ["http:", "https:", "mailto:", "tel:"].includes(protocol) ? href : "";
  } catch {
    return "";
  }
}

const CHARACTERS = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** What is read in HTML that somebody else has written: nobody parses it, and no element of it comes into the page. */
function wordsIn(html) {
  const lines = String(html ?? "").replace(/<(br|\/p|\/li|\/div|\/h\d)[^>]*>/gi, "\n");
  const words = lines.replace(/<[^>]*>/g, "").replace(/&(\w+);/g, (all, name) => CHARACTERS[name] ?? all);
  return words.replace(/&#(\d{1,6});/g, (_, code) => String.fromCodePoint(code)).trim();
}

/** An item that a page has set; `known` are those of the gallery, by id, whose size may be known. */
export function normal(given, known, place) {
  const about = typeof given.metaData === "string" ? JSON.parse(given.metaData) : given.metaData;
  return about || given.itemId ? ofViewer(given, about ?? {}, place) : ofVelo(given, known, place);
}

function ofVelo(given, known, place) {
  const like = known.get(String(given.slug ?? ""));
  const { width = 4, height = 3 } = like?.picture ?? {};
  const kind = String(given.type ?? "image").toLowerCase();
  return {
    id: String(given.slug || `item-${place}`), kind: kind === "video" ? kind : "image", title: given.title,
    description: given.description, alt: like?.alt ?? given.title, focal: like?.focal, number: place + 1,
    link: given.link ? { url: given.link } : null, video: kind === "video" ? { url: given.src } : null,
    picture: { width, height, src: kind === "video" ? given.thumbnail : given.src },
  };
}

function ofViewer(given, about, place) {
  const type = String(about.type ?? "image").toLowerCase();
  const kind = KINDS[type] ?? (type === "video" || type === "text" ? type : "image");
  const poster = [about.poster ?? about.customPoster ?? about.posters].flat().filter(Boolean).at(-1);
  const src = given.mediaUrl || given.url || given.src || given.file_url;
  const size = { width: about.width || 4, height: about.height || 3 };
  return {
    id: String(given.itemId ?? `item-${place}`), kind, number: place + 1,
    title: about.title, description: about.description, alt: about.alt,
    focal: Array.isArray(about.focalPoint) ? about.focalPoint : null,
    link: about.link?.url ? { url: about.link.url, text: about.link.text } : null,
    plain: kind === "text" ? wordsIn(about.html ?? about.text) : "",
    box: { ratio: size.width / size.height, background: about.textStyle?.backgroundColor },
    video: kind === "video" ? { url: about.videoUrl || src } : null,
    picture: kind === "text" ? null : { ...size, src: kind === "video" ? poster?.url ?? poster : src },
  };
}

/** The words of a text, whether or not it comes with its language. */
export const plainly = (text) => (text && typeof text === "object" ? text.text : text) || "";

/** An item as $w.Gallery has it; a text is none. */
export function toVelo(item) {
  if (item.kind === "text") return null;
  const shown = item.picture?.files?.jpg?.at(-1)?.[1] ?? item.picture?.src;
  const [src, film] = [shown ? absolute(shown) : "", item.kind === "video"];
  const said = {
    type: item.kind, slug: item.slug ?? item.id, src: film ? item.video?.url : src,
    title: plainly(item.title), description: plainly(item.description).slice(0, 100),
    link: item.link?.url, thumbnail: film ? src : "",
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value));
}
