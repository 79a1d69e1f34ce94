import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openBrowser, startConsole } from '../testkit/browser.ts';
import { createPeople } from '../testkit/people.ts';
import { CODE, request, startReplica, stopAll, useWorld, world } from '../testkit/world.ts';

useWorld();

const COOKIE = 'aegis_session';
async function secretFile() {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-session-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return { SESSION_SECRET_FILE: join(folder, 'session.secret') };
}
/** The parts of a cookie as it was set. */
const partsOf = (cookie = ''): string[] => cookie.split('; ').slice(1).toSorted();

describe('signing in', () => {
  it('takes the code, or a key, and tells who it is and until when', async () => {
    const { env, keys } = await createPeople();
    const { base, ...browser } = await startConsole(env);
    expect((await browser.get('/session')).body).toMatchObject({ name: 'approval-code', roles: ['admin'] });
    const ada = openBrowser(base);
    const { status, body } = await ada.signIn(keys.ada);
    expect([status, body]).toMatchObject([200, { name: 'ada', roles: ['finance'] }]);
    expect(Date.parse(body.expires_at) - Date.parse(body.now)).toBeGreaterThan(8 * 3_600_000 - 5_000);
    expect(body.page_token).toMatch(/^[\w-]{43}$/);
    expect((await ada.get('/session')).body).not.toHaveProperty('page_token');
  });

  it('sets a cookie that no script reads and no other site sends; over TLS bound to its host', async () => {
    const { cookies } = await startConsole();
    expect([...cookies.keys()]).toEqual([COOKIE]);
    expect(partsOf(cookies.get(COOKIE))).toEqual(['HttpOnly', 'Max-Age=28800', 'Path=/', 'SameSite=Strict']);
    const secure = await startConsole({ CONSOLE_URL: 'https://aegis.example.com' });
    expect([...secure.cookies.keys()]).toEqual(['__Host-aegis_session']);
    expect(partsOf(secure.cookies.get('__Host-aegis_session'))).toEqual([
      'HttpOnly',
      'Max-Age=28800',
      'Path=/',
      'SameSite=Strict',
      'Secure',
    ]);
    expect((await secure.get('/session')).status).toBe(200);
  });

  it('with a wrong key or code is nobody, and guessing is stopped', async () => {
    const { base, ...browser } = await startConsole();
    const stranger = openBrowser(base);
    const answers = [];
    for (let n = 0; n < 7; n++) answers.push((await stranger.signIn('wrong-code')).status);
    expect(answers).toEqual([401, 401, 401, 401, 401, 429, 429]);
    expect((await stranger.signIn(CODE)).status).toBe(429);
    expect([stranger.cookies.size, (await stranger.get('/session')).status]).toEqual([0, 401]);
    expect((await browser.get('/session')).status).toBe(200);
  });

  it('without scripts leads back to the page that was wanted, and to none of another site', async () => {
    const { base } = await startConsole();
    const browser = openBrowser(base);
    const { approval_id } = await request('key');
    const path = `/ui/approvals/${approval_id}`;
    expect((await browser.open(path)).text).toContain('<h1>Sign in</h1>');
    const paths = [];
    for (const [back, to] of [
      [path, path],
      ['/ui/tools', '/ui/tools'],
      ['//evil.example', '/ui/approvals'],
      ['/ui/approvals/../../evil', '/ui/approvals'],
      ['/ui/approvals\n', '/ui/approvals'],
    ] as const) {
      const { status, location } = await browser.send('/ui/session', { secret: CODE, back });
      const [, half = '', page] = /^(\/ui\/s\/[\w-]{43})(\/.*)$/.exec(location ?? '') ?? [];
      expect([status, `/ui${page}`]).toEqual([303, to]);
      paths.push(`${half}${path.slice('/ui'.length)}`);
    }
    const open = async (at = ''): Promise<string> => (await browser.open(at)).text;
    expect(await open(paths.at(-1))).toContain('>refunds.create</a>: pending</h2>');
    // Another sign-in set another cookie; and the address without a half is told nothing.
    for (const one of [paths[0], path]) expect(await open(one)).toContain('<h1>Sign in</h1>');
  });

  it('without scripts says what went wrong, and another site signs nobody in', async () => {
    const { base } = await startConsole();
    const browser = openBrowser(base);
    const wrong = await browser.send('/ui/session', { secret: 'wrong-code', back: '/ui/approvals' });
    expect(wrong.location).toBe('/ui/approvals?error=wrong_code');
    expect((await browser.open(wrong.location ?? '')).text).toContain('The key or code is wrong.');
    for (const site of ['cross-site', 'same-site', 'none']) {
      const foreign = await browser.send('/ui/session', { secret: CODE }, { 'sec-fetch-site': site });
      expect(foreign.location).toBe('/ui/approvals?error=forbidden_origin');
      const asked = await browser.post('/session', { secret: CODE }, { 'sec-fetch-site': site });
      expect(asked).toMatchObject({ status: 403, body: { code: 'forbidden_origin' } });
    }
    expect((await browser.send('/ui/session', {})).location).toBe('/ui/approvals?error=invalid_request');
    expect(browser.cookies.size).toBe(0);
  });
});

