// The viewer of Wix Pro Gallery, drawn as a server draws it, with the items that Vitrine converts for it (API_KEY).
import { createRequire } from 'node:module';
import { serve } from './bridge.mjs';

console.debug = () => {}; // the viewer tells its version, and lines out are answers
const require = createRequire(import.meta.url);
const { createElement } = require('react');
const { renderToStaticMarkup } = require('react-dom/server');
const { ProGallery } = require('pro-gallery');

const read = async (galleryId) => {
  const address = new URL(`/progallery/v2/galleries/${galleryId}/viewer`, process.env.VITRINE_URL);
  const answer = await fetch(address, { headers: { authorization: process.env.API_KEY } });
  return (await answer.json()).items;
};

// Every item is in view: the container is as high as anybody wants.
const draw = async (galleryId) => {
  const items = await read(galleryId);
  const container = { width: 1200, height: 10000 };
  const createMediaUrl = ({ originalUrl }) => originalUrl;
  const wanted = { id: 'drawn', items, options: {}, container, viewMode: 'SITE', createMediaUrl };
  return renderToStaticMarkup(createElement(ProGallery, wanted));
};

await serve({ draw });
