import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadResult, LoadSpec } from './load.ts';

const LOAD = fileURLToPath(new URL('./load.ts', import.meta.url));

/**
 * One measurement by a load generator in a process of its own.
 *
 * @throws Error where the generator fails, or any reply was an error or a wrong answer
 */
export async function measure(spec: LoadSpec): Promise<LoadResult> {
  const child = fork(LOAD, { execArgv: [] });
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`the load generator ended with ${code}`);
  });
  child.send(spec);
  const [result] = (await Promise.race([once(child, 'message'), exited])) as [LoadResult];
  await exited.catch(() => undefined);
  if (result.failures > 0 || result.requests === 0) {
    throw new Error(`${spec.url}: ${result.failures} of ${result.requests} replies were errors or wrong`);
  }
  return result;
}
