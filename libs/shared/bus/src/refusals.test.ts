import type { CountRefused } from '@aegis/contracts/audit';
import { CountRefused as Schema } from '@aegis/contracts/audit';
import { createLogger } from '@aegis/kit/logger';
import { expect, it } from 'vitest';
import { createRefusals } from './refusals.ts';

function counting(fails = 0) {
  const told: CountRefused[] = [];
  let left = fails;
  const ask = async (_: unknown, data: unknown) => {
    if (left-- > 0) throw new Error('away');
    told.push(Schema.parse(data));
    return { ok: true };
  };
  const log = createLogger('test', 'silent');
  const refusals = createRefusals({ ask: ask as never, log, door: 'rest', firstMs: 5, everyMs: 20 });
  return { told, refusals };
}

it('says the first of a moment together, then no more often than it should, and the rest at the end', async () => {
  const { told, refusals } = counting();
  for (let n = 0; n < 3; n++) refusals.count('invalid_json', '127.0.0.1');
  await expect.poll(() => told).toMatchObject([{ total: 3, refused: [{ kind: 'invalid_json', count: 3 }] }]);
  refusals.count('unauthorized', '127.0.0.1');
  await refusals.close();
  expect(told.map(({ total }) => total)).toEqual([3, 1]);
});

it('keeps what nobody took, and says it later', async () => {
  const { told, refusals } = counting(1);
  refusals.count('invalid_json', 'a');
  await expect.poll(() => told.length).toBe(1);
  expect(told[0]).toMatchObject({ total: 1 });
  await refusals.close();
});

it('tells a bounded number of sources and kinds apart, and loses no count', async () => {
  const { told, refusals } = counting();
  for (let n = 0; n < 1_000; n++) refusals.count(`kind_${n % 90}`, `10.0.0.${n}\u202e\n`);
  await refusals.close();
  const [{ total, refused } = { total: 0, refused: [] }] = told;
  expect(total).toBe(1_000);
  expect(refused.length).toBeLessThanOrEqual(100);
  expect(refused.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
});
