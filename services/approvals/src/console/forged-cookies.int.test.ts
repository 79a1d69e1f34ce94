import { expect, it } from 'vitest';
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
  const { base, cookies } = await startConsole(env);
  const [ticket, signature] = ticketOf(cookies.get(COOKIE));
  const ada = openBrowser(base);
  await ada.signIn(keys.ada);
  const [, ofAda] = ticketOf(ada.cookies.get(COOKIE));
  const elsewhere = await startConsole();
  const forged = [
    cookieOf({ ...ticket, name: 'ada' }, signature),
    cookieOf({ ...ticket, until: Number.MAX_SAFE_INTEGER }, signature),
    cookieOf({ ...ticket, csrf: 'x' }, signature),
    cookieOf(ticket, ofAda),
    cookieOf(ticket, ''),
    cookieOf(ticket, 'x'.repeat(43)),
    `${COOKIE}=`,
    `${COOKIE}=x`,
    elsewhere.cookies.get(COOKIE)?.split(';', 1)[0] ?? '',
    `${COOKIE}=${'A'.repeat(4_000)}`,
  ];
  for (const cookie of forged) {
    const { status } = await openBrowser(base).open('/ui/api/session', { headers: { cookie } });
    expect([cookie, status]).toEqual([cookie, 401]);
  }
  const own = { headers: { cookie: cookieOf(ticket, encodeURIComponent(signature)) } };
  expect((await openBrowser(base).open('/ui/api/session', own)).status).toBe(200);
});
