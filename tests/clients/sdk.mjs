// The SDK of Wix Pro Gallery, each method to be called by its name, with a key (API_KEY).
import { ApiKeyStrategy, createClient } from '@wix/sdk';
import { proGallery } from '@wix/pro-gallery';
import { serve } from './bridge.mjs';

const auth = ApiKeyStrategy({ apiKey: process.env.API_KEY, siteId: '11111111-1111-4111-8111-111111111111' });
const { proGallery: sdk } = createClient({ auth, modules: { proGallery } });

// What programs do: read an item, change one thing, send all of it back.
const amend = async (galleryId, itemId, change) => {
  const item = await sdk.getGalleryItem({ galleryId, itemId });
  return sdk.updateGalleryItem({ galleryId, itemId }, { ...item, ...change });
};

await serve({ ...sdk, amend });
