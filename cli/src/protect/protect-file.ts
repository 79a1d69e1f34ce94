import { failure } from '../cli-error.ts';
import { replaceFile } from '../policy-file/replace-file.ts';
import type { Firewall } from './behind.ts';
import { readEntries, replaceEntry, samePath } from './client-config.ts';
import { fileBehind, readText } from './file-text.ts';
import { keepCopy, readCopy } from './kept-copy.ts';
import { requireNoOtherFirewall } from './no-other-firewall.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { type Known, planProtection, type Step, upstreams } from './plan.ts';
import { digestOfText, leftCopy, type Protected, readRegistry, remember } from './registry.ts';
import { serversElsewhere } from './servers-elsewhere.ts';
import { addServers, knownServers } from './servers-file.ts';

export type ProtectedFile = {
  /** Where it is, behind links. */
  readonly file: string;
  /** What became of each server. */
  readonly steps: readonly Step[];
};

/** The file as it would be without us: what is behind the firewall already goes back to what it was. */
async function originalOf(
  file: string,
  text: string,
  steps: readonly Step[],
  known?: Protected,
): Promise<string> {
  const copy = await readCopy(file, known);
  const before = copy === undefined ? [] : readEntries(file, copy);
  return steps.reduce((original, step) => {
    if (!('original' in step) || step.original === step.entry.value) return original;
    const kept = before.find((one) => samePath(one, step.entry));
    return replaceEntry(original, step.entry.path, kept?.value ?? step.original);
  }, text);
}

const notBehind = (file: string, why: string) =>
  failure('not_behind', 'Not behind the firewall', `${file} is NOT behind the firewall: ${why}.`);

/** Reads what is to be written as a client will, and looks whether each server is behind the firewall then. */
function requireBehind(
  file: string,
  written: string,
  steps: readonly Step[],
  firewall: Firewall,
  known: Known,
): void {
  const servers = new Map([...known.servers, ...upstreams(steps)]);
  const after = planProtection(readEntries(file, written), firewall, { ...known, servers });
  const isAsPlanned = after.every((now, index) => {
    const step = steps[index];
    if (step === undefined || !samePath(step.entry, now.entry)) return false;
    return 'name' in step ? now.to === 'none' && now.name === step.name : now.to === step.to;
  });
  if (!isAsPlanned || after.length !== steps.length)
    throw notBehind(file, 'what would be written reads back as something else. It is as it was');
}

/** @throws CliError where the file is another one than was read or written */
async function requireText(file: string, expected: string, then: string): Promise<void> {
  if ((await readText(file)) !== expected)
    throw notBehind(
      file,
      `another program wrote it at this moment; ${then}. Close the client and run this again`,
    );
}

/**
 * Puts every server of a client's file behind the firewall. What is behind it already, and what can't be, stays as it is;
 * a copy of the file as it was is kept beside it. What was written is read back as clients read it.
 *
 * @throws CliError one sentence; the file is as it was then, where the sentence says no other
 */
export const protectFile = (given: string, firewall: Firewall): Promise<ProtectedFile> =>
  oneAtATime(firewall.dataDir, async () => {
    const { serversPath: servers_path, policyPath: policy_path, dataDir } = firewall;
    const registry = await readRegistry(dataDir);
    const file = await fileBehind(given, registry);
    const text = await readText(file);
    const known = {
      servers: await knownServers(servers_path),
      written: registry[file],
      elsewhere: await serversElsewhere(registry, file),
    };
    const entries = readEntries(file, text);
    if (known.written === undefined) await requireNoOtherFirewall(file, entries, firewall);
    const steps = planProtection(entries, firewall, known);
    const changes = steps.filter((step) => step.to === 'wrap' || step.to === 'proxy');
    if (changes.length === 0) return { file, steps };
    const written = changes.reduce((next, { entry, value }) => replaceEntry(next, entry.path, value), text);
    requireBehind(file, written, steps, firewall, known);
    const original = await originalOf(file, text, steps, registry[file]);
    await keepCopy(file, original, registry[file] ?? (await leftCopy(dataDir, file)));
    await addServers(servers_path, upstreams(steps));
    await requireText(file, text, 'it is as that one left it');
    await replaceFile(file, written);
    const paths = { servers_path, ...(policy_path === undefined ? {} : { policy_path }) };
    await remember(dataDir, file, { written: digestOfText(written), copy: digestOfText(original), ...paths });
    await requireText(file, written, 'what stands there now is unknown');
    return { file, steps };
  });
