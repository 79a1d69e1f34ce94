import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../errors/system.ts';

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/**
 * Makes a folder, and those above it, where they are not there. Node's own way (`recursive`) goes on for ever where a
 * parent is there and the system says that it is not, as under /proc.
 *
 * @param mode of each one that is made
 * @throws Error of the system, with its `code`
 */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (await isFolder(path)) return;
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path), mode);
    await mkdir(path, { mode }).catch(async (again: unknown) => {
      if (await isFolder(path)) return;
      throw codeOf(again) === 'ENOENT' ? refused(path, again) : again;
    });
  }
}

/** The system makes nothing in a folder that is there. */
const refused = (path: string, cause: unknown): Error =>
  Object.assign(new Error(`EPERM: operation not permitted, mkdir '${path}'`, { cause }), {
    code: 'EPERM',
    syscall: 'mkdir',
    path,
  });
