import { existsSync } from 'node:fs';
import { diskWarning } from '@aegis/kit/disk';
import { earlierVersion, program } from '../../relay/data-directory.js';
import { isNobodyThere } from '../gateway/is-nobody-there.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { diskPercentOf } from '../local/disk-percent.ts';
import { dataDirOf, readStackFile } from '../local/stack/stack-file.ts';
import { printLine, printList } from '../output.ts';
import { isFirewallItself, nameBehind } from './behind.ts';
import { readEntries } from './client-config.ts';
import { readText } from './file-text.ts';
import { firewallHere } from './firewall-here.ts';
import { type ClientFile, knownClientFiles } from './known-clients.ts';
import { readRegistry } from './registry.ts';

type Row = { client: string; file: string; server: string; behind: boolean; name: string | null };

async function rowsOf({ client, path }: ClientFile, mcpUrl: string): Promise<Row[]> {
  const entries = readEntries(path, await readText(path));
  return entries
    .filter(({ value }) => !isFirewallItself(value, mcpUrl))
    .map(({ name: server, value }) => {
      const name = nameBehind(value, mcpUrl) ?? null;
      return { client, file: path, server, behind: name !== null, name };
    });
}

/** The known files that are there, and every other one that was put behind this firewall. */
async function filesHere(dataDir: string, env: Host['env']): Promise<readonly ClientFile[]> {
  const known = knownClientFiles(process.cwd(), env);
  const named = new Set(known.map(({ path }) => path));
  const others = Object.keys(await readRegistry(dataDir)).filter((path) => !named.has(path));
  const all = [...known, ...others.map((path) => ({ client: 'other', path }))];
  return all.filter(({ path }) => existsSync(path));
}

/** What can't be asked is said elsewhere. */
const nobodyApproves = (gatewayUrl: string): Promise<boolean> =>
  isNobodyThere(new URL(gatewayUrl)).catch(() => false);

/** Which clients and servers are behind the firewall, and whether it runs. Exit 0 where every server is. */
export async function showStatus(host: Host, { json }: GlobalOptions): Promise<ExitCode> {
  const firewall = await firewallHere(host.env);
  const found = await readStackFile(dataDirOf(host.env));
  const rows: Row[] = [];
  const unreadable: { file: string; why: string }[] = [];
  for (const file of await filesHere(firewall.dataDir, host.env)) {
    try {
      rows.push(...(await rowsOf(file, firewall.mcpUrl)));
    } catch (error) {
      unreadable.push({ file: file.path, why: error instanceof Error ? error.message : String(error) });
    }
  }
  const isRunning = found.state === 'running';
  const until = isRunning
    ? `runs, process ${found.stack.pid}`
    : 'does not run; the first wrapped server starts it';
  if (!json) printLine(host, `The firewall of ${firewall.dataDir} ${until}.`);
  if (!json && isRunning && found.stack.agent_address === undefined)
    printLine(host, earlierVersion(firewall.dataDir, found.stack.pid));
  if (!json && isRunning && (await nobodyApproves(found.stack.gateway_url)))
    printLine(
      host,
      `Nobody can approve yet. In a terminal: AEGIS_DATA_DIR=${firewall.dataDir} ${program()} approve-here`,
    );
  const full = await diskWarning(firewall.dataDir, diskPercentOf(host.env));
  if (!json && full !== undefined) printLine(host, full);
  const document = { running: isRunning, data_dir: firewall.dataDir, servers: rows, unreadable };
  const cells = rows.map((row) => [row.client, row.server, row.behind ? 'yes' : 'NO', row.name, row.file]);
  const header = ['CLIENT', 'SERVER', 'BEHIND', 'NAME IN RULES', 'FILE'];
  printList(host, { json }, document, header, cells, 'No MCP client has servers here.');
  if (!json) for (const { why } of unreadable) printLine(host, why);
  return rows.every((row) => row.behind) ? 0 : 1;
}
