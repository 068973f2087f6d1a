// An app made for Wix, with an id and a secret of its own, and a page of its that any visitor opens.
import { AppStrategy, createClient, OAuthStrategy } from '@wix/sdk';
import { proGallery } from '@wix/pro-gallery';
import { serve } from './bridge.mjs';

const { APP_ID: appId, APP_SECRET: appSecret, INSTANCE_ID: instanceId } = process.env;
const modules = { proGallery };
const app = createClient({ modules, auth: AppStrategy({ appId, appSecret, instanceId }) });
const visitor = createClient({ modules, auth: OAuthStrategy({ clientId: 'a-page-of-its-own' }) });
const holder = async () => {
  const { headers } = await app.auth.getAuthHeaders();
  return createClient({ modules, auth: AppStrategy({ appId, appSecret, accessToken: headers.Authorization }) });
};

await serve({
  make: (name) => app.proGallery.createGallery({ gallery: { name } }),
  installed: async (code) => {
    const made = createClient({ modules, auth: AppStrategy({ appId, appSecret }) });
    const { refreshToken } = await made.auth.handleOAuthCallback(`https://app.example/?code=${code}&instanceId=${instanceId}`);
    const later = createClient({ modules, auth: AppStrategy({ appId, appSecret, refreshToken }) });
    return later.proGallery.listGalleries();
  },
  tokenInfo: async () => (await holder()).auth.getTokenInfo(),
  elevated: async (name) => {
    const auth = await (await holder()).auth.elevated();
    return createClient({ modules, auth }).proGallery.createGallery({ gallery: { name } });
  },
  visit: () => visitor.proGallery.listGalleries(),
  visitorMakes: (name) => visitor.proGallery.createGallery({ gallery: { name } }),
  visitorRenews: async () => {
    const tokens = await visitor.auth.generateVisitorTokens();
    const renewed = await visitor.auth.renewToken(tokens.refreshToken);
    return { before: tokens.accessToken.value, after: renewed.accessToken.value };
  },
});
