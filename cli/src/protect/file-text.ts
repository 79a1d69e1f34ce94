import { realpath } from 'node:fs/promises';
import { readText as readWhole } from '@aegis/kit/files';
import { failure } from '../cli-error.ts';
import type { Registry } from './registry.ts';

/** Clients keep their histories there, too. */
const MAX_BYTES = 67_108_864;

/**
 * A file's text; a byte order mark stays in it. What a cloned folder holds in its place, a link to a device or a pipe, is
 * not read.
 *
 * @throws CliError `file_unreadable`
 */
export async function readText(file: string): Promise<string> {
  const found = await readWhole(file, { maxBytes: MAX_BYTES });
  if (found.state === 'text') return new TextDecoder('utf-8', { ignoreBOM: true }).decode(found.bytes);
  throw failure('file_unreadable', 'The file is not readable', `${file} ${found.problem}.`);
}

/** The file behind a link, which the copy stands beside; one that was known by the link's own name goes on by that. */
export async function fileBehind(path: string, registry: Registry): Promise<string> {
  if (Object.hasOwn(registry, path)) return path;
  return realpath(path).catch(() => path);
}
