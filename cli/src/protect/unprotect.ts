import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { printDocument, printLine } from '../output.ts';
import { firewallHere } from './firewall-here.ts';
import { type Unprotected, unprotectFile } from './unprotect-file.ts';

const SENTENCE: Readonly<Record<Unprotected['result'], string>> = {
  restored: 'is to the byte what it was. Restart the client.',
  taken_out:
    'was changed since, or its copy is gone; its servers are what they were, and the rest stays. Restart the client.',
  not_protected: 'has nothing behind the firewall and is as it was.',
};

/** Exit 0 where the file is without the firewall now, whatever it was before. */
export async function unprotect(host: Host, file: string, { json }: GlobalOptions): Promise<ExitCode> {
  const { result, copy } = await unprotectFile(file, await firewallHere(host.env));
  if (json) printDocument(host, { file, result, ...(copy !== undefined && { copy }) });
  else printLine(host, `${file} ${SENTENCE[result]}`);
  if (!json && copy !== undefined)
    printLine(host, `As it was before it was protected, it is kept in ${copy}.`);
  return 0;
}
