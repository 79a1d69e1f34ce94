import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { type AuditEntry, allAudit, type Enforced, enforce, get } from './testkit/rest.ts';
import { type Stack, startStack } from './testkit/stack.ts';

const CALLS = 1_000;
const AT_ONCE = 32;

/** Sends calls, some of which need an approval, until all are sent or the stack is gone; gives what was answered. */
async function sendCalls(url: string, onAnswer: (count: number) => void): Promise<Enforced[]> {
  const answered: Enforced[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < CALLS) {
      const n = next++;
      const tool = n % 10 === 0 ? 'crm.export_users' : n % 10 === 1 ? 'db.drop_table' : 'search.docs';
      try {
        const { status, body } = await enforce(url, {
          tool,
          args: { n },
          meta: { dry_run_id: `crash-${n}` },
        });
        if (status !== 200) continue;
        answered.push(body);
        onAnswer(answered.length);
      } catch {
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return answered;
}

const enforcesOf = (entries: AuditEntry[]) =>
  entries.filter((entry) => entry.type === 'aegis.decision.enforced.v1');

describe('kill -9 in the middle of a thousand calls', () => {
  let stack: Stack;
  afterAll(() => stack.stop());

  it('loses no answered call and no approval, and writes none twice', async () => {
    stack = await startStack();
    const { dataDir } = stack;
    const killAt = 300 + Math.floor(Math.random() * 400);
    let killed: Promise<void> | undefined;
    const answered = await sendCalls(stack.url, (count) => {
      if (count === killAt) killed = stack.kill();
    });
    await killed;
    expect(answered.length).toBeGreaterThanOrEqual(killAt);
    expect(answered.length).toBeLessThan(CALLS);

    stack = await startStack({ dataDir });
    const entries = await allAudit(stack.url);
    const times = (one: Enforced): number =>
      enforcesOf(entries).filter((entry) => entry.trace_id === one.trace_id && entry.status === one.status)
        .length;
    expect(answered.filter((one) => times(one) !== 1)).toEqual([]);

    const lines = (await readFile(stack.auditPath, 'utf8')).trimEnd().split('\n');
    const seqs = lines.map((line) => (JSON.parse(line) as AuditEntry).seq);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    expect(new Set(entries.map((entry) => entry.event_id)).size).toBe(entries.length);

    const pending = answered.filter((one) => one.status === 'pending');
    expect(pending.length).toBeGreaterThan(0);
    for (const one of pending) {
      const { body } = await get<{ status: string }>(stack.url, `/approvals/${one.approval_id}`);
      expect(body.status).toBe('pending');
    }
  });
});
