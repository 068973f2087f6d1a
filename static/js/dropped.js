// Files out of what was dropped or pasted: a folder stands for the files in it and below it, in the order of their
// names, 2 before 10; what systems hide there is left where it is.

const HIDDEN = /^(\.|__MACOSX$|Thumbs\.db$|desktop\.ini$)/i;
const byName = new Intl.Collator("en", { numeric: true });

/** Whether files are dragged, not words or pictures of a page. */
export const holdsFiles = ({ dataTransfer }) => Boolean(dataTransfer?.types.includes("Files"));

/** Return the files that were dropped, folder by folder. What cannot be read is left out. */
export async function dropped({ files, items }) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()); // to be asked before anything is waited for
  const loose = [...files];
  if (!entries.some((entry) => entry?.isDirectory)) return loose;
  return (await Promise.all(entries.filter(Boolean).map(filesOf))).flat();
}

/** Return the files of a paste, and keep it from going elsewhere; text that comes with a picture stays text. */
export function pasted(event) {
  const { files } = event.clipboardData;
  if (event.defaultPrevented || event.target?.closest?.("input, textarea, [contenteditable]")) return [];
  if (files.length) event.preventDefault?.();
  return [...files].map(named);
}

/** Every picture that was never a file is called image.png: call it by when it was pasted. */
function named(file) {
  if (!/^image\.\w+$/.test(file.name)) return file;
  const moment = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString();
  const name = `pasted-${moment.slice(0, 19).replace("T", "-").replaceAll(":", "")}.${file.name.split(".").pop()}`;
  return new File([file], name, { type: file.type });
}

async function filesOf(entry) {
  if (HIDDEN.test(entry.name) && entry.fullPath.lastIndexOf("/") > 0) return [];
  if (entry.isFile) return new Promise((done) => entry.file((file) => done([file]), () => done([])));
  const inside = (await all(entry.createReader())).sort((one, other) => byName.compare(one.name, other.name));
  const found = [];
  for (const each of inside) found.push(...(await filesOf(each)));
  return found;
}

/** A reader gives a hundred entries at a time. */
async function all(reader) {
  const read = () => new Promise((done) => reader.readEntries(done, () => done([])));
  const found = [];
  for (let some = await read(); some.length; some = await read()) found.push(...some);
  return found;
}
