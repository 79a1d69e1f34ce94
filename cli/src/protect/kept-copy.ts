import { lstat, rm } from 'node:fs/promises';
import { codeOf, whyNoFile } from '@aegis/kit/errors';
import { createOnce } from '@aegis/kit/files';
import { failure } from '../cli-error.ts';
import { readText } from './file-text.ts';
import { digestOfText, type Protected } from './registry.ts';

/** The copy of a client's file as it was, beside it. */
export const backupOf = (file: string): string => `${file}.before-aegis`;

/** Whether anything has the name of the copy, a link that leads nowhere too. */
async function isTaken(copy: string): Promise<boolean> {
  try {
    await lstat(copy);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/**
 * What the copy says that was kept for this file. Undefined where there is none, and where somebody else put something
 * there: a link, or another text than the one that was written.
 */
export async function readCopy(file: string, known: Protected | undefined): Promise<string | undefined> {
  const copy = backupOf(file);
  const found = await lstat(copy).catch(() => undefined);
  if (known === undefined || !found?.isFile() || found.uid !== (process.getuid?.() ?? found.uid))
    return undefined;
  const text = await readText(copy);
  return known.copy === undefined || known.copy === digestOfText(text) ? text : undefined;
}

/**
 * Keeps a copy that only its owner can read: clients write secrets into these files. What has its name is replaced where it
 * is the copy of before, and never written through.
 *
 * @throws CliError `backup_failed` where something else is there, or nothing can be written; the file is as it was
 */
export async function keepCopy(file: string, text: string, known: Protected | undefined): Promise<void> {
  const copy = backupOf(file);
  const fail = (why: string, cause?: unknown) =>
    failure(
      'backup_failed',
      'No backup',
      `${file} is NOT behind the firewall: ${copy} ${why}. It is as it was.`,
      cause,
    );
  const other = 'is there already, and is no copy that "aegis protect" made: move it away';
  try {
    if (await isTaken(copy)) {
      if ((await readCopy(file, known)) === undefined) throw fail(other);
      await rm(copy);
    }
    if (!(await createOnce(copy, text))) throw fail(other);
  } catch (error) {
    throw error instanceof Error && error.name === 'CliError'
      ? error
      : fail(`can't be written, because ${whyNoFile(error)}`, error);
  }
}
