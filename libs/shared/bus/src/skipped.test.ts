import { expect, it } from 'vitest';
import { createSkipped } from './skipped.ts';

const said: unknown[] = [];
const log = { warn: (what: unknown) => void said.push(what) };

it('says of each what it is and where, and health names the last until something readable stands there', () => {
  const skipped = createSkipped(log);
  expect(skipped.problem).toBeUndefined();
  skipped.add({ subject: 'aegis.log.policy', seq: 7 });
  skipped.add({ subject: 'aegis.log.grant.x', seq: 9 });
  expect(said).toEqual([
    { subject: 'aegis.log.policy', seq: 7, count: 1 },
    { subject: 'aegis.log.grant.x', seq: 9, count: 2 },
  ]);
  expect(skipped.problem).toBe(
    'the message at sequence 9 on aegis.log.grant.x is no event of that subject and is passed over (and 1 more like it): ' +
      '"aegis broker mend aegis.log.grant.x" looks at it and mends it',
  );
  skipped.clear('aegis.log.grant.x');
  expect(skipped.problem).toMatch(
    /^the message at sequence 7 on aegis\.log\.policy is no event of that subject/,
  );
  skipped.clear('aegis.log.policy');
  expect([skipped.problem, skipped.count]).toEqual([undefined, 2]);
});

it('counts and says what matters to nobody, and health does not tell of it', () => {
  const skipped = createSkipped(log);
  skipped.add({ subject: 'aegis.log.call.x', seq: 3 }, false);
  expect([skipped.count, skipped.problem]).toEqual([1, undefined]);
  expect(said.at(-1)).toEqual({ subject: 'aegis.log.call.x', seq: 3, count: 1 });
});

it('remembers the last hundred subjects and counts all', () => {
  const skipped = createSkipped(log);
  for (let seq = 1; seq <= 150; seq++) skipped.add({ subject: `aegis.log.call.${seq}`, seq });
  expect(skipped.count).toBe(150);
  expect(skipped.problem).toContain('(and 99 more like it)');
});
