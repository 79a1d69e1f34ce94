import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { printDocument, printLine } from '../output.ts';
import { firewallHere } from './firewall-here.ts';
import { type Unprotected, unprotectFile } from './unprotect-file.ts';

const SENTENCE: Readonly<Record<Unprotected, string>> = {
  restored: 'is to the byte what it was. Restart the client.',
  taken_out: 'was changed since; its servers are what they were, and the rest stays. Restart the client.',
  not_protected: 'has nothing behind the firewall and is as it was.',
};

/** Exit 0 where the file is without the firewall now, whatever it was before. */
export async function unprotect(host: Host, file: string, { json }: GlobalOptions): Promise<ExitCode> {
  const result = await unprotectFile(file, await firewallHere(host.env));
  if (json) printDocument(host, { file, result });
  else printLine(host, `${file} ${SENTENCE[result]}`);
  return 0;
}