describe('a session', () => {
  it('is over where somebody signs out, and another page can not end it', async () => {
    const browser = await startConsole();
    expect((await browser.post('/session/end', {}, { 'x-page-token': 'x' })).status).toBe(401);
    const foreign = await browser.post('/session/end', {}, { 'sec-fetch-site': 'same-site' });
    expect([foreign.status, foreign.headers.getSetCookie()]).toEqual([403, []]);
    expect((await browser.get('/session')).status).toBe(200);
    expect((await browser.post('/session/end', {})).status).toBe(200);
    expect((await browser.get('/session')).status).toBe(401);
  });

  it('that somebody ended is over for a copy of both its halves too', async () => {
    const { base, ...browser } = await startConsole();
    const copy = openBrowser(base);
    for (const [name, cookie] of browser.cookies) copy.cookies.set(name, cookie);
    const headers = { 'x-page-token': browser.pageToken() };
    const status = async () => (await copy.open('/ui/api/session', { headers })).status;
    expect(await status()).toBe(200);
    await browser.post('/session/end', {});
    expect(await status()).toBe(401);
  });

  it('without scripts ends after an hour, and where somebody signs out', async () => {
    const { base } = await startConsole();
    const browser = openBrowser(base);
    const signIn = async () => (await browser.send('/ui/session', { secret: CODE })).location ?? '';
    const title = async (at: string) => /<h1>(.*)<\/h1>/.exec((await browser.open(at)).text)?.[1];
    const first = await signIn();
    expect(partsOf(browser.cookies.get(COOKIE))).toContain('Max-Age=3600');
    world.clock = () => new Date(Date.now() + 3_600_000 - 10_000);
    expect(await title(first)).toBe('Approvals');
    world.clock = () => new Date(Date.now() + 3_600_001);
    expect(await title(first)).toBe('Sign in');
    const second = await signIn();
    const [cookie = ''] = browser.cookies.values();
    const end = second.replace('/approvals', '/session/end');
    expect((await browser.send(end, {})).location).toBe('/ui/approvals');
    expect(browser.cookies.get(COOKIE)).toMatch(/^aegis_session=;/);
    browser.cookies.set(COOKIE, cookie);
    expect(await title(second)).toBe('Sign in');
  });

  it('ends after a working day', async () => {
    const browser = await startConsole();
    world.clock = () => new Date(Date.now() + 8 * 3_600_000 - 60_000);
    expect((await browser.get('/session')).status).toBe(200);
    world.clock = () => new Date(Date.now() + 8 * 3_600_000 + 1);
    expect((await browser.get('/session')).status).toBe(401);
  });

  it('ends with the key: where it is gone, and where there is another one', async () => {
    const { env, keys, without, renew } = await createPeople();
    const { base, ...byCode } = await startConsole(env);
    const [ada, bob] = [openBrowser(base), openBrowser(base)];
    await Promise.all([ada.signIn(keys.ada), bob.signIn(keys.bob)]);
    const statuses = () => Promise.all([ada, bob].map(async (one) => (await one.get('/session')).status));
    expect(await statuses()).toEqual([200, 200]);
    await without('bob');
    await expect.poll(statuses).toEqual([200, 401]);
    await renew('ada');
    await expect.poll(async () => (await ada.get('/session')).status).toBe(401);
    expect((await byCode.get('/session')).status).toBe(200);
  });

  it('goes on over a restart, where its secret is kept, and ends with the code', async () => {
    const env = await secretFile();
    const { cookies, pageToken } = await startConsole(env);
    const headers = { 'x-page-token': pageToken() };
    /** The same browser, after a restart with this environment. */
    const after = async (more: Record<string, string>) => {
      await stopAll();
      const browser = openBrowser((await startReplica(more)).address());
      for (const [name, cookie] of cookies) browser.cookies.set(name, cookie);
      return (await browser.open('/ui/api/session', { headers })).status;
    };
    expect(await after(env)).toBe(200);
    expect(await after({ ...env, APPROVAL_CODE: 'another-code' })).toBe(401);
    expect(await after({})).toBe(401);
    expect(await after(await secretFile())).toBe(401);
  });
});
