import { readFile, realpath } from 'node:fs/promises';
import { failure } from '../cli-error.ts';
import type { Registry } from './registry.ts';

/** A file's text; a byte order mark stays in it. @throws CliError `file_unreadable` */
export async function readText(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file));
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'it is not UTF-8';
    throw failure('file_unreadable', 'The file is not readable', `${file} can't be read (${why}).`, error);
  }
}

/** The file behind a link, which the copy stands beside; one that was known by the link's own name goes on by that. */
export async function fileBehind(path: string, registry: Registry): Promise<string> {
  if (Object.hasOwn(registry, path)) return path;
  return realpath(path).catch(() => path);
}
