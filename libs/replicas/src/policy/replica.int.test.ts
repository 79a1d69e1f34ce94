import { createEvent } from '@aegis/contracts/create-event';
import { POLICY_LOG } from '@aegis/contracts/subjects';
import { evaluate, policyDigest, validatePolicy } from '@aegis/policy-engine';
import { connectTestBus, type TestBus } from '@aegis/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPolicyReplica, type PolicyReplica } from './replica.ts';

type Word = 'allow' | 'review' | 'deny';

let server: TestNatsServer;
let writer: TestBus;
let holder: TestBus;
let replica: PolicyReplica;

beforeEach(async () => {
  server = await startNatsServer();
  [writer, holder] = await Promise.all([connectTestBus(server, 'policy'), connectTestBus(server, 'mcp')]);
  replica = createPolicyReplica(holder);
});
afterEach(async () => {
  await replica.stop();
  await Promise.all([writer.close(), holder.close()]);
  await server.stop();
});

const policyOf = (decision: Word) => ({ version: 2, rules: [{ match: '*', decision }] });

async function publish(decision: Word): Promise<void> {
  const valid = validatePolicy(policyOf(decision));
  if (!valid.ok) throw new Error(valid.errors.join());
  const data = {
    policy: policyOf(decision),
    digest: policyDigest(valid.policy),
    version: 2,
    path: 'p.yml',
    origin: 'file',
  } as const;
  const event = createEvent({
    type: 'aegis.policy.published.v1',
    source: 'policy',
    time: new Date().toISOString(),
    data,
  });
  await writer.append.one({ subject: POLICY_LOG, event }, Date.now() + 5_000);
}

/** An envelope of that type, whose data fit no policy. */
const eventOf = (type: string) => ({
  specversion: '1.0',
  id: 'an-id',
  source: 'aegis/policy',
  type,
  time: '2026-01-05T09:30:00.000Z',
  datacontenttype: 'application/json',
  data: { action: 'a', principal: 'p', via: 'rest' },
});

/** What the replica says of a call, or why it says nothing. */
function says(): string {
  try {
    return evaluate(replica.active().compiled, { tool: 'a.tool' }).decision;
  } catch (thrown) {
    return (thrown as { code: string }).code;
  }
}

describe('a replica of the policy in an agent-facing process', () => {
  it('says nothing before it starts, and then what was published before and after', async () => {
    await publish('allow');
    expect(says()).toBe('policy_unavailable');
    await replica.start();
    expect(says()).toBe('allow');
    expect(replica.problem).toBeUndefined();
    await publish('deny');
    await expect.poll(says).toBe('deny');
    expect(replica.active().published.path).toBe('p.yml');
    expect(replica.seq).toBe(2);
  });

  it('says nothing where no policy was ever published', async () => {
    await replica.start();
    expect(says()).toBe('policy_unavailable');
    expect(() => replica.active()).toThrow(/no policy is in force/i);
  });

  it('says nothing from a loss of the bus until it has caught up, and then the newest', async () => {
    await publish('allow');
    await replica.start();
    await server.kill();
    await expect.poll(says).toBe('policy_unavailable');
    expect(replica.problem).toMatch(/behind/);
    const heard = new Set<string>();
    const listening = setInterval(() => heard.add(says()), 1);
    await server.restart();
    await expect.poll(() => writer.isUp(), { timeout: 10_000 }).toBe(true);
    await publish('deny');
    await expect.poll(says, { timeout: 10_000 }).toBe('deny');
    clearInterval(listening);
    expect(heard).toContain('policy_unavailable');
    expect(replica.problem).toBeUndefined();
  });

  it('missed nothing of what was published while it alone was away', async () => {
    await publish('allow');
    await replica.start();
    const heard: string[] = [];
    holder.onUp(() => heard.push(says()));
    const cut = holder.link.nc.reconnect();
    await expect.poll(says).toBe('policy_unavailable');
    await publish('deny');
    await cut;
    await expect.poll(says, { timeout: 10_000 }).toBe('deny');
    expect(heard).toEqual(['policy_unavailable']);
  });

  it.each([
    ['no JSON', 'no'],
    ['no event', '{"not":"an event"}'],
    ['an event of another subject', JSON.stringify(eventOf('aegis.audit.written.v1'))],
    ['an event whose data do not fit', JSON.stringify(eventOf('aegis.policy.published.v1'))],
  ])('passes over %s and says where it is, until a policy is published after it', async (_, text) => {
    await publish('deny');
    await replica.start();
    writer.live.publish(POLICY_LOG, text);
    await expect
      .poll(() => replica.problem)
      .toMatch(/sequence 2 on aegis\.log\.policy is no event.*aegis broker mend/);
    expect(says()).toBe('deny');
    await publish('review');
    await expect.poll(says).toBe('review');
    expect(replica.problem).toBeUndefined();
  });

  it('says nothing where a newer version published a policy that it can not read, until there is one that it can', async () => {
    await publish('allow');
    await replica.start();
    writer.live.publish(POLICY_LOG, JSON.stringify(eventOf('aegis.policy.published.v2')));
    await expect.poll(says).toBe('policy_unavailable');
    expect(replica.problem).toMatch(/sequence 2 can not be read/);
    await publish('review');
    await expect.poll(says).toBe('review');
    expect(replica.problem).toBeUndefined();
  });

  it('says nothing after it was stopped', async () => {
    await publish('allow');
    await replica.start();
    await replica.stop();
    expect(says()).toBe('policy_unavailable');
  });
});
