import { appendFile, chmod, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLineFile, FileChangedError, type Handle, openLineFile } from './line-file.ts';
import { lockFiles } from './writer-lock.ts';

const line = (seq: number) => `${JSON.stringify({ seq, event_id: `e${seq}` })}\n`;
const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-file-'));
  path = join(folder, 'deep', 'audit.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

/** The real file on a disk with room for so many more bytes. */
async function onFullDisk(room: { bytes: number; sync: boolean }) {
  const real = await open(join(folder, 'full.jsonl'), 'a+');
  const handle: Handle = {
    read: real.read.bind(real),
    stat: real.stat.bind(real),
    close: real.close.bind(real),
    truncate: real.truncate.bind(real),
    datasync: () => (room.sync ? real.datasync() : Promise.reject(full)),
    write: ((bytes: Buffer, offset: number, length: number) => {
      if (room.bytes === 0) return Promise.reject(full);
      const some = Math.min(length, room.bytes);
      room.bytes -= some;
      return real.write(bytes, offset, some);
    }) as Handle['write'],
  };
  return createLineFile(join(folder, 'full.jsonl'), handle, { length: 0, last: undefined });
}

describe('a file of lines', () => {
  it('has whole lines only, once each, after a disk was full and had room again', async () => {
    const room = { bytes: 40, sync: true };
    const file = await onFullDisk(room);
    await file.append(line(1));
    await expect(file.append(line(2) + line(3))).rejects.toThrow('ENOSPC');
    await expect(file.append(line(2) + line(3))).rejects.toThrow('ENOSPC');
    expect(file.length()).toBe(line(1).length);
    room.bytes = 1_000;
    room.sync = false;
    await expect(file.append(line(2) + line(3))).rejects.toThrow('ENOSPC');
    room.sync = true;
    await file.append(line(2) + line(3));
    expect(await readFile(file.path, 'utf8')).toBe(line(1) + line(2) + line(3));
    expect(await file.check()).toEqual([]);
    await file.close();
  });

  it('goes on where it ended', async () => {
    const first = await openLineFile(path, true, new Date());
    await first.append(line(1));
    await first.close();
    const second = await openLineFile(path, true, new Date());
    expect(second.last).toEqual({ seq: 1, eventId: 'e1' });
    await second.append(line(2));
    await second.close();
    expect(await readFile(path, 'utf8')).toBe(line(1) + line(2));
  });

  it('notices that it was removed, replaced, emptied or written to', async () => {
    const changes: [string, () => Promise<unknown>][] = [
      ['removed', () => rm(path)],
      ['replaced', () => writeFile(`${path}.new`, line(1)).then(() => rename(`${path}.new`, path))],
      ['changed from outside', () => writeFile(path, '')],
      ['changed from outside', () => appendFile(path, 'x')],
    ];
    for (const [word, change] of changes) {
      await rm(path, { force: true });
      const file = await openLineFile(path, true, new Date());
      await file.append(line(1));
      await change();
      await expect(file.check()).rejects.toThrow(word);
      await expect(file.check()).rejects.toBeInstanceOf(FileChangedError);
      await file.close();
    }
  });

  it('says that it is read-only', async () => {
    const file = await openLineFile(path, true, new Date());
    await chmod(path, 0o444);
    expect(await file.check()).toEqual([expect.stringContaining('read-only')]);
    await chmod(path, 0o640);
    expect(await file.check()).toEqual([]);
    await file.close();
  });
});

describe('the lock', () => {
  it('lets one writer in, and the next when it is gone', async () => {
    const other = join(folder, 'approvals.jsonl');
    const lock = await lockFiles([path, other]);
    await expect(lockFiles([path, join(folder, 'x.jsonl')])).rejects.toThrow(`writes ${path} already`);
    await expect(lockFiles([join(folder, 'x.jsonl'), other])).rejects.toThrow(`writes ${other} already`);
    lock.release();
    (await lockFiles([path, other])).release();
  });

  it('wants two files', async () => {
    await expect(lockFiles([path, path])).rejects.toThrow('name two files');
  });
});
