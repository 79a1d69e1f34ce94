import { createEvent } from '@aegis/contracts/create-event';
import { fixtureOf } from '@aegis/contracts/testing/fixtures';
import { connectTestBus, type TestBus } from '@aegis/testkit/bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allAudit, get } from '../testkit/rest.ts';
import { startRuledStack } from '../testkit/ruled-stack.ts';
import type { Stack } from '../testkit/stack.ts';

const FORGED = ['aegis.policy.published.v1', 'aegis.approval.denied.v1', 'aegis.audit.written.v1'] as const;
const soon = () => Date.now() + 5_000;

describe('somebody who writes events of another type where they may write', () => {
  let stack: Stack;
  let mcp: TestBus;
  beforeAll(async () => {
    stack = await startRuledStack({ rules: [{ match: '*', decision: 'review' }] });
    mcp = await connectTestBus({ url: stack.natsUrl, keysDir: stack.keysDir }, 'mcp');
  });
  afterAll(async () => {
    await mcp.close();
    await stack.stop();
  });

  it('is shown as unreadable, with where and what it was, and as nothing that it says', async () => {
    const before = (await allAudit(stack.url)).length;
    for (const [n, type] of FORGED.entries()) {
      const event = createEvent({
        type,
        source: 'policy',
        time: '2020-01-01T00:00:00.000Z',
        data: fixtureOf(type).data,
      });
      await mcp.append.one({ subject: `aegis.log.call.forged-${n}`, event }, soon());
    }
    await expect.poll(async () => (await allAudit(stack.url)).length).toBe(before + 3);
    const entries = (await allAudit(stack.url)).slice(before);
    for (const [n, entry] of entries.entries()) {
      expect(entry).toMatchObject({
        action: 'unreadable',
        type: 'unreadable',
        ok: false,
        status: null,
        tool: null,
        trace_id: null,
        note: `${FORGED[n]} does not belong on aegis.log.call.forged-${n}`,
      });
      expect(entry.ts > '2020-01-02').toBe(true);
      expect(entry).not.toHaveProperty('principal');
    }
    expect((await get(stack.url, '/health')).body).toMatchObject({ status: 'ok' });
  });

  it('has an event shown once, however often they write it', async () => {
    const once = fixtureOf('aegis.call.succeeded.v1');
    const before = (await allAudit(stack.url)).length;
    for (const call_id of ['first', 'second']) {
      const event = { ...once, data: { ...once.data, call_id } };
      await mcp.append.all([{ subject: `aegis.log.call.${call_id}`, event }], soon(), false);
    }
    await expect.poll(async () => (await allAudit(stack.url)).length).toBe(before + 2);
    const [first, second] = (await allAudit(stack.url)).slice(before);
    expect(first).toMatchObject({ action: 'call.succeeded', status: 'succeeded', ok: true });
    expect(second).toMatchObject({
      action: 'unreadable',
      type: 'unreadable',
      ok: false,
      status: null,
      note: `aegis.call.succeeded.v1 on aegis.log.call.second has the id of the event at ${first?.seq}`,
    });
  });
});
