import { existsSync } from 'node:fs';
import { diskWarning } from '@aegis/kit/disk';
import { earlierVersion, program } from '../../relay/data-directory.js';
import { visible } from '../format/visible.ts';
import { isNobodyThere } from '../gateway/is-nobody-there.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { diskPercentOf } from '../local/disk-percent.ts';
import { dataDirOf, readStackFile } from '../local/stack/stack-file.ts';
import { printLine, printList } from '../output.ts';
import type { Firewall } from './behind.ts';
import { hasNoList, readEntries } from './client-config.ts';
import { fileBehind, readText } from './file-text.ts';
import { firewallHere } from './firewall-here.ts';
import { type ClientFile, knownClientFiles } from './known-clients.ts';
import { type Known, planProtection, type Step } from './plan.ts';
import { readRegistry } from './registry.ts';
import { knownServers } from './servers-file.ts';

type Row = {
  client: string;
  file: string;
  server: string;
  behind: boolean;
  name: string | null;
  /** Why it is not, where that is more than that nobody put it there. */
  because?: string;
};

/** What an older AegisMCP wrote into a file that is on record is behind the firewall, too. */
const isOfBefore = (step: Step, known: Known): boolean =>
  step.to === 'wrap' && step.isWritten && known.written !== undefined;

function rowOf(client: string, file: string, step: Step, known: Known): Row | undefined {
  if (step.to === 'self') return undefined;
  const row = { client, file, server: step.entry.name };
  if (step.to === 'left') return { ...row, behind: false, name: null, because: step.because };
  const behind = step.to === 'none' || isOfBefore(step, known);
  return { ...row, behind, name: behind ? step.name : null };
}

async function rowsOf({ client, path }: ClientFile, firewall: Firewall): Promise<Row[]> {
  const registry = await readRegistry(firewall.dataDir);
  const text = await readText(path);
  if (hasNoList(text)) return [];
  // Where the servers file is not readable, nothing is known to be behind it.
  const servers = await knownServers(firewall.serversPath).catch(() => new Map<string, unknown>());
  const known = { servers, written: registry[await fileBehind(path, registry)] };
  return planProtection(readEntries(path, text), firewall, known).flatMap(
    (step) => rowOf(client, path, step, known) ?? [],
  );
}

/** The known files that are there, and every other one that was put behind this firewall. */
async function filesHere(dataDir: string, env: Host['env']): Promise<readonly ClientFile[]> {
  const known = knownClientFiles(process.cwd(), env);
  const named = new Set(await Promise.all(known.map(({ path }) => fileBehind(path, {}))));
  const others = Object.keys(await readRegistry(dataDir)).filter(
    (path) => !named.has(path) && !known.some((one) => one.path === path),
  );
  const all = [...known, ...others.map((path) => ({ client: 'other', path }))];
  return all.filter(({ path }) => existsSync(path));
}

/** That nobody can approve, and why. What can't be asked is said elsewhere. */
async function nobodyApproves(gatewayUrl: string, dataDir: string): Promise<string | undefined> {
  const found = await isNobodyThere(new URL(gatewayUrl)).catch(() => undefined);
  if (!found?.isNobody) return undefined;
  const run = `AEGIS_DATA_DIR=${dataDir} ${program()} approve-here`;
  return found.damage === undefined
    ? `Nobody can approve yet. In a terminal: ${run}`
    : `Nobody can approve: ${found.damage}. Mend it, or move it away and in a terminal: ${run}`;
}

/** The first thing that is said, where anything is not behind the firewall or nobody can tell. */
function headline(rows: readonly Row[], unreadable: number): string | undefined {
  const out = rows.filter(({ behind }) => !behind).length;
  const files = unreadable === 0 ? '' : `${unreadable} of the files can't be read`;
  const servers = out === 0 ? '' : `${out} of ${rows.length} servers here are NOT behind the firewall`;
  const said = [servers, files].filter((part) => part !== '');
  return said.length === 0 ? undefined : `${said.join(', and ')}.`;
}

/** Which clients and servers are behind the firewall, and whether it runs. Exit 0 where every server is. */
export async function showStatus(host: Host, { json }: GlobalOptions): Promise<ExitCode> {
  const firewall = await firewallHere(host.env);
  const found = await readStackFile(dataDirOf(host.env));
  const rows: Row[] = [];
  const unreadable: { file: string; why: string }[] = [];
  for (const file of await filesHere(firewall.dataDir, host.env)) {
    try {
      rows.push(...(await rowsOf(file, firewall)));
    } catch (error) {
      unreadable.push({ file: file.path, why: error instanceof Error ? error.message : String(error) });
    }
  }
  const isRunning = found.state === 'running';
  const until = isRunning
    ? `runs, process ${found.stack.pid}`
    : 'does not run; the first wrapped server starts it';
  const first = headline(rows, unreadable.length);
  if (!json && first !== undefined) printLine(host, first);
  if (!json) printLine(host, `The firewall of ${firewall.dataDir} ${until}.`);
  if (!json && isRunning && found.stack.agent_address === undefined)
    printLine(host, earlierVersion(firewall.dataDir, found.stack.pid));
  const noApprover =
    !json && isRunning ? await nobodyApproves(found.stack.gateway_url, firewall.dataDir) : undefined;
  if (noApprover !== undefined) printLine(host, noApprover);
  const full = await diskWarning(firewall.dataDir, diskPercentOf(host.env));
  if (!json && full !== undefined) printLine(host, full);
  const document = { running: isRunning, data_dir: firewall.dataDir, servers: rows, unreadable };
  const cells = rows.map((row) => [row.client, row.server, row.behind ? 'yes' : 'NO', row.name, row.file]);
  const header = ['CLIENT', 'SERVER', 'BEHIND', 'NAME IN RULES', 'FILE'];
  printList(host, { json }, document, header, cells, 'No MCP client has servers here.');
  if (!json) {
    for (const { server, file, because } of rows)
      if (because !== undefined)
        printLine(host, `${visible(server)} of ${file} is NOT behind it, because ${visible(because)}.`);
    for (const { why } of unreadable) printLine(host, why);
  }
  return first === undefined ? 0 : 1;
}
