// Preloaded before a program made for Wix: what it asks Wix's servers for is asked of Vitrine; the program itself is
// as its makers left it (node --import ./redirect.mjs program.mjs, with VITRINE_URL).
const { fetch: ask } = globalThis;
const HOSTS = new Set(['www.wixapis.com', 'edge.wixapis.com']);

globalThis.fetch = (wanted, options) => {
  const address = new URL(wanted instanceof Request ? wanted.url : wanted);
  if (!HOSTS.has(address.host)) return ask(wanted, options);
  const here = new URL(address.pathname + address.search, process.env.VITRINE_URL);
  return ask(wanted instanceof Request ? new Request(here, wanted) : here, options);
};
