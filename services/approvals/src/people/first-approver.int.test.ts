import { route } from '@aegis/bus';
import { approvalsInvite } from '@aegis/contracts/first-approver';
import { type FirstAdmin, policyFirstAdmin } from '@aegis/contracts/identities';
import { APPROVER_LOG } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { keyDigest } from '@aegis/kit/keys';
import { connectTestBus } from '@aegis/testkit/bus';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openBrowser } from '../testkit/browser.ts';
import { decide, recordDigest } from '../testkit/people.ts';
import { codeOf, complete, get, request, soon, startReplica, useWorld, world } from '../testkit/world.ts';

useWorld();

const TOKEN = 'a token that a terminal made';
const MINUTE = 60_000;
let urls: string[];
/** What policy says of a first admin, and who became one. */
let refused: string | undefined;
let made: FirstAdmin[];

/** Two replicas as in compose, and policy, which lets one be the first. */
async function startReplicas(count = 1, env: Record<string, string> = {}): Promise<void> {
  [urls, refused, made] = [[], undefined, []];
  const policy = await world.policy.respond([
    route(policyFirstAdmin, async (asked) => {
      if (refused !== undefined || made.length > 0)
        return { refused: refused ?? 'somebody is an admin already' };
      if (asked.name === 'taken')
        throw new AppError('name_taken', 'There is somebody of the name taken already.');
      if (asked.name === undefined || asked.key === undefined) return {};
      made.push(asked);
      await recordDigest(asked.name, asked.key.digest, ['admin']);
      return {};
    }),
  ]);
  onTestFinished(() => policy.drain());
  for (let n = 0; n < count; n++) {
    const replica = await startReplica({ APPROVAL_CODE: '', ...env });
    urls.push(replica.address());
  }
}

/** As the command asks at a terminal: with the key of approvals itself. */
async function invite(token = TOKEN) {
  const bus = await connectTestBus(world.server, 'approvals');
  try {
    const asked = { token_digest: keyDigest(token), asked_by: 'os-user:me' };
    return await bus.ask(approvalsInvite, asked, soon());
  } finally {
    await bus.close();
  }
}

async function become(token = TOKEN, name = 'ada', url = urls[0]) {
  const { status, body } = await openBrowser(url ?? '').post('/first-approver', { token, name });
  return { status, ...(body as { name?: string; key?: string; code?: string; detail?: string }) };
}

/** What the log has of it, the newest. */
const lastOnRecord = async () => {
  const bus = await connectTestBus(world.server, 'approvals');
  const last = await bus.read.last(APPROVER_LOG, Date.now() + 2_000);
  await bus.close();
  return last?.event;
};

