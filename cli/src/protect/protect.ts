import { failure } from '../cli-error.ts';
import { visible } from '../format/visible.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { printDocument, printLine } from '../output.ts';
import { type Firewall, otherFirewall } from './behind.ts';
import { firewallHere } from './firewall-here.ts';
import { hereOf, hintsFor } from './hints.ts';
import { backupOf } from './kept-copy.ts';
import type { Step } from './plan.ts';
import { protectFile } from './protect-file.ts';

const RESULT = {
  wrap: 'protected',
  proxy: 'protected',
  none: 'already',
  self: 'self',
  left: 'left',
} as const;

const describe = (step: Step, firewall: Firewall): string => {
  const server = visible(step.entry.name);
  if (step.to === 'self') return `  ${server}: is AegisMCP itself`;
  if (step.to === 'left') return `  ${server}: left as it is, because ${visible(step.because)}`;
  const rules = `rules see its tools as ${step.name}.<tool>`;
  const other = otherFirewall(step.entry.value, firewall);
  if (other !== undefined)
    return `  ${server}: was behind another firewall (${visible(other)}), and is behind this one now (${firewall.dataDir}); ${rules}`;
  return step.to === 'none' ? `  ${server}: was behind it already; ${rules}` : `  ${server}: ${rules}`;
};

/** The first thing that is said: whether all of it is behind the firewall, and nothing less. */
function headline(file: string, steps: readonly Step[], isChanged: boolean): string {
  const servers = steps.filter(({ to }) => to !== 'self').length;
  const left = steps.filter(({ to }) => to === 'left').length;
  if (left > 0) {
    const extent = left === servers ? '' : ' wholly';
    const after = isChanged ? '' : '; it is as it was';
    return `${file} is NOT${extent} behind the firewall: ${left} of ${servers} servers ${left === 1 ? 'is' : 'are'} not${after}:`;
  }
  if (isChanged) return `${file} is behind the firewall:`;
  return steps.length === 0
    ? `${file} has no servers and is as it was.`
    : `${file} is behind the firewall already and is as it was:`;
}

/** How the firewall of another user calls a server, and where it keeps what it wrote, nobody knows here. @throws CliError */
function requireOwnFirewall(env: Host['env']): void {
  if (!env['AEGIS_AGENT_ADDRESS']) return;
  const detail =
    'AEGIS_AGENT_ADDRESS is set, and protect only knows the firewall of this user: write the entry by hand, as docs/own-user.md has it, or unset it. The file is as it was.';
  throw failure('other_firewall', 'That is another firewall', detail);
}

/** Exit 0 where every server of the file is behind the firewall now, 1 where one is left. */
export async function protect(host: Host, given: string, { json }: GlobalOptions): Promise<ExitCode> {
  requireOwnFirewall(host.env);
  const firewall = await firewallHere(host.env);
  const { file, steps } = await protectFile(given, firewall);
  const isChanged = steps.some(({ to }) => to === 'wrap' || to === 'proxy');
  const isBehind = steps.every(({ to }) => to !== 'left');
  const here = await hereOf(firewall.dataDir, host.env);
  if (json) {
    const servers = steps.map((step) => ({
      server: step.entry.name,
      result: RESULT[step.to],
      ...(step.to === 'left' ? { because: step.because } : {}),
      ...('name' in step ? { name: step.name } : {}),
      ...(hintsFor(step, here).length > 0 ? { hints: hintsFor(step, here) } : {}),
    }));
    printDocument(host, { file, behind: isBehind, changed: isChanged, servers });
  } else {
    printLine(host, headline(visible(file), steps, isChanged));
    for (const step of steps) {
      printLine(host, describe(step, firewall));
      for (const hint of hintsFor(step, here)) printLine(host, `    ${visible(hint)}`);
    }
    if (isChanged) {
      printLine(host, `It was copied to ${backupOf(file)}; "aegis unprotect ${file}" restores it.`);
      printLine(host, 'Restart the client, so that it reads the file again.');
    }
    if (firewall.policyPath === undefined) {
      printLine(host, 'There is no policy file: a person is asked about every call until you write one.');
    }
  }
  return isBehind ? 0 : 1;
}
