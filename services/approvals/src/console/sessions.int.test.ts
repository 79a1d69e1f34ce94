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
    expect((await ada.get<{ csrf_token: string }>('/session')).body.csrf_token).toBe(body.csrf_token);
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
    for (const [back, to] of [
      [path, path],
      ['/ui/tools', '/ui/tools'],
      ['//evil.example', '/ui/approvals'],
      ['/ui/approvals/../../evil', '/ui/approvals'],
      ['/ui/approvals\n', '/ui/approvals'],
    ] as const) {
      const { status, location } = await browser.send('/ui/session', { secret: CODE, back });
      expect([status, location]).toEqual([303, to]);
    }
    expect((await browser.open(path)).text).toContain('>refunds.create</a>: pending</h2>');
  });

  it('without scripts says what went wrong, and another site signs nobody in', async () => {
    const { base } = await startConsole();
    const browser = openBrowser(base);
    const wrong = await browser.send('/ui/session', { secret: 'wrong-code', back: '/ui/approvals' });
    expect(wrong.location).toBe('/ui/approvals?error=wrong_code');
    expect((await browser.open(wrong.location ?? '')).text).toContain('The code is wrong.');
    const foreign = await browser.send('/ui/session', { secret: CODE }, { 'sec-fetch-site': 'cross-site' });
    expect(foreign.location).toBe('/ui/approvals?error=forbidden_origin');
    expect((await browser.send('/ui/session', {})).location).toBe('/ui/approvals?error=invalid_request');
    expect(browser.cookies.size).toBe(0);
  });
});

describe('a session', () => {
  it('is over where somebody signs out, and another site can not end it', async () => {
    const browser = await startConsole();
    expect((await browser.post('/session/end', {}, { 'x-csrf-token': 'x' })).status).toBe(403);
    expect((await browser.get('/session')).status).toBe(200);
    expect((await browser.post('/session/end', {})).status).toBe(200);
    expect((await browser.get('/session')).status).toBe(401);
  });

  it('that somebody ended is over for a copy of its cookie too', async () => {
    const { base, ...browser } = await startConsole();
    const copy = openBrowser(base);
    for (const [name, cookie] of browser.cookies) copy.cookies.set(name, cookie);
    expect((await copy.get('/session')).status).toBe(200);
    await browser.post('/session/end', {});
    expect((await copy.get('/session')).status).toBe(401);
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
    const { cookies } = await startConsole(env);
    /** The same browser, after a restart with this environment. */
    const after = async (more: Record<string, string>) => {
      await stopAll();
      const browser = openBrowser((await startReplica(more)).address());
      for (const [name, cookie] of cookies) browser.cookies.set(name, cookie);
      return (await browser.get('/session')).status;
    };
    expect(await after(env)).toBe(200);
    expect(await after({ ...env, APPROVAL_CODE: 'another-code' })).toBe(401);
    expect(await after({})).toBe(401);
    expect(await after(await secretFile())).toBe(401);
  });
});