describe('where nobody can approve', () => {
  it('whoever opens the link gets a key of their own, and decides at once; it is on record', async () => {
    await startReplicas();
    await request('key');
    expect(await invite()).toEqual({ until: expect.any(String) as string });
    const { status, name, key = '' } = await become();
    expect([status, name]).toEqual([200, 'ada']);
    expect((await decide(key, 'key')).approval).toMatchObject({ status: 'approved', decided_by: 'ada' });
    const data = {
      name: 'ada',
      roles: ['admin'],
      key: keyDigest(key),
      by: 'approve-here',
      asked_by: 'os-user:me',
    };
    expect(await lastOnRecord()).toMatchObject({ type: 'aegis.approver.added.v1', data });
  });

  it('only digests are kept, and policy hears who asked for the link', async () => {
    await startReplicas();
    await invite();
    expect(JSON.stringify(await lastOnRecord())).not.toContain(TOKEN);
    const { key = '' } = await become();
    expect(made).toEqual([{ name: 'ada', key: { digest: keyDigest(key) }, by: 'os-user:me' }]);
    expect(JSON.stringify(await lastOnRecord())).not.toContain(key);
  });

  it('of many who open a link at once, at two replicas, one becomes an approver', async () => {
    await startReplicas(2);
    await invite();
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, n) => become(TOKEN, `person-${n}`, urls[n % 2])),
    );
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(made.map(({ name }) => name)).toEqual(all.flatMap(({ name }) => name ?? []));
  });

  it('of two links the last alone opens anything', async () => {
    await startReplicas(2);
    const other = 'another token';
    await Promise.all([invite(), invite(other)]);
    const both = [await become(TOKEN, 'ada'), await become(other, 'bob', urls[1])];
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 401]));
  });

  it('a link is over after ten minutes, and none that nobody made opens anything', async () => {
    await startReplicas();
    expect((await become('a guess')).code).toBe('unauthorized');
    await invite();
    expect((await become('a guess')).code).toBe('unauthorized');
    const later = Date.now() + 11 * MINUTE;
    world.clock = () => new Date(later);
    expect(await become()).toMatchObject({
      status: 401,
      detail: expect.stringContaining('approve-here') as string,
    });
    expect(made).toEqual([]);
  });

  it.each(['approval-code', 'admin', 'me', 'a name'])('nobody becomes %j', async (name) => {
    await startReplicas();
    await invite();
    expect(await become(TOKEN, name)).toMatchObject({ status: 422, code: 'invalid_request' });
    expect((await become()).status).toBe(200);
  });

  it('a page of another site makes nobody an approver', async () => {
    await startReplicas();
    await invite();
    const headers = { 'sec-fetch-site': 'same-site', 'content-type': 'application/json' };
    const sent = await openBrowser(urls[0] ?? '').post(
      '/first-approver',
      { token: TOKEN, name: 'x' },
      headers,
    );
    expect(sent.status).toBe(403);
  });

  it('without scripts a form does the same', async () => {
    await startReplicas();
    await invite();
    const { open, send } = openBrowser(urls[0] ?? '');
    const page = await open('/ui/first-approver');
    expect([page.status, page.headers.get('referrer-policy')]).toEqual([200, 'no-referrer']);
    expect((await send('/ui/first-approver', { token: 'a guess', name: 'ada' })).text).toContain(
      'This link opens nothing',
    );
    const { status, text } = await send('/ui/first-approver', { token: TOKEN, name: 'ada' });
    expect([status, text]).toEqual([200, expect.stringMatching(/aegis_approver_[\w-]{43}/)]);
  });

  it('a code approves nothing, burns nothing, and the page says what helps', async () => {
    await startReplicas(1, { APPROVAL_CODE: 'off' });
    await request('key');
    for (const code of ['off', '', 'a code for tests'])
      expect(await codeOf(complete('key', code))).toBe('not_an_approver');
    expect((await get('key')).status).toBe('pending');
    const browser = openBrowser(urls[0] ?? '');
    expect(await browser.signIn('off')).toMatchObject({ status: 401 });
    expect((await browser.open('/ui/approvals')).text).toContain('run &quot;aegis approve-here&quot;');
    expect((await browser.get('/first-approver')).body).toEqual({ is_needed: true });
  });
});

describe('where policy says that there is an admin, or that a file is damaged', () => {
  it('no link is made', async () => {
    await startReplicas();
    refused = 'bob is an admin already';
    expect(await invite()).toEqual({ refused: 'bob is an admin already.' });
    expect(await lastOnRecord()).toBeUndefined();
    expect((await become()).status).toBe(401);
  });

  it('a link that was made before opens nothing any more', async () => {
    await startReplicas();
    await invite();
    refused = 'bob is an admin already';
    expect(await become()).toMatchObject({ code: 'already_decided' });
  });

  it('a name that somebody has leaves the link as it is', async () => {
    await startReplicas();
    await invite();
    expect(await become(TOKEN, 'taken')).toMatchObject({ status: 409, code: 'name_taken' });
    expect((await become()).status).toBe(200);
  });
});

it.each(['gateway', 'mcp', 'enforcer', 'policy'] as const)('%s can ask for no link', async (identity) => {
  await startReplicas();
  const asked = { token_digest: keyDigest(TOKEN), asked_by: 'os-user:me' };
  await expect(world[identity].ask(approvalsInvite, asked, soon(500))).rejects.toThrow();
  expect(await lastOnRecord()).toBeUndefined();
});
