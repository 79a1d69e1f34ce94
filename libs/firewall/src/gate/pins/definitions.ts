import { setTimeout as sleep } from 'node:timers/promises';
import type { Definition } from '@aegis/replicas/tools';
import type { AskUpstream } from '../api.ts';
import { type FetchedTools, fetchTools, listUnavailable, MAX_TOOLS } from './fetch-tools.ts';
import { type Listed, toolsIn } from './listed.ts';
import { createNewNames } from './new-names.ts';
import type { PinKeeper } from './pin-keeper.ts';

/** Of one tool, where a server lists it with many definitions. */
const MAX_REASONS = 10;
/** A call waits so long for the list, and the list is waited for so much longer: the next call may find it. */
const CALL_WAITS_MS = 7_000;
const LIST_WITHIN_MS = 120_000;
/**
 * The modern era has no notice of changed lists unless a client subscribes to it. A list is read again when it is older
 * than the server says that it may be, but not more often than the first of these and not later than the second.
 */
const KEEP_AT_LEAST_MS = 5_000;
const KEEP_AT_MOST_MS = 60_000;

/** What is known of the tool that a call names. */
export type ToolLookup =
  | {
      readonly type: 'listed';
      readonly digest: string;
      readonly definition: Definition;
      readonly because: string | undefined;
    }
  | { readonly type: 'unknown' }
  /** The server has no lists of tools at all. */
  | { readonly type: 'unlisted' };

export type Asker = { readonly isModern: boolean; readonly envelope: Record<string, unknown> };

export type Definitions = ReturnType<typeof createDefinitions>;

/** By the names of tools, then by digest: a server may list a name twice, and the client may have read either. */
type Tools = Map<string, Map<string, Listed>>;
type Known = {
  readonly tools: Tools;
  readonly until: number;
  listed: number;
  /** Why there may be more tools than these. */
  readonly cutOff?: string | undefined;
};

type DefinitionsDeps = {
  readonly server: string;
  readonly principal: string;
  readonly pins: PinKeeper;
  readonly askUpstream: AskUpstream;
  readonly now: () => Date;
  /** Told once, where the server lists more new tools than one connection may put on record. */
  readonly refused: (because: string) => void;
  readonly callWaitsMs?: number;
};

const keepFor = ({ ttlMs }: Readonly<Record<string, unknown>>): number => {
  const said = typeof ttlMs === 'number' && ttlMs >= 0 ? ttlMs : KEEP_AT_MOST_MS;
  return Math.min(Math.max(said, KEEP_AT_LEAST_MS), KEEP_AT_MOST_MS);
};

function add(tools: Tools, listed: readonly Listed[]): void {
  for (const one of listed) {
    const same = tools.get(one.tool) ?? new Map<string, Listed>();
    tools.set(one.tool, same);
    if (!same.has(one.digest)) same.set(one.digest, one);
  }
}

/** What one client of one server knows of its tools. */
export function createDefinitions({
  server,
  principal,
  pins,
  askUpstream,
  now,
  refused,
  callWaitsMs = CALL_WAITS_MS,
}: DefinitionsDeps) {
  const closing = new AbortController();
  let known: Known | undefined;
  let fetching: Promise<Known | undefined> | undefined;
  let changes = 0;
  const names = createNewNames(principal, refused);

  const fetchNow = async (envelope: Record<string, unknown>): Promise<Known | undefined> => {
    const before = changes;
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(LIST_WITHIN_MS)]);
    const fetched: FetchedTools | undefined = await fetchTools(askUpstream, envelope, signal);
    if (!fetched) return undefined;
    const { listed, last, cutOff } = fetched;
    const tools: Tools = new Map();
    add(tools, listed);
    pins.see(server, listed, names);
    const found = { tools, until: now().getTime() + keepFor(last), listed: listed.length, cutOff };
    if (before === changes) known = found;
    return found;
  };
  const fetchOnce = (envelope: Record<string, unknown>): Promise<Known | undefined> => {
    fetching ??= fetchNow(envelope).finally(() => {
      fetching = undefined;
    });
    return fetching;
  };

  /** The list, where it comes while a call may wait for it; a server that is slow keeps the call no longer. */
  const fetchSoon = async (envelope: Record<string, unknown>): Promise<Known | undefined> => {
    const over = new AbortController();
    const fetched = fetchOnce(envelope);
    fetched.catch(() => undefined);
    const late = sleep(callWaitsMs, undefined, { ref: false, signal: over.signal }).then(() => {
      throw listUnavailable(`has not come within ${callWaitsMs / 1_000} s, and is still waited for`);
    });
    return await Promise.race([fetched, late]).finally(() => over.abort());
  };

  const define = async (same: ReadonlyMap<string, Listed>): Promise<ToolLookup> => {
    const listed = [...same.values()];
    const reasons: string[] = [];
    for (const one of listed) {
      const status = await pins.status(server, one, names);
      if (!status.counts && reasons.length < MAX_REASONS) reasons.push(status.because);
    }
    const { digest, definition } = listed.at(-1) as Listed;
    return {
      type: 'listed',
      digest,
      definition,
      because: reasons.length === 0 ? undefined : reasons.join('; '),
    };
  };

  return {
    /** Learns from a page of the client's own listing, the first one where it was asked without a cursor. */
    page(result: Readonly<Record<string, unknown>>, isFirst: boolean): void {
      const listed = toolsIn(result);
      if (isFirst || !known)
        known = { tools: new Map(), until: now().getTime() + keepFor(result), listed: 0 };
      known.listed += listed.length;
      // Nobody keeps more: a call reads the list anew then, and is told that it is too long.
      if (known.listed > MAX_TOOLS) known = undefined;
      else add(known.tools, listed);
      pins.see(server, listed.slice(0, MAX_TOOLS), names);
    },
    /** The server says that its list has changed. */
    forget(): void {
      changes++;
      known = undefined;
    },
    /**
     * The definition of a tool, from the last listing or a new one of our own.
     *
     * @throws AppError where it can't be had now
     */
    async of(tool: string, { isModern, envelope }: Asker): Promise<ToolLookup> {
      const isFresh = known !== undefined && (!isModern || now().getTime() < known.until);
      const listed = isFresh ? known?.tools.get(tool) : undefined;
      if (listed) return define(listed);
      const fetched = await fetchSoon(envelope);
      if (!fetched) return { type: 'unlisted' };
      const found = fetched.tools.get(tool);
      if (found) return define(found);
      if (fetched.cutOff !== undefined)
        throw listUnavailable(`${fetched.cutOff}, and this tool is not in what came`);
      return { type: 'unknown' };
    },
    close: (): void => closing.abort(),
  };
}
