import type { Approval } from '@aegis/contracts/approvals';
import { describe, expect, it } from 'vitest';
import { definition, seen } from '../testkit/definitions.ts';
import { giveGrant, listGrants } from '../testkit/people.ts';
import { sawTool } from '../testkit/tools.ts';
import {
  CODE,
  call,
  complete,
  consume,
  get,
  list,
  request,
  startReplica,
  stopAll,
  useWorld,
  world,
} from '../testkit/world.ts';

useWorld();

const AGENTS = 20;
const EACH = 50;
const HOUR_MS = 3_600_000;
const ahead = () => new Date(Date.now() + HOUR_MS);
const ago = (ms: number) => () => new Date(Date.now() - ms);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** As many as an agent may have waiting, for each of twenty agents, with deadlines of their own. */
async function askThousand(): Promise<Approval[]> {
  const asked: Approval[] = [];
  for (let n = 0; n < AGENTS * EACH; n += AGENTS) {
    const each = Array.from({ length: AGENTS }, (_, agent) =>
      request(`key-${n + agent}`, call(n, `agent-${agent}`), {
        terms: { decide_within_ms: HOUR_MS + n + agent },
      }),
    );
    asked.push(...(await Promise.all(each)));
  }
  return asked;
}

async function listed(): Promise<Approval[]> {
  const all: Approval[] = [];
  for (let before: string | undefined; ; ) {
    const page = await list({ status: 'pending', limit: 500, before });
    all.push(...page.approvals);
    if (page.next === undefined) return all;
    before = page.next;
  }
}

const byId = (a: Approval, b: Approval): number => (a.approval_id < b.approval_id ? -1 : 1);

describe('while a thousand calls wait', () => {
  it('everything may be started again: all wait on, each with its own deadline, and can be decided', async () => {
    await startReplica();
    const asked = await askThousand();
    await stopAll();
    await world.server.restart();
    await startReplica();
    await expect.poll(listed, { timeout: 20_000 }).toHaveLength(AGENTS * EACH);
    expect((await listed()).toSorted(byId)).toEqual(asked.toSorted(byId));
    const [first] = asked;
    expect((await complete(first?.approval_id ?? '')).status).toBe('approved');
    // Each has its deadline to the millisecond: one that is past by one is over, the next one waits.
    const until = Date.parse(asked[499]?.decide_by ?? '');
    world.clock = () => new Date(until);
    expect((await complete(asked[499]?.approval_id ?? '')).status).toBe('approved');
    const late = asked.filter(({ decide_by }) => Date.parse(decide_by) < until).at(-1);
    expect((await complete(late?.approval_id ?? '')).status).toBe('expired');
  });
});

describe('a clock that is set back', () => {
  it('opens nothing that was over when the last call was asked', async () => {
    await startReplica();
    const { approval_id } = await request('key');
    world.clock = () => new Date(Date.now() + 2 * HOUR_MS);
    await request('another', call(1));
    world.clock = ago(24 * HOUR_MS);
    expect((await complete(approval_id)).status).toBe('expired');
  });

  it('nor after everything was started again', async () => {
    await startReplica();
    const { approval_id } = await request('key');
    world.clock = () => new Date(Date.now() + 2 * HOUR_MS);
    await request('another', call(1));
    await stopAll();
    world.clock = ago(24 * HOUR_MS);
    await startReplica();
    expect((await complete(approval_id)).status).toBe('expired');
  });

  it('nor what was over when anything at all was stored last', async () => {
    await startReplica({ APPROVAL_DECIDE_WITHIN_MS: '300' });
    const { approval_id } = await request('key');
    await stopAll();
    await sleep(400);
    await sawTool(seen(definition('x')));
    world.clock = ago(24 * HOUR_MS);
    await startReplica();
    expect((await complete(approval_id)).status).toBe('expired');
    expect((await get(approval_id)).status).toBe('expired');
  });
});

describe('a clock that once ran ahead', () => {
  const env = { APPROVAL_DECIDE_WITHIN_MS: '600', APPROVAL_USE_WITHIN_MS: '600' };

  it.each([
    ['to decide', false],
    ['to use', true],
  ])('gives nobody more time %s by a restart', async (_what, isApproved) => {
    await startReplica({ ...env, ...(isApproved && { APPROVAL_DECIDE_WITHIN_MS: '60000' }) });
    world.clock = ahead;
    const approval = await request('key');
    if (isApproved) await complete('key');
    await stopAll();
    world.clock = () => new Date();
    await sleep(700);
    await startReplica(env);
    expect((await consume(approval)).consumed).toBe(false);
    if (!isApproved) expect((await complete(approval.approval_id)).status).toBe('expired');
  });

  it('nor by many restarts, nor to what is asked after it', async () => {
    await startReplica();
    world.clock = ahead;
    await request('ahead');
    await stopAll();
    world.clock = () => new Date();
    await startReplica(env);
    const approval = await request('key', call(1));
    for (let n = 0; n < 3; n++) {
      await stopAll();
      await sleep(250);
      await startReplica(env);
    }
    expect((await complete(approval.approval_id)).status).toBe('expired');
  });
});

it('what the log took at a time that has not come yet is over after a restart, and so are its grants', async () => {
  await startReplica();
  const [waiting, approved, granted] = [
    await request('a'),
    await request('b', call(1)),
    await request('c', call(2)),
  ];
  await complete('b');
  const grant = await giveGrant(CODE, granted.approval_id, {});
  await stopAll();
  // As the clock of the machine is, that once ran ahead by an hour.
  world.clock = ago(HOUR_MS);
  await startReplica();
  for (const { approval_id } of [waiting, approved, granted]) {
    expect(await get(approval_id)).toMatchObject({
      status: 'superseded',
      superseded_because: expect.stringContaining('the clock was set back'),
    });
  }
  expect((await consume(approved)).consumed).toBe(false);
  expect((await listGrants(CODE)).find(({ grant_id }) => grant_id === grant.grant_id)).toMatchObject({
    revoked_by: 'the clock',
  });
  // What is asked from then on is decided as ever.
  const anew = await request('d', call(3));
  expect((await complete(anew.approval_id)).status).toBe('approved');
});
