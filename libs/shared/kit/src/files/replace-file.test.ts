import { once } from 'node:events';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { draftFile, replaceFile } from './replace-file.ts';

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'aegis-replace-'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

async function fileWith(text: string, mode: number): Promise<string> {
  const path = join(await folder(), 'a.json');
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o7777).toString(8);
const owner = { mode: 'owner' } as const;
const kept = { mode: 'kept' } as const;

it('replaces the whole content and leaves nothing else behind', async () => {
  const path = await fileWith('a long old content', 0o600);
  await replaceFile(path, 'new', owner);
  expect(await readFile(path, 'utf8')).toBe('new');
  expect(await readdir(join(path, '..'))).toEqual(['a.json']);
});

it('whoever has the old file open still reads the old content to its end', async () => {
  const path = await fileWith('old', 0o600);
  const reader = await open(path, 'r');
  await replaceFile(path, 'new', owner);
  expect(await reader.readFile('utf8')).toBe('old');
  await reader.close();
});

it('keeps the mode, whatever the umask forbids, or narrows it to the owner', async () => {
  const path = await fileWith('old', 0o664);
  await replaceFile(path, 'new', kept);
  expect(await modeOf(path)).toBe('664');
  await replaceFile(path, 'newer', owner);
  expect(await modeOf(path)).toBe('600');
});

it('a file that is new is for its owner only, and so is a folder that is', async () => {
  const path = join(await folder(), 'deep', 'er', 'a.json');
  await replaceFile(path, 'new', kept);
  expect([await modeOf(path), await modeOf(join(path, '..'))]).toEqual(['600', '700']);
});

it('a symbolic link stays, and what it leads to is replaced', async () => {
  const path = await fileWith('old', 0o640);
  const link = join(await folder(), 'link.json');
  await symlink(path, link);
  await replaceFile(link, 'new', kept);
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect([await readFile(path, 'utf8'), await modeOf(path)]).toEqual(['new', '640']);
});

it('a link that leads nowhere becomes the file, and one that leads in a circle is an error', async () => {
  const made = await folder();
  await symlink(join(made, 'nowhere'), join(made, 'dangling'));
  await replaceFile(join(made, 'dangling'), 'new', owner);
  expect((await lstat(join(made, 'dangling'))).isFile()).toBe(true);
  await symlink(join(made, 'circle'), join(made, 'circle'));
  await expect(replaceFile(join(made, 'circle'), 'new', owner)).rejects.toThrow('ELOOP');
});

it('where a folder has the name nothing changes and nothing is left', async () => {
  const made = await folder();
  await mkdir(join(made, 'a.json', 'full'), { recursive: true });
  await expect(replaceFile(join(made, 'a.json'), 'new', owner)).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect(await readdir(made)).toEqual(['a.json']);
});

it('a device, a pipe or a socket is never replaced by a file', async () => {
  const made = await folder();
  const socket = createServer().listen(join(made, 'a.sock'));
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  await symlink(join(made, 'a.sock'), join(made, 'link.json'));
  await expect(replaceFile(join(made, 'link.json'), 'new', owner)).rejects.toThrow('EFTYPE');
  await expect(draftFile(join(made, 'a.sock'), 'new', kept)).rejects.toMatchObject({ code: 'EFTYPE' });
  expect((await lstat(join(made, 'a.sock'))).isSocket()).toBe(true);
  expect(await readdir(made)).toEqual(['a.sock', 'link.json']);
});

it('a draft is on the disk before anybody sees it, and is gone where it is thrown away', async () => {
  const path = await fileWith('old', 0o600);
  const draft = await draftFile(path, 'new', owner);
  const [written] = (await readdir(join(path, '..'))).filter((name) => name !== 'a.json');
  expect(await readFile(join(path, '..', written ?? ''), 'utf8')).toBe('new');
  expect(await readFile(path, 'utf8')).toBe('old');
  await draft.discard();
  expect(await readdir(join(path, '..'))).toEqual(['a.json']);
  const next = await draftFile(path, 'next', owner);
  await next.commit();
  await next.discard();
  expect(await readFile(path, 'utf8')).toBe('next');
});
