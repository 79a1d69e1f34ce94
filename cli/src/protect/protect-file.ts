import { existsSync } from 'node:fs';
import { replaceFile } from '../policy-file/replace-file.ts';
import { type Firewall, takeOut } from './behind.ts';
import { readEntries, replaceEntry, samePath } from './client-config.ts';
import { backupOf, keepCopy, readText } from './file-text.ts';
import { planProtection, type Step } from './plan.ts';
import { remember } from './registry.ts';
import { addServers, knownServers } from './servers-file.ts';

/** The file as it would be without us: what is behind the firewall already goes back to what it was. */
async function originalOf(file: string, text: string, steps: readonly Step[]): Promise<string> {
  const behind = steps.filter((step) => step.to === 'none');
  if (behind.length === 0) return text;
  const copy = backupOf(file);
  const before = existsSync(copy) ? readEntries(copy, await readText(copy)) : [];
  return behind.reduce((original, { entry }) => {
    const known = before.find((one) => samePath(one, entry));
    return replaceEntry(original, entry.path, known?.value ?? takeOut(entry.value));
  }, text);
}

/**
 * Puts every server of a client's file behind the firewall. What is behind it already, and what can't be, stays as it is;
 * a copy of the file as it was is kept beside it.
 *
 * @returns what became of each server
 * @throws CliError one sentence; the file is as it was then
 */
export async function protectFile(file: string, firewall: Firewall): Promise<readonly Step[]> {
  const { serversPath } = firewall;
  const text = await readText(file);
  const known = await knownServers(serversPath);
  const steps = planProtection(readEntries(file, text), firewall, new Set(known.keys()));
  const changes = steps.filter((step) => step.to === 'wrap' || step.to === 'proxy');
  if (changes.length === 0) return steps;
  const written = changes.reduce((next, { entry, value }) => replaceEntry(next, entry.path, value), text);
  await keepCopy(file, await originalOf(file, text, steps));
  await addServers(
    serversPath,
    new Map(changes.flatMap((step) => (step.to === 'proxy' ? [[step.name, step.upstream] as const] : []))),
  );
  await replaceFile(file, written);
  await remember(firewall.dataDir, file, written);
  return steps;
}
