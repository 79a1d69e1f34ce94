import { program } from '../../relay/data-directory.js';
import { failure } from '../cli-error.ts';
import { type Firewall, otherFirewall } from './behind.ts';
import type { ClientServer } from './client-config.ts';
import { readRegistry } from './registry.ts';

/**
 * The firewall that has a file on record gives it back to the byte, and forgets it: no other one takes it out, or over.
 *
 * @throws CliError where another one has it
 */
export async function requireNoOtherFirewall(
  file: string,
  entries: readonly ClientServer[],
  firewall: Firewall,
): Promise<void> {
  for (const other of new Set(entries.flatMap(({ value }) => otherFirewall(value, firewall) ?? []))) {
    if ((await readRegistry(other))[file] === undefined) continue;
    throw failure(
      'other_firewall',
      'That is another firewall',
      `${file} is behind another firewall, of ${other}, and is as it was. To take it out there: AEGIS_DATA_DIR=${other} ${program()} unprotect ${file}`,
    );
  }
}
