// tus-js-client as its makers left it: sends a file and goes on by itself after whatever comes between.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Upload } from 'tus-js-client';
import { serve } from './bridge.mjs';

const PIECE = 32 * 1024 ** 2;
const DELAYS = Array(30).fill(1000);

// Answers with the upload's address and how often it had to try again.
const send = async (path, endpoint, headers) => {
  const { size } = await stat(path);
  let again = 0;
  return new Promise((done, failed) => {
    const upload = new Upload(createReadStream(path), {
      endpoint,
      headers,
      uploadSize: size,
      chunkSize: PIECE,
      retryDelays: DELAYS,
      metadata: { filename: basename(path) },
      onShouldRetry: () => (again += 1) > 0,
      onError: failed,
      onSuccess: () => done({ url: upload.url, again }),
    });
    upload.start();
  });
};

await serve({ send });
