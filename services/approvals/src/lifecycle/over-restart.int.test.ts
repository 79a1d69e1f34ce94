import type { Approval } from '@aegis/contracts/approvals';
import { describe, expect, it } from 'vitest';
import { definition, seen } from '../testkit/definitions.ts';
import { sawTool } from '../testkit/tools.ts';
import {
  call,
  complete,
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
