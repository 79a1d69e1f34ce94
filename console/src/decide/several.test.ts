import type { Decide } from '@aegis/contracts/console';
import { expect, test } from 'vitest';
import { idOf, pending } from '../../testkit/samples.ts';
import { decideSeveral, type SeveralDeps, tallied } from './several.ts';

const shown = { approval: pending(1), revision: 7 };
const same = (n: number) => pending(n, { call_digest: shown.approval.call_digest });

function server(others: Record<string, { approval: ReturnType<typeof pending>; revision: number }>) {
  const sent: [id: string, verdict: string, form: Decide][] = [];
  const asking: SeveralDeps = {
    getApproval: async (id) => {
      const other = others[id];
      if (other === undefined) throw new Error('It is gone.');
      return other;
    },
    decide: async (id, verdict, form) => {
      sent.push([id, verdict, form]);
      return { approval: shown.approval, revision: 8, counted: true };
    },
  };
  return { asking, sent };
}

test('each is decided by its own request, with the revision that it has', async () => {
  const { asking, sent } = server({ [idOf(2)]: { approval: same(2), revision: 40 } });
  const tally = await decideSeveral(asking, shown, [idOf(2), idOf(1)], 'approve', 'ok');
  expect(sent).toEqual([
    [idOf(2), 'approve', { revision: 40, reason: 'ok' }],
    [idOf(1), 'approve', { revision: 7, reason: 'ok' }],
  ]);
  expect(tallied(tally, 'approve')).toBe('2 calls approved.');
});

test('another call under one of the ids is not decided', async () => {
  const { asking, sent } = server({ [idOf(2)]: { approval: pending(2), revision: 40 } });
  const tally = await decideSeveral(asking, shown, [idOf(2)], 'approve', undefined);
  expect(sent).toEqual([]);
  expect(tallied(tally, 'approve')).toBe('0 calls approved. 1 call not: one is another call');
});

test('one that fails does not keep the others', async () => {
  const { asking } = server({});
  const tally = await decideSeveral(asking, shown, [idOf(3), idOf(1)], 'deny', undefined);
  expect(tallied(tally, 'deny')).toBe('1 call denied. 1 call not: It is gone.');
});
