import { connectAs } from '@aegis/bus/law';
import type { Approval } from '@aegis/contracts/approvals';
import { createEvent } from '@aegis/contracts/create-event';
import { effectivePolicy, policyDigest, validatePolicy } from '@aegis/policy-engine';
import { connectTestBus, type TestBus } from '@aegis/testkit/bus';
import { headers } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allAudit, enforce, get } from '../testkit/rest.ts';
import { startRuledStack } from '../testkit/ruled-stack.ts';
import type { Stack } from '../testkit/stack.ts';

const now = () => new Date().toISOString();

describe('somebody who has the key of the firewall in the path', () => {
  let stack: Stack;
  let mcp: TestBus;
  beforeAll(async () => {
    stack = await startRuledStack({
      rules: [
        { match: 'bad.*', decision: 'deny' },
        { match: '*', decision: 'review' },
      ],
    });
    mcp = await connectTestBus({ url: stack.natsUrl, keysDir: stack.keysDir }, 'mcp');
  });
  afterAll(async () => {
    await mcp.close();
    await stack.stop();
  });

  /** Stores an event where this key may, and has the server answer with it where it may not. */
  async function launder(target: string, event: object): Promise<void> {
    const { nc } = mcp.link;
    const parked = `aegis.log.call.${crypto.randomUUID()}`;
    const h = headers();
    h.set('Nats-Sequence', '1');
    await nc.request(parked, JSON.stringify(event), { timeout: 2_000, headers: h });
    nc.publish(`$JS.API.DIRECT.GET.AEGIS.${parked}`, '', { reply: target });
    const consumer = {
      stream_name: 'AEGIS',
      action: 'create',
      config: {
        name: `push-${crypto.randomUUID()}`,
        filter_subject: 'aegis.log.policy',
        deliver_subject: target,
        ack_policy: 'none',
        deliver_policy: 'all',
      },
    };
    nc.publish(
      `$JS.API.CONSUMER.CREATE.AEGIS.${consumer.config.name}.aegis.log.policy`,
      JSON.stringify(consumer),
      { reply: target },
    );
    await nc.flush();
    // A question that is answered after what was sent before it.
    await nc.request('$JS.API.STREAM.INFO.AEGIS', '', { timeout: 2_000 });
  }
  const lastOf = async (subject: string): Promise<number> => {
    const admin = await connectAs('admin', { url: stack.natsUrl, keysDir: stack.keysDir });
    const asked = JSON.stringify({ last_by_subj: subject });
    const reply = await admin.request('$JS.API.STREAM.MSG.GET.AEGIS', asked, { timeout: 2_000 });
    await admin.close();
    return reply.json<{ message: { seq: number } }>().message.seq;
  };

  it('can not approve its own call', async () => {
    const call = { tool: 'pay.out', amount_cents: 999_999, meta: { dry_run_id: 'run-1' } };
    const asked = (await enforce(stack.url, call)).body;
    const { body } = await get<Approval>(stack.url, `/approvals/${asked.approval_id}`);
    const subject = `aegis.log.approval.${asked.approval_id}`;
    const before = await lastOf(subject);
    const approval = {
      ...body,
      status: 'approved',
      decided_by: 'ciso',
      decided_at: now(),
      use_by: new Date(Date.now() + 3_600_000).toISOString(),
    } as Approval;
    await launder(subject, {
      specversion: '1.0',
      id: crypto.randomUUID(),
      source: 'aegis/approvals',
      type: 'aegis.approval.approved.v1',
      time: now(),
      datacontenttype: 'application/json',
      data: { approval },
    });
    expect(await lastOf(subject)).toBe(before);
    expect((await enforce(stack.url, call)).body).toMatchObject({ status: 'pending', allowed: false });
    expect((await get(stack.url, `/approvals/${asked.approval_id}`)).body).toMatchObject({
      status: 'pending',
    });
    expect((await allAudit(stack.url)).map(({ action }) => action)).not.toContain('approval.approved');
  });

  it('can not bring a policy into force', async () => {
    const before = await lastOf('aegis.log.policy');
    const valid = validatePolicy({ version: 2, rules: [{ match: '*', decision: 'allow' }] });
    if (!valid.ok) throw new Error(valid.errors.join());
    const data = {
      policy: { ...effectivePolicy(valid.policy) },
      digest: policyDigest(valid.policy),
      version: 2,
      path: 'x',
      origin: 'file',
    } as const;
    await launder(
      'aegis.log.policy',
      createEvent({ type: 'aegis.policy.published.v1', source: 'policy', time: now(), data }),
    );
    expect(await lastOf('aegis.log.policy')).toBe(before);
    expect((await enforce(stack.url, { tool: 'bad.x' })).body).toMatchObject({ status: 'blocked' });
    expect((await get(stack.url, '/health')).status).toBe(200);
  });
});
