import { describe, expect, it } from 'vitest';
import { type Browser, openBrowser, startConsole } from '../testkit/browser.ts';
import { createPeople, giveGrant } from '../testkit/people.ts';
import { call, get, request, useWorld } from '../testkit/world.ts';

useWorld();

const COOKIE = 'aegis_session';
const TOOL = 'refunds.create';
/** A program, not a browser: it sends what it likes. */
const AS_OUR_PAGE = (base: string) => ({
  origin: base,
  referer: `${base}/ui/approvals`,
  'sec-fetch-site': 'same-origin',
});
const cookieOf = ({ cookies }: Browser): string => cookies.get(COOKIE)?.split(';', 1)[0] ?? '';

describe('the cookie of a session, which any program on this machine can get,', () => {
  it('alone opens, changes and ends nothing, whatever else is sent with it', async () => {
    const { env, keys } = await createPeople();
    const { base, ...person } = await startConsole(env);
    const granted = await request('granted', call(1));
    const { grant_id } = await giveGrant(keys.ada, granted.approval_id);
    const { approval_id } = await request('key', call(2));
    const thief = openBrowser(base);
    const other = openBrowser(base);
    await other.signIn(keys.ada);
    const halves: Record<string, string>[] = [
      {},
      { 'x-page-token': '' },
      { 'x-page-token': other.pageToken() },
      { 'x-csrf-token': 'x' },
    ];
    for (const half of halves) {
      const headers = { ...AS_OUR_PAGE(base), cookie: cookieOf(person), ...half };
      const gets = [
        'session',
        'inbox',
        `approvals/${approval_id}`,
        'history',
        'grants',
        'tools',
        'webhooks',
        'webhooks/x/deliveries',
      ];
      const posts = [
        ...['approve', 'deny', 'grant'].map((verb) => `approvals/${approval_id}/${verb}`),
        `grants/${grant_id}/revoke`,
        'tools/accept',
        'webhooks/x/test',
        'session/end',
      ];
      for (const path of gets)
        expect([path, (await thief.open(`/ui/api/${path}`, { headers })).status]).toEqual([path, 401]);
      for (const path of posts) {
        const { status, headers: answer } = await thief.post(
          `/${path}`,
          { revision: 1, minutes: 5 },
          headers,
        );
        expect([path, status, answer.getSetCookie()]).toEqual([path, 401, []]);
      }
      for (const at of [(path: string) => path, other.at, () => '/ui/s//approvals']) {
        for (const path of ['/ui/approvals', `/ui/approvals/${approval_id}`, '/ui/tools']) {
          expect((await thief.open(at(path), { headers })).text).not.toContain(TOOL);
        }
        const sent = await thief.send(at(`/ui/approvals/${approval_id}`), { verdict: 'approve' }, headers);
        expect(sent.location ?? '?error').not.toContain('decided=');
      }
    }
    expect((await get(approval_id)).status).toBe('pending');
    expect((await person.get('/session')).status).toBe(200);
  });

  it('says nothing of the other half, and the half alone is nobody', async () => {
    const { base, ...person } = await startConsole();
    const ticket = Buffer.from(
      cookieOf(person)
        .slice(COOKIE.length + 1)
        .split('.', 1)[0] ?? '',
      'base64url',
    );
    expect(Object.keys(JSON.parse(ticket.toString()) as object).toSorted()).toEqual([
      'bound',
      'name',
      'page',
      'until',
    ]);
    expect(ticket.toString()).not.toContain(person.pageToken());
    const thief = openBrowser(base);
    const headers = { 'x-page-token': person.pageToken() };
    expect((await thief.open('/ui/api/session', { headers })).status).toBe(401);
    expect((await thief.open(person.at('/ui/approvals'))).text).toContain('<h1>Sign in</h1>');
  });

  it('is believed only where there is one: of two, both are taken away, and signing in sets it anew', async () => {
    const { env, keys } = await createPeople();
    const { base, ...person } = await startConsole(env);
    const mallory = openBrowser(base);
    await mallory.signIn(keys.ada);
    const [own, planted] = [cookieOf(person), cookieOf(mallory)];
    for (const both of [
      `${own}; ${planted}`,
      `${planted}; ${own}`,
      `${own};${COOKIE}=`,
      `${own}; x=1;  ${COOKIE} =${own}`,
    ]) {
      const headers = { cookie: both, 'x-page-token': person.pageToken() };
      const { status, body, headers: answer } = await openBrowser(base).open('/ui/api/inbox', { headers });
      expect([both, status, body['detail']]).toEqual([
        both,
        401,
        expect.stringMatching(/^Another program on this machine/),
      ]);
      const clears = answer.getSetCookie().filter((one) => !one.includes('Partitioned'));
      const cleared = clears.map((one) => /^aegis_session=; Path=([^;]*); Max-Age=0$/.exec(one)?.[1]);
      expect(cleared).toEqual(['/', '/ui', '/ui/', '/ui/api', '/ui/api/', '/ui/api/inbox', '/ui/api/inbox/']);
      expect((await person.open(person.at('/ui/approvals'), { headers })).text).toContain('<h1>Sign in</h1>');
    }
    // A cookie without a name is none of ours, whatever its value: it could not be taken away by its name.
    const nameless = { cookie: `${COOKIE}; ${own}`, 'x-page-token': person.pageToken() };
    expect((await openBrowser(base).open('/ui/api/inbox', { headers: nameless })).status).toBe(200);
    const headers = { cookie: `${own}; ${planted}` };
    const signedIn = await openBrowser(base).send('/ui/session', { secret: keys.ada }, headers);
    const set = signedIn.headers.getSetCookie().filter((one) => !one.startsWith(`${COOKIE}=;`));
    expect(set).toEqual([expect.stringContaining('Path=/;')]);
  });
});

describe('who plants a session of their own', () => {
  it('puts nobody into it: neither a page that has its half, nor one that is led to its addresses', async () => {
    const { env, keys } = await createPeople();
    const { base, ...person } = await startConsole(env);
    await request('key');
    const mallory = openBrowser(base);
    await mallory.signIn(keys.ada);
    person.cookies.set(COOKIE, mallory.cookies.get(COOKIE) ?? '');
    expect((await person.get('/session')).status).toBe(401);
    const title = async (site?: string) => {
      const headers: Record<string, string> = site === undefined ? {} : { 'sec-fetch-site': site };
      return /<h1>(.*)<\/h1>/.exec((await person.open(mallory.at('/ui/approvals'), { headers })).text)?.[1];
    };
    // `none` is what a browser says of an address that was typed, also where another page redirected it here.
    for (const site of ['same-site', 'cross-site', 'none'])
      expect([site, await title(site)]).toEqual([site, 'Sign in']);
    expect(await title('same-origin')).toBe('Approvals');
  });
});
