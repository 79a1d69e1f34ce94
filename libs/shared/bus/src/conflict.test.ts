import { AppError } from '@aegis/kit/errors';
import { describe, expect, it } from 'vitest';
import { isConflict, retryOnConflict } from './conflict.ts';

const lost = () => new AppError('version_conflict', 'Somebody else was first.');
/** Fails with these, one after the other, and then says how often it was run. */
const failing = (...errors: Error[]) => {
  let runs = 0;
  const task = async (): Promise<number> => {
    const error = errors[runs++];
    if (error) throw error;
    return runs;
  };
  return { task, runs: () => runs };
};

describe('what is tried again where somebody else was first', () => {
  it('is done at the first attempt that nobody is before', async () => {
    expect(await retryOnConflict(failing().task)).toBe(1);
    expect(await retryOnConflict(failing(lost(), lost()).task)).toBe(3);
  });

  it('is given up after three attempts', async () => {
    const { task, runs } = failing(lost(), lost(), lost());
    await expect(retryOnConflict(task)).rejects.toMatchObject({ code: 'version_conflict' });
    expect(runs()).toBe(3);
  });

  it('is tried as often as it says, where it has to be', async () => {
    const errors = Array.from({ length: 50 }, lost);
    expect(await retryOnConflict(failing(...errors).task, Number.POSITIVE_INFINITY)).toBe(51);
    await expect(retryOnConflict(failing(lost()).task, 1)).rejects.toThrow('first');
  });

  it.each([new AppError('deadline_exceeded', 'late'), new Error('version_conflict')])(
    'is not tried again for %s',
    async (error) => {
      const { task, runs } = failing(lost(), error);
      await expect(retryOnConflict(task)).rejects.toBe(error);
      expect([isConflict(error), runs()]).toEqual([false, 2]);
    },
  );
});
