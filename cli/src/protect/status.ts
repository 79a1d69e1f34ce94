import { diskWarning } from '@aegis/kit/disk';
import { count } from '@aegis/kit/text';
import { earlierVersion, program } from '../../relay/data-directory.js';
import { visible } from '../format/visible.ts';
import { isNobodyThere } from '../gateway/is-nobody-there.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { askedNote } from '../keys/who-is-asked.ts';
import { diskPercentOf } from '../local/disk-percent.ts';
import { dataDirOf, type FoundStack, readStackFile } from '../local/stack/stack-file.ts';
import { printLine, printList } from '../output.ts';
import { firewallHere } from './firewall-here.ts';
import { lookIntoClients, type Row, type Seen, sharing } from './look-into.ts';

/** That nobody can approve, and why. What can't be asked is said elsewhere. */
async function nobodyApproves(gatewayUrl: string, dataDir: string): Promise<string | undefined> {
  const found = await isNobodyThere(new URL(gatewayUrl)).catch(() => undefined);
  if (!found?.isNobody) return undefined;
  const run = `AEGIS_DATA_DIR=${dataDir} ${program()} approve-here`;
  return found.damage === undefined
    ? `Nobody can approve yet. In a terminal: ${run}`
    : `Nobody can approve: ${found.damage}. Mend it, or move it away and in a terminal: ${run}`;
}

const some = (n: number, one: string, many: string): string => (n === 0 ? '' : count(n, one, many));

/** Whether a server is behind the firewall, in a word. */
const isBehind = ({ behind, other_firewall }: Row): string =>
  other_firewall === undefined ? (behind ? 'yes' : 'NO') : 'another';

/** What is to be said of a server that is not behind this firewall, where more is known than that. */
function whyNot({ server, file, because, other_firewall }: Row): string | undefined {
  const which = `${visible(server)} of ${file}`;
  if (other_firewall !== undefined)
    return `${which} is behind another firewall: ${visible(other_firewall)}. To ask that one: AEGIS_DATA_DIR=${visible(other_firewall)} ${program()} status`;
  return because && `${which} is NOT behind it, because ${visible(because)}.`;
}

/** What follows its name. */
function howItIs(found: FoundStack): string {
  if (found.state === 'running') return `runs, process ${found.stack.pid}`;
  if (found.state !== 'between') return 'does not run; the first wrapped server starts it';
  const is = found.phase === 'starting' ? 'being started' : found.phase;
  return `is ${is}${found.pid === undefined ? '' : `, process ${found.pid}`}; look again in a moment`;
}

/** The first thing that is said, where anything is not behind the firewall or nobody can tell. */
function headline({ rows, unreadable, notLookedInto }: Seen): string | undefined {
  const elsewhere = rows.filter((row) => row.other_firewall !== undefined).length;
  const out = rows.filter(({ behind }) => !behind).length - elsewhere;
  const here = `of ${count(rows.length, 'server')} here`;
  const said = [
    some(out, `${here} is NOT behind the firewall`, `${here} are NOT behind the firewall`),
    some(elsewhere, `${here} is behind another firewall`, `${here} are behind another firewall`),
    some(notLookedInto.length, 'of the files was not looked into', 'of the files were not looked into'),
    some(unreadable.length, "of the files can't be read", "of the files can't be read"),
  ].filter((part) => part !== '');
  return said.length === 0 ? undefined : `${said.join(', and ')}.`;
}

/** Which clients and servers are behind the firewall, and whether it runs. Exit 0 where every server is, of every file. */
export async function showStatus(host: Host, { json }: GlobalOptions): Promise<ExitCode> {
  const firewall = await firewallHere(host.env);
  const found = await readStackFile(dataDirOf(host.env));
  const seen = await lookIntoClients(firewall, host.env);
  const { rows, unreadable, notLookedInto } = seen;
  const isRunning = found.state === 'running';
  const first = headline(seen);
  if (!json && first !== undefined) printLine(host, first);
  if (!json) printLine(host, `The firewall of ${firewall.dataDir} ${howItIs(found)}.`);
  if (!json && isRunning && found.stack.agent_address === undefined)
    printLine(host, earlierVersion(firewall.dataDir, found.stack.pid));
  const noApprover =
    !json && isRunning ? await nobodyApproves(found.stack.gateway_url, firewall.dataDir) : undefined;
  if (noApprover !== undefined) printLine(host, noApprover);
  const nobodyAsked = !json && isRunning ? await askedNote(host.env, firewall.dataDir) : undefined;
  if (nobodyAsked !== undefined) printLine(host, nobodyAsked);
  const full = await diskWarning(firewall.dataDir, diskPercentOf(host.env));
  if (!json && full !== undefined) printLine(host, full);
  const document = {
    running: isRunning,
    ...(found.state === 'between' && { phase: found.phase }),
    data_dir: firewall.dataDir,
    servers: rows,
    unreadable,
    not_looked_into: notLookedInto,
  };
  const cells = rows.map((row) => [row.client, row.server, isBehind(row), row.name, row.file]);
  const header = ['CLIENT', 'SERVER', 'BEHIND', 'NAME IN RULES', 'FILE'];
  const none = first === undefined ? 'No MCP client has servers here.' : 'No other file has servers.';
  printList(host, { json }, document, header, cells, none);
  if (!json) {
    for (const sentence of rows.flatMap((row) => whyNot(row) ?? [])) printLine(host, sentence);
    for (const { message, mend } of rows.flatMap((row) => sharing(row) ?? []))
      printLine(host, `${visible(message)}; ${visible(mend)}.`);
    for (const { client, file, why } of notLookedInto)
      printLine(host, `${client}: ${visible(file)} was not looked into, because ${why}.`);
    for (const { why } of unreadable) printLine(host, why);
  }
  return first === undefined ? 0 : 1;
}
