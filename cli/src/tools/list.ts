import { visible } from '../format/visible.ts';
import { gatewayAddress } from '../gateway/address.ts';
import { ToolsAnswer } from '../gateway/answers.ts';
import { askAsReader } from '../gateway/ask-as-reader.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { printList, printNote } from '../output.ts';

const HEADER = ['SERVER', 'TOOL', 'CHANGE', 'SINCE', 'DIGEST'];

/** The tools in quarantine; `--json` has their definitions before and after. */
export async function listTools(host: Host, options: GlobalOptions): Promise<ExitCode> {
  const base = await gatewayAddress(options.url, host.env);
  const answer = await askAsReader(host, base, { method: 'GET', path: 'tools' }, ToolsAnswer);
  const rows = answer.tools.map(({ server, tool, level, since, digest }) => [
    server,
    tool,
    level,
    since,
    digest,
  ]);
  printList(host, options, answer, HEADER, rows, 'No tool has changed.');
  if (options.json) return 0;
  if (answer.more) printNote(host, `There are ${answer.more} more: accept these to see them.`);
  if (rows.length > 0) {
    printNote(host, `What changed: ${visible(new URL('ui/tools', base).href)}, or --json.`);
  }
  return 0;
}
