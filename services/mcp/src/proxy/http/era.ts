import type { IncomingHttpHeaders } from 'node:http';
import { INVALID_PARAMS, type Message } from '@aegis/firewall/wire';
import { metaOf, revisionOf, VERSION_KEY } from '../meta.ts';

/** The first revision without sessions; revisions are dates, so they compare as text. */
const FIRST_MODERN = '2026-07-28';
const REVISION = /^\d{4}-\d{2}-\d{2}$/;

/** The standard headers disagree with the body (SEP-2243). */
export const HEADER_MISMATCH = -32_020;

/** What `Mcp-Name` repeats, by method (SEP-2243, and SEP-2663 for tasks). */
const NAMED_BY: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
]);

const BASE64_WORD = /^=\?base64\?(.*)\?=$/s;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export type Era = 'legacy' | 'modern';
export type EraProblem = { readonly code: number; readonly message: string };

export const isModern = (revision: string | undefined): boolean =>
  isRevision(revision) && revision >= FIRST_MODERN;

export const isRevision = (value: string | undefined): value is string =>
  value !== undefined && REVISION.test(value);

/** The headers that {@link eraOf} compares with a message before it calls it modern; without a body there are none. */
export function comparedHeaders(message: Message | undefined, era: Era): readonly string[] {
  if (era === 'legacy' || message === undefined || message.kind === 'response') return [];
  const isNamed = message.kind === 'request' && NAMED_BY.has(message.method);
  const always = ['mcp-protocol-version', 'mcp-method'];
  return isNamed ? [...always, 'mcp-name'] : always;
}

type Claim = { readonly made: boolean; readonly revision: string | undefined };

function claimOf(message: Message): Claim {
  if (message.kind === 'response') return { made: false, revision: undefined };
  return { made: Object.hasOwn(metaOf(message), VERSION_KEY), revision: revisionOf(message.params ?? {}) };
}

/** A header's value; Node joins what is there twice, so that it agrees with nothing. */
export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  const text = Array.isArray(value) ? value.join(', ') : value;
  return text?.replace(/^[ \t]+|[ \t]+$/g, '');
}

/** What a header says: plain, or as `=?base64?…?=` in UTF-8. Undefined where that is not well written. */
export function decodeHeader(value: string): string | undefined {
  const [, encoded] = BASE64_WORD.exec(value) ?? [];
  if (encoded === undefined) return value;
  if (!BASE64.test(encoded)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(encoded, 'base64'));
  } catch {
    return undefined;
  }
}

const mismatch = (message: string): EraProblem => ({ code: HEADER_MISMATCH, message });

/** The headers that a modern request must have, in the order in which the specification names them. */
function checkRequest(
  message: Message & { kind: 'request' },
  headers: IncomingHttpHeaders,
): EraProblem | undefined {
  if (headerOf(headers, 'mcp-protocol-version') === undefined) {
    return mismatch('The MCP-Protocol-Version header is missing: repeat the protocol version of the body.');
  }
  if (headerOf(headers, 'mcp-method') === undefined) {
    return mismatch(`The Mcp-Method header is missing: the body's method is ${message.method}.`);
  }
  const field = NAMED_BY.get(message.method);
  if (field === undefined) return undefined;
  const named = headerOf(headers, 'mcp-name');
  const inBody = message.params?.[field];
  if (named === undefined) {
    return inBody === undefined
      ? undefined
      : mismatch(`The Mcp-Name header is missing: repeat params.${field}.`);
  }
  const decoded = decodeHeader(named);
  if (decoded === undefined) return mismatch('The Mcp-Name header is not well-written Base64 of UTF-8.');
  return decoded === inBody
    ? undefined
    : mismatch(`The Mcp-Name header does not say what params.${field} says.`);
}

/**
 * The era that a message belongs to, by its body; and where it is modern, whether its headers say the same. Headers of
 * older revisions are not trusted, and nothing is asked of them.
 */
export function eraOf(message: Message, headers: IncomingHttpHeaders): Era | EraProblem {
  const named = headerOf(headers, 'mcp-protocol-version');
  const claim = claimOf(message);
  const namesModern = isModern(named);
  if (!claim.made && !namesModern) return 'legacy';
  if (message.kind === 'response')
    return mismatch('A response belongs to an older revision than the header names.');
  if (!claim.made && message.kind === 'request') {
    return message.method === 'initialize'
      ? mismatch('initialize belongs to an older revision than the MCP-Protocol-Version header names.')
      : { code: INVALID_PARAMS, message: `Revision ${named} needs ${VERSION_KEY} in params._meta.` };
  }
  if (claim.made && claim.revision === undefined) {
    return { code: INVALID_PARAMS, message: `${VERSION_KEY} in params._meta must be a text.` };
  }
  if (claim.made && named !== undefined && named !== claim.revision) {
    return mismatch('The MCP-Protocol-Version header does not name the protocol version of the body.');
  }
  // What is no date is no older revision: with headers that were not compared, it must not pass for one.
  if (isRevision(claim.revision) && !isModern(claim.revision)) return 'legacy';
  const method = headerOf(headers, 'mcp-method');
  if (method !== undefined && method !== message.method) {
    return mismatch(`The Mcp-Method header does not say what the body says: ${message.method}.`);
  }
  if (message.kind === 'notification') return 'modern';
  return checkRequest(message, headers) ?? 'modern';
}
