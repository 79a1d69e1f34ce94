import { PassThrough } from 'node:stream';
import type { Host } from '../host.ts';

export type FakeHost = Host & {
  readonly stdin: PassThrough & { isTTY?: boolean; setRawMode?: (raw: boolean) => void };
  exitCode: Host['exitCode'];
  /** What was written so far. */
  out(): string;
  err(): string;
  /** Whether keys come one by one, unechoed. */
  isRaw(): boolean;
};

export type FakeHostOptions = {
  readonly env?: Readonly<Record<string, string>>;
  /** Whether all three streams are a terminal; false where it is left out. */
  readonly terminal?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** A process that only a test sees. */
export function fakeHost({
  env = {},
  terminal = false,
  columns = 200,
  rows = 50,
}: FakeHostOptions = {}): FakeHost {
  let [out, err] = ['', ''];
  const stdin: FakeHost['stdin'] = new PassThrough();
  let raw = false;
  stdin.isTTY = terminal;
  if (terminal) stdin.setRawMode = (on) => void (raw = on);
  return {
    stdin,
    stdout: { isTTY: terminal, columns, rows, write: (text: string) => (out += text) },
    stderr: { isTTY: terminal, columns, rows, write: (text: string) => (err += text) },
    env,
    exitCode: undefined,
    out: () => out,
    err: () => err,
    isRaw: () => raw,
  };
}
