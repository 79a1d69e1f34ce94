import { visible } from '../format/visible.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { printDocument, printLine } from '../output.ts';
import { backupOf } from './file-text.ts';
import { firewallHere } from './firewall-here.ts';
import type { Step } from './plan.ts';
import { protectFile } from './protect-file.ts';

const RESULT = {
  wrap: 'protected',
  proxy: 'protected',
  none: 'already',
  self: 'self',
  left: 'left',
} as const;

const describe = (step: Step): string => {
  const server = visible(step.entry.name);
  if (step.to === 'self') return `  ${server}: is AegisMCP itself`;
  if (step.to === 'left') return `  ${server}: left as it is, because ${step.because}`;
  const rules = `rules see its tools as ${step.name}.<tool>`;
  return step.to === 'none' ? `  ${server}: was behind it already; ${rules}` : `  ${server}: ${rules}`;
};

/** Exit 0 where every server of the file is behind the firewall now, 1 where one is left. */
export async function protect(host: Host, file: string, { json }: GlobalOptions): Promise<ExitCode> {
  const firewall = await firewallHere(host.env);
  const steps = await protectFile(file, firewall);
  const isChanged = steps.some(({ to }) => to === 'wrap' || to === 'proxy');
  if (json) {
    const servers = steps.map((step) => ({
      server: step.entry.name,
      result: RESULT[step.to],
      ...(step.to === 'left' ? { because: step.because } : {}),
      ...('name' in step ? { name: step.name } : {}),
    }));
    printDocument(host, { file, changed: isChanged, servers });
  } else {
    printLine(host, isChanged ? `${file} is behind the firewall:` : `${file} is as it was:`);
    for (const step of steps) printLine(host, describe(step));
    if (isChanged) {
      printLine(host, `It was copied to ${backupOf(file)}; "aegis unprotect ${file}" restores it.`);
      printLine(host, 'Restart the client, so that it reads the file again.');
    }
    if (firewall.policyPath === undefined) {
      printLine(host, 'There is no policy file: a person is asked about every call until you write one.');
    }
  }
  return steps.some(({ to }) => to === 'left') ? 1 : 0;
}
