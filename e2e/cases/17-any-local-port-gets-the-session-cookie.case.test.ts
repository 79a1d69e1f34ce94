import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type HostilePort, startHostilePort } from '../testkit/console/hostile-port.ts';
import { openPerson, type Person } from '../testkit/console/person.ts';
import { startWorld, type World } from '../testkit/console/world.ts';
import { post } from '../testkit/rest.ts';

const TOOL = 'pay.out';
const MAY_COMPLAIN = /status of 40[13]|CORS|ERR_FAILED|ERR_BLOCKED|frame|Refused|forbidden by/;

let world: World;
let other: HostilePort;
let waits: string;
beforeAll(async () => {
  [world, other] = await Promise.all([startWorld(), startHostilePort()]);
});
afterAll(() => Promise.all([world.stop(), other.stop()]));
beforeEach(async () => {
  other.serve({});
  waits = await world.ask({ tool: TOOL, amount_cents: 999_999 });
});
afterEach(async () => {
  expect(await world.statusOf(waits)).toBe('pending');
  await post(world.stack.url, `/approvals/${waits}/cancel`, {});
});

/** A session of somebody else, who may sign in too: its cookie as it can be set, and its half. */
async function sessionOfBob(): Promise<{ cookie: string; half: string }> {
  const { headers, body } = await post(world.stack.url, '/ui/api/session', { secret: world.keys.bob });
  return { cookie: headers.getSetCookie()[0]?.split(';', 1)[0] ?? '', half: String(body['page_token']) };
}

/** Visits the other port, and gives the cookie that it gets. */
async function visited(page: Page): Promise<string> {
  await page.goto(other.url);
  const { cookie = '', referer } = other.seen.at(-1) ?? {};
  expect(cookie).toMatch(/^aegis_session=.{100}/);
  expect(referer).toBeUndefined();
  return cookie;
}

const ours = ({ url }: World['stack'], path: string): string => `${url}${path}`;

/** Asks as a program does, which sends what it likes; gives the answers, of which none is one to somebody signed in. */
async function tryCookie(cookie: string): Promise<void> {
  const { stack } = world;
  const headers = {
    cookie,
    origin: stack.url,
    referer: ours(stack, '/ui/approvals'),
    'sec-fetch-site': 'same-origin',
  };
  const reads = ['session', 'inbox', `approvals/${waits}`, 'history', 'grants', 'tools', 'webhooks'].map(
    (of) => `/ui/api/${of}`,
  );
  for (const path of reads)
    expect([path, (await fetch(ours(stack, path), { headers })).status]).toEqual([path, 401]);
  for (const path of ['/ui/', '/ui/approvals', `/ui/approvals/${waits}`, '/ui/tools', '/ui/s/x/approvals']) {
    expect(await (await fetch(ours(stack, path), { headers })).text()).not.toContain(TOOL);
  }
  for (const path of [
    `approvals/${waits}/approve`,
    `approvals/${waits}/deny`,
    `approvals/${waits}/grant`,
    'session/end',
  ]) {
    const { status } = await post(stack.url, `/ui/api/${path}`, { revision: 1, minutes: 5 }, headers);
    expect([path, status]).toEqual([path, 401]);
  }
  const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
  for (const path of [`/ui/approvals/${waits}`, `/ui/s/${'x'.repeat(43)}/approvals/${waits}`]) {
    const sent = await fetch(ours(stack, path), {
      method: 'POST',
      body: 'verdict=approve',
      headers: form,
      redirect: 'manual',
    });
    expect(sent.headers.get('location')).toContain('error=unauthorized');
  }
}

