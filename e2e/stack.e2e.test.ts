import { RPCS } from '@aegis/contracts/rpcs';
import type { AppError } from '@aegis/kit/errors';
import { connectTestBus } from '@aegis/testkit/bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardScenarios } from './scenarios/guard.ts';
import { enforce, get, post } from './testkit/rest.ts';
import { type Stack, startStack } from './testkit/stack.ts';

describe('the stack on one machine', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack.stop());

  /** Signs in, and asks for what waits as a browser without scripts does. */
  const openInbox = async (): Promise<Response> => {
    const { headers, body } = await post(stack.url, '/ui/api/session', { secret: stack.code });
    const [cookie = ''] = headers.getSetCookie().map((one) => one.split(';')[0]);
    return fetch(`${stack.url}/ui/s/${String(body['page_token'])}/approvals`, { headers: { cookie } });
  };

  guardScenarios({ url: () => stack.url, code: () => stack.code });

  it('answers each question that there is on the bus', async () => {
    const silent: string[] = [];
    for (const [name, rpc] of RPCS) {
      const [asker] = rpc.askedBy;
      if (asker === undefined) continue;
      const bus = await connectTestBus({ url: stack.natsUrl, keysDir: stack.keysDir }, asker);
      const asked = bus.ask(rpc, null, { deadlineMs: Date.now() + 5_000 });
      const why = await asked.catch((error: unknown) => (error as AppError).code);
      // Nothing is no request of any question, and says so only where somebody has read it.
      if (why !== 'invalid_request') silent.push(`${name}: ${String(why)}`);
      await bus.close();
    }
    expect(silent).toEqual([]);
  });

  it('survives requests whose answers are larger than the bus takes', async () => {
    const allow_tools = Array.from({ length: 125_000 }, (_, n) => `a${n}`);
    const migrated = await post(stack.url, '/policy/migrate', { policy: { allow_tools } });
    expect(migrated).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
    await enforce(stack.url, { tool: 'crm.export_users' });
    for (let n = 0; n < 6; n++)
      await enforce(stack.url, { tool: 'cjk.x', args: { a: '中'.repeat(345_000) } });
    const { status, body } = await get<{ approvals: unknown[]; next?: string }>(
      stack.url,
      '/approvals?limit=100',
    );
    expect(status).toBe(200);
    expect(body.next).toBeDefined();
    const page = await openInbox();
    expect(page.status).toBe(200);
    const text = await page.text();
    expect(text.split('Too large for this page')).toHaveLength(7);
    expect(text).toContain('crm.export_users');
    // Numbers are sent on as they are written, and take no more room than they came with.
    const numbers = `[${Array(19_000).fill('9e300').join(',')}]`;
    const many = await enforce(stack.url, `{"tool":"cjk.y","args":{"n":${numbers}}}`);
    expect(many.status).toBe(200);
    for (let n = 0; n < 250; n++)
      await post(stack.url, '/audit', { action: 'note', note: '中'.repeat(4_096) });
    const notes = await get<{ entries: unknown[]; next?: number }>(stack.url, '/audit?limit=1000');
    expect(notes.body.entries.length).toBeGreaterThan(10);
    expect(notes.body.next).toBeDefined();
    expect((await enforce(stack.url, { tool: 'search.docs' })).body.allowed).toBe(true);
  });
});
