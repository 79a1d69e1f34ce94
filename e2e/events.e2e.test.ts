import { connectAs } from '@aegis/bus/law';
import { enforceLog } from '@aegis/contracts/subjects';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allAudit, enforce, post } from './testkit/rest.ts';
import { type Stack, startStack } from './testkit/stack.ts';

type Seen = { subject: string; id: string; type: string };

describe('a read-only subscriber of aegis.events.decision.>', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack.stop());

  it('sees each decision live, and never one that was not stored', async () => {
    const reader = await connectAs('reader', { url: stack.natsUrl, keysDir: stack.keysDir });
    const seen: Seen[] = [];
    reader.subscribe('aegis.events.decision.>', {
      callback: (_error, message) => {
        const event = message.json<{ id: string; type: string }>();
        seen.push({ subject: message.subject, id: event.id, type: event.type });
      },
    });
    await reader.flush();

    await enforce(stack.url, { tool: 'search.docs' });
    await enforce(stack.url, { tool: 'db.drop_table' });
    await enforce(stack.url, { tool: 'crm.export_users' });
    await post(stack.url, '/guard/check', { tool: 'search.docs' });
    await expect
      .poll(() => seen.map((one) => one.subject).toSorted())
      .toEqual([
        'aegis.events.decision.check.allowed',
        'aegis.events.decision.enforce.allowed',
        'aegis.events.decision.enforce.blocked',
        'aegis.events.decision.enforce.pending',
      ]);

    // A decision that the stream refuses: the wrong expectation, and half of a batch that is never committed.
    const enforcer = await connectAs('enforcer', { url: stack.natsUrl, keysDir: stack.keysDir });
    const { headers } = await import('@nats-io/transport-node');
    const refused = headers();
    refused.set('Nats-Expected-Last-Subject-Sequence', '999999');
    enforcer.publish(enforceLog('allowed'), '{"id":"refused"}', { headers: refused });
    const half = headers();
    half.set('Nats-Batch-Id', 'never-committed');
    half.set('Nats-Batch-Sequence', '1');
    enforcer.publish(enforceLog('allowed'), '{"id":"never committed"}', { headers: half });
    await enforcer.flush();
    await enforce(stack.url, { tool: 'search.docs', args: { last: true } });
    await expect.poll(() => seen.length).toBe(5);

    const stored = new Set((await allAudit(stack.url)).map((entry) => entry.event_id));
    const recorded = seen.filter((one) => one.type === 'aegis.decision.enforced.v1');
    expect(recorded).toHaveLength(4);
    expect(recorded.filter((one) => !stored.has(one.id))).toEqual([]);
    await Promise.all([reader.close(), enforcer.close()]);
  });

  it('can neither write nor ask', async () => {
    const reader = await connectAs('reader', { url: stack.natsUrl, keysDir: stack.keysDir });
    const before = (await allAudit(stack.url)).length;
    reader.publish(enforceLog('allowed'), '{}');
    reader.publish('aegis.events.decision.enforce.allowed', '{}');
    await reader.flush();
    await expect(reader.request('aegis.rpc.enforcer.enforce', '{}', { timeout: 500 })).rejects.toThrow();
    expect(await allAudit(stack.url)).toHaveLength(before);
    await reader.close();
  });
});
