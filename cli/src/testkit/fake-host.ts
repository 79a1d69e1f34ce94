import { PassThrough } from 'node:stream';
import type { Host } from '../host.ts';

export type FakeHost = Host & {
  readonly stdin: PassThrough & { isTTY?: boolean };
  exitCode: Host['exitCode'];
  /** What was written so far. */
  out(): string;
  err(): string;
};

export type FakeHostOptions = {
  readonly env?: Readonly<Record<string, string>>;
  /** Whether all three streams are a terminal; false where it is left out. */
  readonly terminal?: boolean;
  readonly columns?: number;
};

/** A process that only a test sees. */
export function fakeHost({ env = {}, terminal = false, columns = 200 }: FakeHostOptions = {}): FakeHost {
  let [out, err] = ['', ''];
  const stdin: FakeHost['stdin'] = new PassThrough();
  stdin.isTTY = terminal;
  return {
    stdin,
    stdout: { isTTY: terminal, columns, write: (text: string) => (out += text) },
    stderr: { isTTY: terminal, columns, write: (text: string) => (err += text) },
    env,
    exitCode: undefined,
    out: () => out,
    err: () => err,
  };
}