describe('with scripts, a program on another port', () => {
  let ada: Person;
  beforeAll(async () => {
    ada = await openPerson(world, { secret: world.keys.ada });
  });
  afterAll(() => ada.close());
  afterEach(() => ada.checkFaults(MAY_COMPLAIN));

  const isAda = async (): Promise<void> => {
    await ada.open('/ui/approvals');
    await ada.page.locator('header .name', { hasText: 'ada' }).waitFor();
  };
  const isOut = () => ada.page.getByRole('heading', { name: 'Sign in to decide' }).waitFor();
  const signIn = async (): Promise<void> => {
    await ada.page.getByLabel('Code or key').fill(world.keys.ada);
    await ada.page.getByRole('button', { name: 'Sign in' }).click();
    await ada.page.locator('header .name', { hasText: 'ada' }).waitFor();
  };

  it('gets the cookie of whoever visits it, and reads, decides and ends nothing with it', async () => {
    const { page } = ada;
    await tryCookie(await visited(page));
    expect(await page.evaluate('[localStorage.length, sessionStorage.length, document.cookie]')).toEqual([
      0,
      0,
      '',
    ]);
    await isAda();
  });

  it('that listens at the other address of localhost meets nobody: the console is at one address', async () => {
    const { url } = world.stack;
    await ada.page.goto(`${url.replace('127.0.0.1', 'localhost')}/ui/approvals/${waits}`);
    expect(ada.page.url()).toBe(`${url}/ui/approvals/${waits}`);
    await ada.page.locator('article h1', { hasText: TOOL }).waitFor();
  });

  it('has its page drive the browser, and reads, decides and ends nothing', async () => {
    const { page } = ada;
    await page.goto(other.url);
    const asked = await page.evaluate<string[]>(`(async ([base, id]) => {
      const tries = [
        ['/ui/api/inbox', {}],
        ['/ui/api/inbox', { headers: { 'x-page-token': 'x' } }],
        ['/ui/api/approvals/' + id + '/approve', { method: 'POST', body: '{"revision":1}' }],
        ['/ui/api/session/end', { method: 'POST' }],
        ['/ui/session', { method: 'POST', body: new URLSearchParams({ secret: 'x' }) }],
        ['/events?types=approval', {}],
      ];
      const said = [];
      for (const [path, init] of tries) for (const mode of ['cors', 'no-cors']) {
        const answer = fetch(base + path, { ...init, mode, credentials: 'include' });
        said.push(await answer.then((r) => r.type + ' ' + r.status, () => 'nothing'));
      }
      return said;
    })(${JSON.stringify([world.stack.url, waits])})`);
    for (const said of asked) expect(said).toMatch(/^(nothing|opaque 0)$/);
    const form = (path: string, fields: string) =>
      `<form method="post" action="${world.stack.url}${path}">${fields}<button>go</button></form>`;
    for (const body of [
      form(`/ui/approvals/${waits}`, '<input name="verdict" value="approve">'),
      form('/ui/session', `<input name="secret" value="${world.keys.bob}">`),
    ]) {
      other.serve({ body });
      await page.goto(other.url);
      await page.getByRole('button', { name: 'go' }).click();
      await page.waitForURL(`${world.stack.url}/**`);
    }
    await isAda();
  });

  it('plants a session of its own, and puts nobody into it', async () => {
    const { page } = ada;
    const bob = await sessionOfBob();
    other.serve({ cookies: [`${bob.cookie}; Path=/; HttpOnly`] });
    await page.goto(other.url);
    await ada.open(`/ui/approvals/${waits}`);
    await isOut();
    for (const path of ['approvals', `approvals/${waits}`]) {
      const to = `${world.stack.url}/ui/s/${bob.half}/${path}`;
      other.serve({ cookies: [`${bob.cookie}; Path=/; HttpOnly`], to });
      await page.goto(other.url);
      await isOut();
      expect(new URL(page.url()).pathname).toBe(`/ui/${path}`);
      expect(await page.content()).not.toContain(TOOL);
    }
    await signIn();
  });

  it.each(['Path=/ui', 'Path=/ui/api/approvals', 'Path=/ui/', 'Path=/; SameSite=None; Secure; Partitioned'])(
    'puts a cookie of its own beside ours (%s), and whoever signs in is themselves again',
    async (attributes) => {
      const { page } = ada;
      await isAda();
      other.serve({ cookies: [`${(await sessionOfBob()).cookie}; ${attributes}; HttpOnly`] });
      await page.goto(other.url);
      await ada.open(`/ui/approvals/${waits}`);
      await isOut();
      await page.getByText('Another program on this machine').waitFor();
      await signIn();
      await page.locator('article h1', { hasText: TOOL }).waitFor();
    },
  );
});

describe('without scripts, a program on another port', () => {
  let ada: Person;
  beforeAll(async () => {
    ada = await openPerson(world, { secret: world.keys.ada, javaScriptEnabled: false });
  });
  afterAll(() => ada.close());
  afterEach(() => ada.checkFaults(MAY_COMPLAIN));

  const said = () => ada.page.locator('main').innerText();

  it('gets the cookie of whoever visits it, and not the half in the address that they come from', async () => {
    const { page } = ada;
    await ada.open('/ui/approvals');
    const at = page.url();
    expect(new URL(at).pathname).toMatch(/^\/ui\/s\/[\w-]{43}\/approvals$/);
    expect(await said()).toContain('Signed in as ada');
    await page.evaluate(`document.querySelector('main').append(
      Object.assign(document.createElement('a'), { href: '${other.url}', textContent: 'the app' }));`);
    await page.getByRole('link', { name: 'the app' }).click();
    await page.waitForURL(other.url);
    const { cookie = '', referer } = other.seen.at(-1) ?? {};
    expect([cookie.startsWith('aegis_session='), referer]).toEqual([true, undefined]);
    await tryCookie(cookie);
    expect(await (await fetch(at)).text()).not.toContain(TOOL);
    await page.goBack();
    expect(await said()).toContain('Signed in as ada');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/ui/approvals');
    expect(await (await fetch(at, { headers: { cookie } })).text()).not.toContain(TOOL);
  });

  it('plants a session of its own, leads people to it, and they are nobody there', async () => {
    const { page } = ada;
    const bob = await sessionOfBob();
    const cookies = [`${bob.cookie}; Path=/; HttpOnly`];
    const there = `${world.stack.url}/ui/s/${bob.half}/approvals`;
    other.serve({ cookies, to: there });
    await page.goto(other.url);
    await page.getByLabel('Key or code').waitFor();
    other.serve({ cookies, body: `<a href="${there}">the app</a>` });
    await page.goto(other.url);
    await page.getByRole('link').click();
    await page.getByLabel('Key or code').waitFor();
    const form = `<form method="post" action="${there}/${waits}"><button name="verdict" value="deny">go</button></form>`;
    other.serve({ cookies, body: form });
    await page.goto(other.url);
    await page.getByRole('button').click();
    await page.waitForURL(`${world.stack.url}/**`);
    const login = `<form method="post" action="${world.stack.url}/ui/session"><input name="secret" value="${world.keys.bob}"><button>go</button></form>`;
    other.serve({ body: login });
    await page.goto(other.url);
    await page.getByRole('button').click();
    await page.waitForURL(`${world.stack.url}/**`);
    expect(await page.content()).not.toContain('Signed in as');
    await ada.open(`/ui/approvals/${waits}`);
    expect(await said()).toContain('Signed in as ada');
    expect(await said()).toContain(TOOL);
  });
});
