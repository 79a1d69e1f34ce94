import type { Call } from '@aegis/contracts/call';
import { definitionStatus, type Tool } from '@aegis/replicas/tools';

/** What of a call, or of the calls that a grant covers, is about their tool. */
type OfTool = Pick<Call, 'server' | 'tool' | 'definition_digest'>;

const PLAIN = /^[\w./-]+$/;

/** How a person lets a definition count, by the command that takes it. */
function accepting(server: string, tool: string): string {
  const name = tool.slice(server.length + 1);
  const isPlain = PLAIN.test(server) && PLAIN.test(name);
  return isPlain ? `"aegis tools accept ${server} ${name}"` : '"aegis tools list" and "aegis tools accept"';
}

/** Why each call of this definition goes to a person, whatever grants there are; undefined where it counts. */
export function notAccepted(
  { server, tool, definition_digest: digest }: OfTool,
  found: Tool | undefined,
): string | undefined {
  if (server === undefined || digest === undefined || definitionStatus(found, digest) !== 'waits')
    return undefined;
  return `nobody has accepted the definition of its tool, and until somebody does, each call is asked about: ${accepting(server, tool)} accepts it`;
}

/** Why no call is covered now by a grant of this definition, though it counts; undefined where calls can be. */
export function whyIdle(pattern: OfTool, found: Tool | undefined): string | undefined {
  const waits = notAccepted(pattern, found);
  const { definition_digest: digest } = pattern;
  if (waits !== undefined || found === undefined || digest === undefined || found.latest === digest)
    return waits;
  return 'its tool has another definition by now, and the grant is for calls of the one that it was given for';
}
