import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { type Receiver, startReceiver } from '@aegis/testkit/webhook-receiver';
import { afterEach, expect, test } from 'vitest';
import { testPayload } from '../domain/payload.ts';
import { createAttempt, type SendDeps } from './attempt.ts';
import type { WebhookEntry } from './registry.ts';
import { makeSecret } from './standard.ts';

const receivers: Receiver[] = [];
afterEach(async () => {
  await Promise.all(receivers.splice(0).map((one) => one.close()));
});
const receiver = async (...given: Parameters<typeof startReceiver>): Promise<Receiver> => {
  const started = await startReceiver(...given);
  receivers.push(started);
  return started;
};

const never = new AbortController().signal;
const toLoopback = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
const noAnswer = () => new Promise<never>(() => undefined);
const noDns = () => Promise.reject(new Error('no name is asked for here'));
const standard = (url: string): WebhookEntry => ({
  type: 'standard',
  url,
  events: ['approval.requested'],
  secret: makeSecret(),
});
const telling = {
  messageId: 'msg_1',
  payload: testPayload('hook', 'http://console', new Date('2026-01-01T00:00:00Z')),
};
function attemptAt(url: string, more: Partial<SendDeps> = {}) {
  const attempt = createAttempt({
    resolve: noDns,
    allowedHosts: ['127.0.0.1'],
    mailServer: undefined,
    timeoutMs: 2_000,
    now: () => new Date(),
    ...more,
  });
  return attempt(standard(url), telling, never);
}

const LOOPBACK = [
  '127.0.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '017700000001',
  '0177.0.0.1',
  '127.1',
  '127.0.0.1.',
  '①②⑦.⓪.⓪.①',
  '%31%32%37.0.0.1',
  '0.0.0.0',
  '0',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[2002:7f00:1::]',
];

test.each(LOOPBACK)('nothing connects to http(s)://%s, however the address is written', async (host) => {
  const { port, connections } = await receiver();
  for (const scheme of ['http', 'https']) {
    const outcome = await attemptAt(`${scheme}://${host}:${port}/`, { allowedHosts: [] });
    expect(outcome).toMatchObject({ ok: false, error: expect.stringContaining('WEBHOOK_ALLOW_HOSTS') });
  }
  expect(connections()).toBe(0);
});

test.each([['10.0.0.7'], ['93.184.216.34', '127.0.0.1'], ['::ffff:127.0.0.1'], ['fe80::1%lo']])(
  'nothing connects where a name stands for %s, or for that among others',
  async (...addresses) => {
    const { port, connections } = await receiver();
    const resolve = () =>
      Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
    const outcome = await attemptAt(`https://hooks.test:${port}/`, { resolve });
    expect(outcome).toMatchObject({ ok: false, error: expect.stringContaining('not a public address') });
    expect(connections()).toBe(0);
  },
);

test('a name that stands for another address a moment later is asked for once: the checked address is used', async () => {
  const checked = await receiver();
  const other = await receiver(undefined, { port: checked.port, host: '127.0.0.2' });
  let asked = 0;
  const resolve = () => Promise.resolve([{ address: asked++ === 0 ? '127.0.0.1' : '127.0.0.2', family: 4 }]);
  const outcome = await attemptAt(`http://hooks.test:${checked.port}/a`, {
    resolve,
    allowedHosts: ['hooks.test'],
  });
  expect(outcome).toEqual({ ok: true, status: 204 });
  expect(asked).toBe(1);
  expect(checked.requests[0]?.headers['host']).toBe(`hooks.test:${checked.port}`);
  expect(other.connections()).toBe(0);
});

test('over TLS the receiver is greeted by its name, at the checked address', async () => {
  const names: string[] = [];
  const server = createTlsServer({
    SNICallback: (name, done) => {
      names.push(name);
      done(new Error('no certificate'));
    },
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const outcome = await attemptAt(`https://hooks.test:${port}/`, {
    resolve: toLoopback,
    allowedHosts: ['hooks.test'],
  });
  expect(outcome).toMatchObject({ ok: false, error: expect.stringContaining('can not be reached') });
  expect(names).toEqual(['hooks.test']);
  await new Promise((done) => server.close(done));
});

test('a host that is allowed is allowed by exactly its name', async () => {
  const { port, connections } = await receiver();
  for (const host of ['x.hooks.test', 'hooks.test.', 'hooks.tes']) {
    const outcome = await attemptAt(`https://${host}:${port}/`, {
      resolve: toLoopback,
      allowedHosts: ['hooks.test'],
    });
    expect(outcome).toMatchObject({ ok: false });
  }
  expect(connections()).toBe(0);
});

test('a redirect is a failure, and nobody goes there', async () => {
  const target = await receiver();
  for (const status of [301, 302, 303, 307, 308]) {
    const from = await receiver(() => ({ status, headers: { location: target.url } }));
    const outcome = await attemptAt(from.url);
    expect(outcome).toEqual({
      ok: false,
      status,
      error: `it answered ${status}, and redirects are not followed`,
    });
  }
  expect(target.connections()).toBe(0);
});

test('an address with a password, or of another kind, is refused before anything is sent', async () => {
  const { port, connections } = await receiver();
  for (const url of [
    `http://me:secret@127.0.0.1:${port}/`,
    `ftp://127.0.0.1:${port}/`,
    'file:///etc/passwd',
  ]) {
    expect(await attemptAt(url)).toMatchObject({ ok: false });
  }
  expect(connections()).toBe(0);
});

test('an answer that takes too long is a failure, and so is a name that nobody answers for', async () => {
  const hanging = await receiver(() => ({ never: true }));
  const late = { ok: false, error: 'no answer within 100 ms' };
  expect(await attemptAt(hanging.url, { timeoutMs: 100 })).toEqual(late);
  expect(await attemptAt('https://hooks.test/', { resolve: noAnswer, timeoutMs: 100 })).toEqual(late);
});

test('a connection that is closed, or refused, is a failure that does not repeat the address', async () => {
  const down = await receiver();
  await down.close();
  const outcome = await attemptAt(`${down.url}/secret-path`);
  expect(outcome).toEqual({ ok: false, error: 'it can not be reached (ECONNREFUSED)' });
});

test('an endless answer is not read to its end', async () => {
  const endless = await receiver(() => ({ status: 200, endless: true }));
  expect(await attemptAt(endless.url)).toEqual({ ok: true, status: 200 });
});

test('what stops an attempt is thrown: nobody takes it for an answer', async () => {
  const hanging = await receiver(() => ({ never: true }));
  const stopping = new AbortController();
  const attempt = createAttempt({
    resolve: noDns,
    allowedHosts: ['127.0.0.1'],
    mailServer: undefined,
    timeoutMs: 5_000,
    now: () => new Date(),
  });
  const running = attempt(standard(hanging.url), telling, stopping.signal);
  setTimeout(() => stopping.abort(), 50);
  await expect(running).rejects.toThrow('aborted');
});
