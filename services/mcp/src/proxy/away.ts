import { connect } from 'node:net';
import type { ServerEntry } from '@aegis/firewall/servers';

/** How often a server that was away is looked for, and how long its connection may take. */
const LOOK_EVERY_MS = 5_000;
const LOOK_WITHIN_MS = 2_000;

/** `isLookedFor`: it is enough that a connection can be made. */
type Missed = {
  readonly entry: ServerEntry;
  readonly at: string;
  readonly because: string;
  readonly isLookedFor: boolean;
};

/** Whether a connection to it can be made. One of a server that is started with each session is known when it is. */
function isThere({ upstream }: ServerEntry): Promise<boolean> {
  if (upstream.kind !== 'http' || !URL.canParse(upstream.url)) return Promise.resolve(false);
  const { hostname, port, protocol } = new URL(upstream.url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = connect({ host, port: Number(port) || (protocol === 'https:' ? 443 : 80) });
  return new Promise((resolve) => {
    const said = (answer: boolean) => (): void => {
      resolve(answer);
      socket.destroy();
    };
    socket.setTimeout(LOOK_WITHIN_MS, said(false)).once('connect', said(true)).once('error', said(false));
  });
}

/** The servers that could not be reached or started when somebody last tried. */
export type Away = ReturnType<typeof createAway>;

export function createAway(now: () => Date = () => new Date()) {
  const missed = new Map<string, Missed>();
  let looking: NodeJS.Timeout | undefined;

  const answered = ({ name }: ServerEntry): void => {
    missed.delete(name);
    if (missed.size === 0) stop();
  };
  const look = async (): Promise<void> => {
    for (const { entry, isLookedFor } of missed.values())
      if (isLookedFor && (await isThere(entry))) answered(entry);
  };
  function stop(): void {
    clearInterval(looking);
    looking = undefined;
  }
  return {
    /** `because` is a sentence about the server; `isLookedFor` where it is away, and not told wrongly. */
    failed(entry: ServerEntry, because: string, isLookedFor = false): void {
      missed.set(entry.name, { entry, at: now().toISOString(), because, isLookedFor });
      looking ??= setInterval(() => void look(), LOOK_EVERY_MS).unref();
    },
    answered,
    /** Other entries are in force. */
    keepOnly(find: (name: string) => ServerEntry | undefined): void {
      for (const { entry } of missed.values()) if (find(entry.name) !== entry) answered(entry);
    },
    stop,
    /** A sentence of each, for people. */
    get warnings(): string[] {
      return [...missed.values()].map(
        ({ entry, at, because }) =>
          `The MCP server '${entry.name}' was away when it was last tried, at ${at}: ${because}.`,
      );
    },
  };
}
