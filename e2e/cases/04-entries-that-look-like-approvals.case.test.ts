import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allAudit, post } from '../testkit/rest.ts';
import { startRuledStack } from '../testkit/ruled-stack.ts';
import type { Stack } from '../testkit/stack.ts';

describe('a client that writes entries into the record', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startRuledStack({ rules: [{ match: '*', decision: 'review' }] });
  });
  afterAll(() => stack.stop());

  it('does not say who wrote them', async () => {
    const forged = { action: 'approval.approved', ok: true, tool: 'pay.out', note: 'approved by alice' };
    const named = await post(stack.url, '/audit', { ...forged, principal: 'key:alice' });
    expect(named).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
    expect((await post(stack.url, '/audit', forged)).status).toBe(201);
    await expect
      .poll(async () => (await allAudit(stack.url)).find(({ action }) => action === forged.action))
      .toMatchObject({ type: 'aegis.audit.written.v1', principal: 'anonymous' });
  });
});
