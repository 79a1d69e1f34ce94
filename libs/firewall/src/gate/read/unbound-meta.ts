import { isObject } from '@aegis/kit/json';
import { type AnyNumber, isNumber } from '@aegis/kit/numbers';
import { parseTraceparent } from '@aegis/kit/trace';

const MODERN = 'io.modelcontextprotocol/';
const ID = /^[A-Za-z0-9_.:-]{1,128}$/;
const REVISION = /^\d{4}-\d{2}-\d{2}$/;
/** W3C trace context, 3.3: a list of at most 512 characters. */
const TRACESTATE = /^[\x20-\x7e]{0,512}$/;
const LEVELS: ReadonlySet<unknown> = new Set(
  'debug info notice warning error critical alert emergency'.split(' '),
);
const CLIENT_WORDS: ReadonlySet<string> = new Set(['name', 'title', 'version', 'description', 'websiteUrl']);
const MAX_WORD = 1_000;

/** Every capability that the specification names, none of which has a value but that it is there. */
const CAPABILITIES = {
  roots: { listChanged: {} },
  sampling: { context: {}, tools: {} },
  elicitation: { form: { applyDefaults: {} }, url: {} },
  tasks: {
    list: {},
    cancel: {},
    requests: { sampling: { createMessage: {} }, elicitation: { create: {} } },
  },
  experimental: {},
  extensions: {},
};

/** What the protocol has for one, `ProgressToken`. */
export const isProgressToken = (value: unknown): value is string | AnyNumber =>
  typeof value === 'string' || isNumber(value);
const isToken = (value: unknown): boolean => isProgressToken(value) && String(value).length <= MAX_WORD;
export const isRevision = (value: unknown): value is string =>
  typeof value === 'string' && REVISION.test(value);
const isId = (value: unknown): boolean => typeof value === 'string' && ID.test(value);
const isWord = (value: unknown): boolean => typeof value === 'string' && value.length <= MAX_WORD;

const isOfWords = (value: unknown): boolean =>
  isObject(value) && Object.entries(value).every(([key, word]) => CLIENT_WORDS.has(key) && isWord(word));

function isNamed(value: unknown, known: Readonly<Record<string, object>>): boolean {
  if (typeof value === 'boolean') return true;
  if (!isObject(value)) return false;
  return Object.entries(value).every(([key, one]) => {
    const inner = Object.hasOwn(known, key) ? known[key] : undefined;
    return inner !== undefined && isNamed(one, inner as Record<string, object>);
  });
}

/** Of a client's capabilities those that the specification names. */
export function namedCapabilities(
  value: unknown,
  known: Readonly<Record<string, object>> = CAPABILITIES,
): Record<string, unknown> {
  const named: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(known)) {
    const one = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    if (typeof one === 'boolean') named[key] = one;
    else if (isObject(one)) named[key] = namedCapabilities(one, inner as Record<string, object>);
  }
  return named;
}

type Unbound = { readonly because: string; readonly isPlain: (value: unknown) => boolean };

/**
 * The keys of `params._meta` that are no part of a call, each with the reason: an approval of the call is not bound to them,
 * and nobody is shown them. Only in the plain form that they are meant to have; anything else under such a name is bound.
 */
export const UNBOUND_META: Readonly<Record<string, Unbound>> = {
  progressToken: { because: 'names this one request in its notices of progress', isPlain: isToken },
  traceparent: {
    because: 'this one request in its trace (W3C trace context); on record as caller_traceparent',
    // Not what a later version may say after the ids: nobody here can read it.
    isPlain: (value) => value !== undefined && parseTraceparent(value) === value,
  },
  tracestate: {
    because: 'goes with traceparent, for who traces',
    isPlain: (value) => typeof value === 'string' && TRACESTATE.test(value),
  },
  [`${MODERN}protocolVersion`]: {
    because: 'the revision that the message is written in',
    isPlain: isRevision,
  },
  [`${MODERN}clientInfo`]: {
    because: "a client's own word about itself; on record as client, and rules have client.name",
    isPlain: isOfWords,
  },
  [`${MODERN}clientCapabilities`]: {
    because: 'what the client can be asked; without extensions, which may say more',
    isPlain: (value) => isNamed(value, CAPABILITIES),
  },
  [`${MODERN}logLevel`]: {
    because: 'how much of its log the server sends back with the answer',
    isPlain: (value) => LEVELS.has(value),
  },
  'claudecode/toolUseId': { because: "Claude Code's id of this one call", isPlain: isId },
  'vscode.conversationId': { because: "VS Code's id of the conversation", isPlain: isId },
  'vscode.requestId': { because: "VS Code's id of this one request", isPlain: isId },
};

/**
 * Whether a member of `_meta` is no part of the call: by the table, or an id under a key that the operator has listed. So is
 * null under such a key.
 */
export function isUnbound(key: string, value: unknown, listed: ReadonlySet<string>): boolean {
  const known = Object.hasOwn(UNBOUND_META, key) ? UNBOUND_META[key] : undefined;
  if (value === null) return known !== undefined || listed.has(key);
  return known === undefined ? listed.has(key) && isToken(value) : known.isPlain(value);
}
