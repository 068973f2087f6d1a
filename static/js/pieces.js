// A large file, sent in pieces over tus: it goes on where it stopped, after a lost network, a restart, a reload.
//
// The file comes into the library; who sent it is told what it became, in the manner of upload.js.
import { manners } from "./app.js";

const PIECE = 32 * 1024 ** 2; // bytes of one request: as much as a proxy lets through
const DELAYS = [0, 1000, 3000, 5000, 10_000, 20_000, 40_000];

let library; // tus-js-client, once it is asked for

/** Send a file; answers {status, text} as a form would be answered, the text with {media} or {known}.
    `begun` is given what can be done meanwhile: pause, go, cancel. `told` is what else is said of the file. */
export async function send(file, { url, client, again, told = {}, progress, begun }) {
  await (library ??= load(client).catch(forget));
  return new Promise((done) => {
    const upload = new window.tus.Upload(file, {
      endpoint: url,
      chunkSize: PIECE,
      retryDelays: DELAYS,
      metadata: { filename: file.name, ...(again && { again: "1" }), ...told },
      fingerprint: async () => ["vitrine", url, file.name, file.size, file.lastModified, again ? "again" : "", ...Object.values(told)].join(":"),
      removeFingerprintOnSuccess: true,
      onBeforeRequest: (request) => Object.entries(manners()).forEach(([name, value]) => request.setHeader(name, value)),
      onProgress: (loaded, total) => progress({ loaded, total }),
      onSuccess: () => became(upload.url).then(done),
      onError: (error) => done(answerOf(error)),
    });
    const cancel = () => {
      upload.abort(true).catch(() => {}); // what cannot be taken back now is swept away in a day
      done({ status: 0, text: "" });
    };
    begun({ pause: () => upload.abort(), go: () => go(upload), cancel });
    go(upload);
  });
}

/** Begin, or go on with what this browser had begun. */
async function go(upload) {
  const [earlier] = await upload.findPreviousUploads();
  if (earlier) upload.resumeFromPreviousUpload(earlier);
  upload.start();
}

async function became(address) {
  try {
    const answer = await fetch(address, { headers: manners() });
    return { status: answer.status, text: await answer.text() };
  } catch {
    return { status: 0, text: "" };
  }
}

function answerOf({ originalResponse }) {
  return { status: originalResponse?.getStatus() ?? 0, text: originalResponse?.getBody() ?? "" };
}

function forget(error) {
  library = undefined; // it is asked for again the next time
  throw error;
}

function load(address) {
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    Object.assign(script, { src: address, onload: done, onerror: failed });
    document.head.append(script);
  });
}
