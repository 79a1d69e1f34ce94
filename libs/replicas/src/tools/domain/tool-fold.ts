import { foldName } from '@aegis/kit/text';
import { evolve, inQuarantine, type Tool, type WaitingDefinition } from './tool.ts';
import { readToolEvent, type ToolMessage } from './tool-event.ts';

/** A tool, and one of its definitions that waits. */
export type InQuarantine = { readonly tool: Tool; readonly waiting: WaitingDefinition };

export type ToolFoldOptions = {
  /** Whether whole definitions are kept of what waits and of what counted last: who shows them needs them. */
  readonly keepsDefinitions: boolean;
};

/** What the log says of every tool of every server. The only reading of it: who judges and who accepts both use this. */
export type ToolFold = ReturnType<typeof createToolFold>;

type Server = {
  readonly tools: Map<string, Tool>;
  /** By the look of a name, the first tool that had it. */
  readonly byLook: Map<string, string>;
};

const isCurrent = ({ tool, waiting }: InQuarantine): boolean => inQuarantine(tool) === waiting;
const newestFirst = (one: InQuarantine, other: InQuarantine): number => other.waiting.seq - one.waiting.seq;

export function createToolFold({ keepsDefinitions }: ToolFoldOptions) {
  const servers = new Map<string, Server>();

  const serverOf = (name: string): Server => {
    const found = servers.get(name) ?? { tools: new Map(), byLook: new Map() };
    servers.set(name, found);
    return found;
  };
  const lookAlikeOf = (server: string, tool: string): string | undefined => {
    const first = servers.get(server)?.byLook.get(foldName(tool));
    return first === tool ? undefined : first;
  };
  const tools = function* (): Generator<Tool> {
    for (const server of servers.values()) yield* server.tools.values();
  };

  return {
    /** Takes one message of `aegis.log.tool.>`, in the log's order: what it makes of its tool, or why it does not count. */
    apply(message: ToolMessage): Tool | 'unreadable' | 'unfit' {
      const event = readToolEvent(message);
      if (typeof event === 'string') return event;
      const { server: name, tool } = event.data;
      const server = serverOf(name);
      const lookAlike = lookAlikeOf(name, tool);
      const next = evolve(server.tools.get(tool), event, { lookAlike, keepsDefinitions });
      server.tools.set(tool, next);
      const look = foldName(tool);
      if (!server.byLook.has(look)) server.byLook.set(look, tool);
      return next;
    },
    get: (server: string, tool: string): Tool | undefined => servers.get(server)?.tools.get(tool),
    tools,
    /** How many tools of this server are known. */
    sizeOf: (server: string): number => servers.get(server)?.tools.size ?? 0,
    /** Another tool of the server that had this look first. */
    lookAlikeOf,
    /**
     * Everything that waits to be accepted: first of each tool what keeps it in quarantine, then what was seen before and
     * may still come; each the newest first.
     */
    quarantined(): InQuarantine[] {
      const all = [...tools()].flatMap((tool) => tool.waiting.map((waiting) => ({ tool, waiting })));
      return [
        ...all.filter(isCurrent).toSorted(newestFirst),
        ...all.filter((one) => !isCurrent(one)).toSorted(newestFirst),
      ];
    },
  };
}
