import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyDigest } from '@aegis/kit/keys';
import { expect, it, onTestFinished } from 'vitest';
import { openBrowser, startConsole } from '../testkit/browser.ts';
import { createPeople } from '../testkit/people.ts';
import { useWorld } from '../testkit/world.ts';

useWorld();

const COOKIE = 'aegis_session';
const cookieOf = (ticket: object, signature: string): string =>
  `${COOKIE}=${Buffer.from(JSON.stringify(ticket)).toString('base64url')}.${signature}`;
const ticketOf = (cookie = ''): [Record<string, unknown>, string] => {
  const value = decodeURIComponent(cookie.split(';', 1)[0] ?? '').slice(COOKIE.length + 1);
  const dot = value.indexOf('.');
  const ticket = Buffer.from(value.slice(0, dot), 'base64url').toString();
  return [JSON.parse(ticket) as Record<string, unknown>, value.slice(dot + 1)];
};

it("nobody is who comes with a cookie that was changed, made up, or another's", async () => {
  const { env, keys } = await createPeople();
  const { base, cookies, pageToken } = await startConsole(env);
  const [ticket, signature] = ticketOf(cookies.get(COOKIE));
  const ada = openBrowser(base);
  await ada.signIn(keys.ada);
  const [ticketOfAda, ofAda] = ticketOf(ada.cookies.get(COOKIE));
  const elsewhere = await startConsole();
  const forged = [
    cookieOf({ ...ticket, name: 'ada' }, signature),
    cookieOf({ ...ticket, until: Number.MAX_SAFE_INTEGER }, signature),
    cookieOf({ ...ticketOfAda, page: keyDigest(pageToken()) }, ofAda),
    cookieOf({ ...ticket, csrf: 'x' }, signature),
    cookieOf(ticket, ofAda),
    cookieOf(ticket, ''),
    cookieOf(ticket, 'x'.repeat(43)),
    `${COOKIE}=`,
    `${COOKIE}=x`,
    elsewhere.cookies.get(COOKIE)?.split(';', 1)[0] ?? '',
    `${COOKIE}=${'A'.repeat(4_000)}`,
  ];
  const half = { 'x-page-token': pageToken() };
  for (const cookie of forged) {
    const { status } = await openBrowser(base).open('/ui/api/session', { headers: { ...half, cookie } });
    expect([cookie, status]).toEqual([cookie, 401]);
  }
  const own = { headers: { ...half, cookie: cookieOf(ticket, encodeURIComponent(signature)) } };
  expect((await openBrowser(base).open('/ui/api/session', own)).status).toBe(200);
});

it('who was signed in before an update that asks for both halves signs in anew', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-session-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'session.secret');
  const { base, cookies } = await startConsole({ SESSION_SECRET_FILE: path });
  const secret = Buffer.from((await readFile(path, 'utf8')).trim(), 'hex');
  const [{ page: _page, ...before }] = ticketOf(cookies.get(COOKIE));
  /** What the server says to a cookie of ours with this in it. */
  const statusOf = async (ticket: object): Promise<number> => {
    const value = Buffer.from(JSON.stringify(ticket)).toString('base64url');
    const signature = createHmac('sha256', secret).update(value).digest('base64').replace(/=+$/, '');
    const cookie = `${COOKIE}=${value}.${encodeURIComponent(signature)}`;
    const headers = { cookie, 'x-page-token': 'a-half', 'x-csrf-token': 'a-half' };
    return (await openBrowser(base).open('/ui/api/session', { headers })).status;
  };
  expect(await statusOf({ ...before, page: keyDigest('a-half') })).toBe(200);
  expect(await statusOf({ ...before, csrf: 'a-half' })).toBe(401);
});
