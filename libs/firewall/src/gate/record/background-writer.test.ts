import type { Fact } from '@aegis/bus';
import { AppError } from '@aegis/kit/errors';
import { silentLog } from '@aegis/testkit/bus';
import { expect, it } from 'vitest';
import { createBackgroundWriter } from './background-writer.ts';

const fact = (subject: string): Fact => ({
  subject,
  event: {
    specversion: '1.0',
    id: subject,
    source: 'test',
    type: 't',
    time: '',
    datacontenttype: '',
    data: {},
  } as never,
});

/** A log of what was stored that fails as often as it is told. */
function storage(failures: number, code: 'storage_unavailable' | 'version_conflict' = 'storage_unavailable') {
  const stored: string[] = [];
  let tries = 0;
  const append = async ({ subject }: Fact): Promise<void> => {
    if (tries++ < failures) throw new AppError(code, 'no');
    stored.push(subject);
  };
  return { stored, append, tries: () => tries };
}

it('what could not be stored is tried until it is', async () => {
  const { stored, append } = storage(2);
  const background = createBackgroundWriter({ append, log: silentLog, limit: 9, untilStored: true });
  background.store(() => fact('a'));
  while (stored.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await background.close(100);
  expect(stored).toEqual(['a']);
});

it('a fact that another has recorded is not tried again', async () => {
  const { append, tries } = storage(99, 'version_conflict');
  const background = createBackgroundWriter({ append, log: silentLog, limit: 9, untilStored: true });
  background.store(() => fact('a'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  await background.close(100);
  expect(tries()).toBe(1);
});

it('more than the limit does not wait', async () => {
  const { stored, append } = storage(0);
  const background = createBackgroundWriter({ append, log: silentLog, limit: 2, untilStored: false });
  for (const subject of ['a', 'b', 'c']) background.store(() => fact(subject));
  await background.close(1_000);
  expect(stored).toEqual(['a', 'b']);
});

it('closing tries what waits once more, and does not wait for ever', async () => {
  const waits = createBackgroundWriter({
    append: () => new Promise(() => undefined),
    log: silentLog,
    limit: 2,
    untilStored: true,
  });
  waits.store(() => fact('a'));
  await waits.close(20);
  const { append, tries } = storage(99);
  const background = createBackgroundWriter({ append, log: silentLog, limit: 2, untilStored: true });
  background.store(() => fact('a'));
  await background.close(5_000);
  expect(tries()).toBe(1);
});

it('what breaks its contract is returned up, and the rest goes on', async () => {
  const { stored, append } = storage(0);
  const background = createBackgroundWriter({ append, log: silentLog, limit: 2, untilStored: true });
  background.store(() => {
    throw new TypeError('no event');
  });
  background.store(() => fact('b'));
  await background.close(1_000);
  expect(stored).toEqual(['b']);
});
