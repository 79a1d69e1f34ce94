import type { ApproverOptions } from '../approver-credential.ts';
import { failure } from '../cli-error.ts';
import { paintStatus } from '../format/paint.ts';
import { visible } from '../format/visible.ts';
import { gatewayAddress } from '../gateway/address.ts';
import { AcceptAnswer, type ToolItem, ToolsAnswer } from '../gateway/answers.ts';
import { askAsApprover } from '../gateway/ask-as-approver.ts';
import { askAsReader } from '../gateway/ask-as-reader.ts';
import type { ExitCode, Host } from '../host.ts';
import { printDocument, printLine } from '../output.ts';

export type AcceptOptions = ApproverOptions & { readonly digest?: string };

/**
 * The definition of this tool that waits. Its name may be given as `tools list` shows it, with odd characters written
 * out; its own name goes first.
 * @throws CliError `not_found`, and `several_wait` where it is for a person to say which one
 */
function findTool(tools: readonly ToolItem[], server: string, name: string): ToolItem {
  const ofServer = tools.filter((one) => one.server === server);
  const exact = ofServer.filter((one) => one.tool === name);
  const [found, ...others] = exact.length > 0 ? exact : ofServer.filter((one) => visible(one.tool) === name);
  const named = `tool ${visible(name)} of server ${visible(server)}`;
  const see = 'see "aegis tools list"';
  if (!found || others.some(({ tool }) => tool !== found.tool)) {
    throw failure('not_found', 'Not found', `No ${named} waits to be accepted: ${see}.`);
  }
  if (others.length === 0) return found;
  const detail = `${others.length + 1} definitions of ${named} wait: name one by --digest, ${see}.`;
  throw failure('several_wait', 'Several definitions wait', detail);
}

/** Accepts one exact definition: the one that waits, or the one that `--digest` names. */
export async function acceptTool(
  host: Host,
  server: string,
  name: string,
  options: AcceptOptions,
): Promise<ExitCode> {
  const base = await gatewayAddress(options.url, host.env);
  const { tool, digest } =
    options.digest === undefined
      ? findTool(
          (await askAsReader(host, base, { method: 'GET', path: 'tools' }, ToolsAnswer)).tools,
          server,
          name,
        )
      : { tool: name, digest: options.digest };
  const body = { server, tool, digest };
  await askAsApprover(host, options, { method: 'POST', path: 'tools/accept', body }, AcceptAnswer);
  if (options.json) printDocument(host, { ok: true, server, tool, digest });
  else printLine(host, `${paintStatus(host, 'accepted')}  ${server}.${visible(tool)}  ${digest}`);
  return 0;
}
