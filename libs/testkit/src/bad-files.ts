import { mkdir, rm, writeFile } from 'node:fs/promises';

/** A file that a service must not take. */
export type BadFile = {
  readonly what: string;
  /** Puts it at a path, whatever is there. */
  readonly put: (path: string) => Promise<void>;
  /** What is said about it. */
  readonly problem: RegExp;
};

const TOO_LARGE = 1_048_577;

/** What may stand in the place of a file that people write, but for what its own format forbids. */
export const BAD_FILES: readonly BadFile[] = [
  {
    what: 'too large',
    put: (path) => writeFile(path, ' '.repeat(TOO_LARGE)),
    problem: /is larger than 1048576 bytes, which is the limit: make it smaller/,
  },
  {
    what: 'not UTF-8',
    put: (path) => writeFile(path, Buffer.from([0x7b, 0xff, 0x7d])),
    problem: /is not UTF-8 text: save it as UTF-8/,
  },
  {
    what: 'a folder',
    async put(path) {
      await rm(path, { force: true });
      await mkdir(path);
    },
    problem: /is a folder: put the file in its place/,
  },
];

/** One that is written by half so far, of a format that has braces. */
export const HALF_WRITTEN: BadFile = {
  what: 'half-written',
  put: (path) => writeFile(path, '{"mcpServers": {"a": {"comm'),
  problem: /it is not valid JSON/,
};
