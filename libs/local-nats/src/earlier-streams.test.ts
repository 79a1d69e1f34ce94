import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MOVED_STREAMS, moveStreamsScript } from '@aegis/bus/law';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { moveEarlierStreams } from './earlier-streams.ts';

const run = promisify(execFile);
let store: string;

beforeEach(async () => {
  store = await mkdtemp(join(tmpdir(), "aegis-store 'with' signs-"));
  for (const { before } of MOVED_STREAMS) {
    await mkdir(join(store, before), { recursive: true });
    await writeFile(join(store, before, 'meta.inf'), before);
  }
});

afterEach(() => rm(store, { recursive: true, force: true }));

const byTheScript = async (folder: string): Promise<void> => {
  const script = join(folder, 'move-streams.sh');
  await writeFile(script, moveStreamsScript(folder));
  await run('sh', [script]);
};

const allAreThere = async () => {
  for (const { before, now } of MOVED_STREAMS) {
    expect(await readFile(join(store, now, 'meta.inf'), 'utf8')).toBe(before);
    await expect(stat(join(store, before))).rejects.toThrow('ENOENT');
  }
};

const WAYS: [string, (folder: string) => Promise<unknown>][] = [
  ['the embedded server', moveEarlierStreams],
  ['the script', byTheScript],
];

describe.each(WAYS)('streams of a version before the accounts, moved by %s', (_, move) => {
  test('each goes into its account, and a second run finds nothing to do', async () => {
    await move(store);
    await allAreThere();
    await move(store);
    await allAreThere();
  });

  test('a move that was cut off after the first is gone on with', async () => {
    const [first] = MOVED_STREAMS;
    if (first === undefined) throw new Error('there are streams');
    await mkdir(join(store, first.now, '..'), { recursive: true });
    await rename(join(store, first.before), join(store, first.now));
    await move(store);
    await allAreThere();
  });

  test('a stream that is in both places is left alone and named', async () => {
    const [first] = MOVED_STREAMS;
    if (first === undefined) throw new Error('there are streams');
    await mkdir(join(store, first.now), { recursive: true });
    await expect(move(store)).rejects.toThrow(/are both there/);
    expect(await readFile(join(store, first.before, 'meta.inf'), 'utf8')).toBe(first.before);
  });

  test('a store of today is left as it is', async () => {
    await rm(join(store, 'jetstream'), { recursive: true });
    await move(store);
    await expect(stat(join(store, 'jetstream'))).rejects.toThrow('ENOENT');
  });
});
