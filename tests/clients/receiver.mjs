// An app's receiver of webhooks: verifies each message with the public key and hands it to the handler of its event.
import { createServer } from 'node:http';
import { AppStrategy, createClient } from '@wix/sdk';
import { proGallery } from '@wix/pro-gallery';
import { serve } from './bridge.mjs';

const EVENTS = ['Created', 'Updated', 'Deleted', 'ItemCreated', 'ItemUpdated', 'ItemDeleted'];
const messages = [];
const heard = [];
let client;

const body = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
};

const server = createServer(async (request, response) => {
  const message = { headers: request.headers, body: await body(request), refused: null };
  try {
    await client.webhooks.process(message.body);
  } catch (error) {
    message.refused = String(error);
  }
  messages.push(message);
  response.writeHead(message.refused ? 500 : 200).end();
});

await serve({
  listen: () => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port))),
  trust: (publicKey) => {
    client = createClient({ modules: { proGallery }, auth: AppStrategy({ appId: 'any', publicKey }) });
    for (const event of EVENTS) client.proGallery[`onGallery${event}`]((told) => heard.push({ event, told }));
  },
  came: () => ({ messages, heard }),
});
process.exit();
