import { readFile, writeFile } from 'node:fs/promises';
import { failure } from '../cli-error.ts';

/** The copy of a client's file as it was, beside it. */
export const backupOf = (file: string): string => `${file}.before-aegis`;

/** A file's text; a byte order mark stays in it. @throws CliError `file_unreadable` */
export async function readText(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file));
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'it is not UTF-8';
    throw failure('file_unreadable', 'The file is not readable', `${file} can't be read (${why}).`, error);
  }
}

/** Keeps a copy that only its owner can read: clients write secrets into these files. */
export async function keepCopy(file: string, text: string): Promise<void> {
  try {
    await writeFile(backupOf(file), text, { mode: 0o600 });
  } catch (error) {
    const detail = `${backupOf(file)} can't be written. ${file} is as it was.`;
    throw failure('backup_failed', 'No backup', detail, error);
  }
}
