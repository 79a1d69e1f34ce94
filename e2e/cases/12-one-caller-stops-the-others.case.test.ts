import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asApprover, enforce, get, post } from '../testkit/rest.ts';
import { startRuledStack } from '../testkit/ruled-stack.ts';
import type { Stack } from '../testkit/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startRuledStack({ rules: [{ match: 'ok.*', decision: 'allow' }] });
});
afterAll(() => stack.stop());

const faulty = JSON.stringify({
  policy: { version: 2, rules: Array.from({ length: 125_000 }, () => ({ x: 1 })) },
});
const patterns = (start: string) => Array.from({ length: 30_000 }, (_, i) => `${start}${i.toString(36)}`);
const quadratic = JSON.stringify({
  policy: { max_refund_cents: 1, allow_tools: [...patterns('refunds'), ...patterns('x')] },
});
const clauses = JSON.stringify({
  policy: {
    version: 2,
    rules: [
      { match: '*', decision: 'allow', when: { any: Array.from({ length: 60_000 }, () => ({ x: {} })) } },
    ],
  },
});

describe('somebody has policies looked at that are as much work as a body can hold', () => {
  it.each([
    ['faults without end', '/policy/validate', faulty, 'rules: more than 10000 can not be tried out'],
    ['patterns that each meet each other', '/policy/migrate', quadratic, 'allow_tools: more than 10000'],
    ['clauses without end', '/policy/validate', clauses, 'more than 100000 values can not be tried out'],
  ])('%s are refused before they are worked on', async (_, path, body, sentence) => {
    const reply = await post<{ ok: boolean; errors: string[] }>(stack.url, path, body);
    expect([reply.status, reply.body.ok]).toEqual([200, false]);
    expect(reply.body.errors).toEqual([expect.stringContaining(sentence)]);
  });

  it('calls of others are decided meanwhile, each one, before the first of them is answered', async () => {
    const order: string[] = [];
    const trials = [faulty, quadratic, faulty, quadratic].map(async (body) => {
      await post(stack.url, '/policy/validate', body, asApprover);
      order.push('trial');
    });
    for (let n = 0; n < 5; n++) {
      expect((await enforce(stack.url, { tool: 'ok.x' })).body).toMatchObject({ status: 'allowed' });
      order.push('decided');
    }
    await Promise.all(trials);
    expect(order[0]).toBe('decided');
    expect((await get(stack.url, '/health')).status).toBe(200);
  });

  it('what they can not have at once waits in a line of its own, and more than enough is refused, with a time to come back', async () => {
    const asked = Array.from({ length: 60 }, () => post(stack.url, '/policy/validate', faulty, asApprover));
    const other = await post(stack.url, '/policy/validate', { policy: { version: 2, rules: [] } });
    const replies = await Promise.all(asked);
    expect([other.status, other.body['ok']]).toEqual([200, true]);
    const refused = replies.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    for (const { body, headers } of refused) {
      expect(body).toMatchObject({ code: 'too_many_requests' });
      expect(headers.get('retry-after')).toBe('1');
    }
  });
});
