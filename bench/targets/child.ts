import { spawn } from 'node:child_process';

const READY_WITHIN_MS = 60_000;

export type Child = { pid: number; stop(): Promise<void> };

type ChildOptions = {
  command: string;
  args: readonly string[];
  env?: Record<string, string>;
  /** Part of what it prints once it is ready. */
  readyMark: string;
};

/**
 * Starts a program and waits until it says that it is ready. It ends by SIGTERM, also where this process ends early.
 *
 * @throws Error with what it printed, where it ends before or is not ready within a minute
 */
export async function startChild({ command, args, env, readyMark }: ChildOptions): Promise<Child> {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const endWithUs = () => child.kill('SIGTERM');
  process.once('exit', endWithUs);
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let printed = '';
  let ready: boolean = false;
  const untilReady = new Promise<void>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${command} ${args.join(' ')} ${why}:\n${printed}`));
    const timer = setTimeout(() => fail('is not ready after a minute'), READY_WITHIN_MS);
    child.once('error', (error) => fail(error.message));
    child.once('close', () => fail('ended early'));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        if (ready) return;
        printed += String(chunk);
        ready = printed.includes(readyMark);
        if (!ready) return;
        clearTimeout(timer);
        resolve();
      });
    }
  });
  await untilReady;
  return {
    pid: child.pid ?? 0,
    async stop() {
      process.off('exit', endWithUs);
      if (child.exitCode === null) child.kill('SIGTERM');
      await exited;
    },
  };
}
