import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { codeOf, whyNoFile } from '@aegis/kit/errors';
import { replaceFile as replaceWhole } from '@aegis/kit/files';
import { failure } from '../cli-error.ts';

/** Copies `file` to `<file>.bak`. @throws CliError where that is there already: it may be the only one left */
export async function keepBackup(file: string): Promise<string> {
  const backup = `${file}.bak`;
  try {
    await copyFile(file, backup, constants.COPYFILE_EXCL);
    return backup;
  } catch (error) {
    const mend = codeOf(error) === 'EEXIST' ? ', move it away first' : '';
    throw failure(
      'backup_failed',
      'No backup',
      `${backup} is not written: ${whyNoFile(error)}${mend}. ${file} is as it was.`,
      error,
    );
  }
}

/**
 * Replaces a file's content; a reader sees the old or the new file, never a part. Without `mode` the file keeps its own.
 *
 * @throws CliError `file_unwritable`; the file is as it was then
 */
export async function replaceFile(
  file: string,
  content: string,
  mode: 'owner' | 'kept' = 'kept',
): Promise<void> {
  try {
    await replaceWhole(file, content, { mode });
  } catch (error) {
    const detail = `${file} can't be written, because ${whyNoFile(error)}, and is as it was.`;
    throw failure('file_unwritable', 'The file is not written', detail, error);
  }
}
