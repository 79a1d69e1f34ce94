import { constants } from 'node:fs';
import { copyFile, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { failure } from '../cli-error.ts';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/** Copies `file` to `<file>.bak`. @throws CliError where that is there already: it may be the only one left */
export async function keepBackup(file: string): Promise<string> {
  const backup = `${file}.bak`;
  try {
    await copyFile(file, backup, constants.COPYFILE_EXCL);
    return backup;
  } catch (error) {
    const why = codeOf(error) === 'EEXIST' ? 'it is there already, move it away first' : codeOf(error);
    throw failure(
      'backup_failed',
      'No backup',
      `${backup} is not written: ${why}. ${file} is as it was.`,
      error,
    );
  }
}

/**
 * Replaces a file's content, its mode kept. A reader sees the old or the new file, never a part; where `file` is a
 * symbolic link, what it points to is replaced.
 * @throws CliError `file_unwritable`; the file is as it was then
 */
export async function replaceFile(file: string, content: string): Promise<void> {
  let temporary: string | undefined;
  try {
    const target = await realpath(file);
    const { mode } = await stat(target);
    temporary = `${target}.${process.pid}.tmp`;
    const handle = await open(temporary, 'wx', mode);
    try {
      // The mode given to open loses what the umask forbids.
      await handle.chmod(mode);
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    if (temporary !== undefined && codeOf(error) !== 'EEXIST') await rm(temporary, { force: true });
    const detail = `${file} can't be written (${codeOf(error)}) and is as it was.`;
    throw failure('file_unwritable', 'The file is not written', detail, error);
  }
}
