import { textKind } from '@aegis/kit/text';
import type { ArgumentPattern, CallPattern, Grant, GrantShown } from './grants.ts';

/** The start of a URL behind whose host nothing can be added that makes it another one. */
const WHOLE_HOST = /^https?:\/\/[\w.:-]+\/[^?#%\\]*$/i;

/**
 * What a pattern covers. Grants of before may hold a beginning where more than was meant begins so, or a limit without an
 * end below: they cover the part of it that is safe.
 */
export function asCovered(name: string, pattern: ArgumentPattern): ArgumentPattern {
  if ('at_most' in pattern && !('at_least' in pattern)) {
    return { at_least: Math.min(0, pattern.at_most), at_most: pattern.at_most };
  }
  if (!('starts_with' in pattern)) return pattern;
  const { starts_with: start } = pattern;
  const kind = textKind([name], start);
  if (kind === undefined) return pattern;
  if (kind === 'path' && start.startsWith('/')) return { path_within: start };
  return kind === 'url' && WHOLE_HOST.test(start) ? { url_within: start } : { equals: start };
}

/** What a pattern says of one argument, as the end of a sentence: `a path at or below "/srv"`. */
export function argumentWords(name: string, pattern: ArgumentPattern): string {
  const covered = asCovered(name, pattern);
  if ('any' in covered) return 'anything, or left out';
  if ('starts_with' in covered) return `plain text that starts with ${JSON.stringify(covered.starts_with)}`;
  if ('path_within' in covered) return `a path at or below ${JSON.stringify(covered.path_within)}`;
  if ('url_within' in covered) return `a URL at or below ${JSON.stringify(covered.url_within)}`;
  if ('host_in' in covered) return `a URL of the host ${JSON.stringify(covered.host_in)}`;
  if ('email_domain_in' in covered) return `an e-mail address at ${JSON.stringify(covered.email_domain_in)}`;
  if ('at_most' in covered) return rangeWords(covered);
  return `exactly ${JSON.stringify(covered.equals)}`;
}

type Range = { readonly at_least?: number; readonly at_most: number };

/** Whether only whole numbers are in a range: both of its ends are. */
export const isWholeRange = ({ at_least: least = 0, at_most: most }: Range): boolean =>
  Number.isInteger(least) && Number.isInteger(most);

const rangeWords = (range: Range): string =>
  `${isWholeRange(range) ? 'a whole number' : 'a number'} from ${range.at_least} to ${range.at_most}`;

/** What a grant's pattern covers, in one plain sentence. */
export function patternSentence({
  tool,
  server,
  op,
  max_amount_cents: most,
  args,
  input,
}: CallPattern): string {
  const each = Object.entries(args ?? {}).map(
    ([name, one]) => `${JSON.stringify(name)} is ${argumentWords(name, one)}`,
  );
  const parts = [
    `Calls of ${tool}`,
    server === undefined ? '' : `of the server ${server}`,
    op === undefined ? '' : `for ${op}`,
    most === undefined ? 'without an amount' : `of at most ${(most / 100).toFixed(2)}`,
    each.length === 0 ? 'without arguments' : `where ${each.join(' and ')}, with no other arguments`,
    input === undefined ? '' : `and with exactly ${JSON.stringify(input)} sent besides`,
  ];
  return `${parts.filter((part) => part !== '').join(' ')}.`;
}

/** What of a grant says how it stands, also as a firewall of before answers it. */
type Standing = {
  readonly [K in 'revoked_at' | 'over_because' | 'idle_because']?: string | null | undefined;
} & Pick<Grant, 'expires_at'>;

/** How a grant stands, in a word. */
export function grantStatus(
  { revoked_at, expires_at, over_because, idle_because }: Standing,
  nowMs: number,
): 'revoked' | 'expired' | 'over' | 'idle' | 'active' {
  if (revoked_at) return 'revoked';
  if (Date.parse(expires_at) <= nowMs) return 'expired';
  if (over_because) return 'over';
  return idle_because ? 'idle' : 'active';
}

/** Why it lets no call run, as a sentence; undefined where it does, and where its time says it. */
export function grantNote(grant: Standing, nowMs: number): string | undefined {
  const { over_because, idle_because } = grant;
  if (grantStatus(grant, nowMs) === 'expired') return undefined;
  if (over_because) return `It is over: ${over_because}.`;
  return idle_because ? `It lets no call run now: ${idle_because}.` : undefined;
}

/** A grant with the sentence of what it covers. */
export const shownGrant = (grant: Grant): GrantShown => ({
  ...grant,
  covers: patternSentence(grant.pattern),
});
