import { type ChildProcess, spawn } from 'node:child_process';

const READY_WITHIN_MS = 60_000;

export type Child = { pid: number; stop(): Promise<void> };

type ChildOptions = {
  command: string;
  args: readonly string[];
  env?: Record<string, string>;
  /** Part of what it prints once it is ready. */
  readyMark: string;
};

/** Rejects with what the child printed, where it ends first or takes longer than a minute. */
function untilPrinted(child: ChildProcess, mark: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let printed = '';
  const fail = (why: string) => reject(new Error(`${child.spawnargs.join(' ')} ${why}:\n${printed}`));
  const timer = setTimeout(() => fail('is not ready after a minute'), READY_WITHIN_MS);
  child.once('error', (error) => fail(error.message));
  child.once('close', () => fail('ended early'));
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      if (!printed.includes(mark)) printed += String(chunk);
      if (printed.includes(mark)) resolve();
    });
  }
  return promise.finally(() => clearTimeout(timer));
}

/**
 * Starts a program and waits until it says that it is ready. It ends by SIGTERM, also where this process ends first.
 *
 * @throws Error with what it printed, where it ends early or is not ready within a minute
 */
export async function startChild({ command, args, env, readyMark }: ChildOptions): Promise<Child> {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const endWithUs = () => child.kill('SIGTERM');
  process.once('exit', endWithUs);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await untilPrinted(child, readyMark);
  return {
    pid: child.pid ?? 0,
    async stop() {
      process.off('exit', endWithUs);
      child.kill('SIGTERM');
      await closed;
    },
  };
}
