import type { Bus } from '@aegis/bus';
import { silentLog } from '@aegis/testkit/bus';
import { expect, it } from 'vitest';
import { subjectsWarning, watchSubjects } from './subjects.ts';

it('many subjects are said with the memory that they take, and few are not', () => {
  expect(subjectsWarning(999_999, 1_000_000)).toBeUndefined();
  expect(subjectsWarning(1_000_000, 1_000_000)).toMatch(
    /^The log has 1000000 subjects, .* about 286 MiB of the NATS server's memory for good/,
  );
});

it('says nothing where nobody can tell', async () => {
  const read = { end: () => Promise.reject(new Error('the bus is away')) };
  const watch = watchSubjects({ read } as unknown as Bus, 1, silentLog);
  await watch.start();
  watch.stop();
  expect(watch.warning).toBeUndefined();
});
