// The npm package oidc-provider with ESI's addresses and claims: a provider we did not write.
// Prints one line of JSON when ready. POST /simulator/keys/rotate makes it sign with a new key.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const { client, people } = JSON.parse(process.env.KOPURO_INTEROP);

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomBytes(8).toString('hex'), use: 'sig', alg: 'RS256' };
}

async function grantWithoutAsking(ctx) {
  const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
  grant.addOIDCScope('openid profile organizations');
  await grant.save();
  return grant;
}

function newProvider(issuer, keys) {
  const provider = new Provider(issuer, {
    clients: [{
      ...client,
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      id_token_signed_response_alg: 'RS256',
      backchannel_logout_session_required: true,
      require_auth_time: true,
    }],
    jwks: { keys },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    claims: {
      openid: ['sub', 'amr'],
      profile: ['name', 'family_name', 'given_name', 'birthdate', 'pin'],
      organizations: ['organization_tin'],
    },
    enabledJWA: { idTokenSigningAlgValues: ['RS256'] },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
    routes: {
      authorization: '/connect/authorize',
      token: '/connect/token',
      userinfo: '/connect/userinfo',
      end_session: '/connect/endsession',
      jwks: '/.well-known/openid-configuration/jwks',
    },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    loadExistingGrant: grantWithoutAsking,
    // Its own dispatcher refuses loopback addresses, where the back channel of a test has to be.
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
    findAccount: (_, sub) => (people[sub] ? { accountId: sub, claims: () => ({ sub, ...people[sub] }) } : undefined),
  });
  provider.on('server_error', (_, error) => console.error(error));
  provider.on('backchannel.error', (_, error) => console.error(error));
  return provider;
}

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  let keys = [newKey()];
  let provider = newProvider(issuer, keys);
  let answer = provider.callback();

  async function signIn(request, response) {
    const sub = new URL(request.url, issuer).searchParams.get('sub');
    const now = Math.floor(Date.now() / 1000);
    await provider.interactionFinished(request, response, { login: { accountId: sub, amr: ['pwd'], ts: now } });
  }

  server.on('request', async (request, response) => {
    if (request.url === '/simulator/keys/rotate') {
      keys = [newKey(), ...keys];
      provider = newProvider(issuer, keys);
      answer = provider.callback();
      response.writeHead(204).end();
    } else if (request.method === 'POST' && request.url.startsWith('/interaction/')) {
      await signIn(request, response);
    } else {
      answer(request, response);
    }
  });
  console.log(JSON.stringify({ ready: true, url: issuer }));
});

process.on('SIGTERM', () => process.exit(0));
