import type { CallInput } from '@aegis/contracts/call';
import { isObject, type JsonMembers } from '@aegis/kit/json';
import { isUnbound } from './unbound-meta.ts';

/** Where an input has its request's method, which is no member of `params`, if the call's name does not say it. */
export const METHOD_KEY = 'method';
/** Members of an input that have a meaning: by the protocol, beside what a call is named by, or by us. */
const KNOWN: ReadonlySet<string> = new Set([METHOD_KEY, '_meta', 'inputResponses', 'requestState', 'task']);
/** Known where one method has it. */
const OF_METHOD: Readonly<Record<string, string>> = { 'tasks/update': 'taskId' };
/** What differs between the rounds of one call that its server answers with questions (2026-07-28). */
const OF_A_ROUND: ReadonlySet<string> = new Set(['inputResponses', 'requestState']);
const MOST_NAMED = 5;

function boundMeta(meta: unknown, listed: ReadonlySet<string>): unknown {
  if (!isObject(meta)) return meta;
  let bound: CallInput | undefined;
  for (const [key, value] of Object.entries(meta)) {
    if (!isUnbound(key, value, listed)) (bound ??= {})[key] = value;
  }
  return bound;
}

/**
 * What a request carries to its server beside the members of `params` that are judged by name: all of it, but for the keys
 * of `_meta` that are no part of a call. Undefined where there is nothing more, as for most calls.
 */
export function readInput(
  params: JsonMembers,
  judged: readonly string[],
  listed: ReadonlySet<string>,
): CallInput | undefined {
  let input: CallInput | undefined;
  for (const key of Object.keys(params)) {
    if (judged.includes(key)) continue;
    // Some writers put null for what is left out. Under a name that nobody knows it may mean something.
    const given = KNOWN.has(key) ? (params[key] ?? undefined) : params[key];
    const value = key === '_meta' ? boundMeta(given, listed) : given;
    if (value !== undefined) (input ??= {})[key] = value;
  }
  return input;
}

/** The same call, whatever round of it this is: without what the client answers, and without the server's state. */
export function atFirst<C extends { input?: CallInput | undefined }>(call: C): C {
  const { input, ...rest } = call;
  if (input === undefined) return call;
  const kept = Object.entries(input).filter(([key]) => !OF_A_ROUND.has(key));
  return (kept.length === 0 ? rest : { ...rest, input: Object.fromEntries(kept) }) as C;
}

/** Why a person has to look at a call: members that nobody knows, and that no rule looks at. */
export function strangers(
  { method, input }: { readonly method: string; readonly input: CallInput | undefined },
  isSeen: (path: readonly string[]) => boolean,
): string[] {
  const names = Object.keys(input ?? {}).filter(
    (key) => !KNOWN.has(key) && !(OF_METHOD[method] === key) && !isSeen([key]),
  );
  if (names.length === 0) return [];
  const shown = names.slice(0, MOST_NAMED).map((name) => JSON.stringify(name.slice(0, 80)));
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return [`its params have ${shown.join(', ')}${more}, which is not the protocol's, and no rule looks at it`];
}
