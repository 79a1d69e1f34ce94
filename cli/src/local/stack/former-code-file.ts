import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes the file in which a firewall in the background once kept its code, where every file server of the user could
 * read it. The code approves nothing any more, so that one an agent has read already is worth nothing.
 *
 * @returns what the person who used it must know; undefined where there was none
 */
export async function removeFormerCodeFile(dataDir: string): Promise<string | undefined> {
  const path = join(dataDir, 'approval-code');
  try {
    await rm(path);
  } catch {
    return undefined;
  }
  return `The approval code in ${path} is not in force any more, and the file is removed: programs that agents use could read it.`;
}
