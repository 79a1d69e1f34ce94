import { foldName } from '@aegis/kit/text';
import { METHODS } from './methods.ts';

/** Fields of the envelope (JSON-RPC 2.0). */
const ENVELOPE = ['jsonrpc', 'id', 'method', 'params', 'result', 'error'];

/** Fields of `params` that say what a request asks for, or who asks. */
const PARAMS = [
  '_meta',
  'argument',
  'arguments',
  'capabilities',
  'clientInfo',
  'cursor',
  'inputResponses',
  'name',
  'progressToken',
  'protocolVersion',
  'ref',
  'requestId',
  'requestState',
  'task',
  'taskId',
  'uri',
];

const MODERN = 'io.modelcontextprotocol/';
/** Fields of `params._meta` that the protocol gives a meaning (2025-11-25, and the envelope of 2026-07-28). */
const META = [
  'progressToken',
  ...['clientCapabilities', 'clientInfo', 'logLevel', 'protocolVersion', 'related-task'].map(
    (k) => MODERN + k,
  ),
  ...['serverInfo', 'skills', 'subscriptionId'].map((k) => MODERN + k),
];

/** The name as it is to who takes it for a C string; undefined where it is the same to them. */
function upToNul(name: string): string | undefined {
  const end = name.indexOf('\0');
  return end === -1 ? undefined : name.slice(0, end);
}

/** Python's SDK takes `request_state` for `requestState` and `meta` for `_meta`. */
const withoutUnderscores = (folded: string): string => folded.replaceAll('_', '');

/** `elicitation_create` and `elicitation//create` are `elicitation/create` to who makes a function's name of them. */
const lettersOf = (folded: string): string => folded.replace(/[^\p{L}\p{N}]/gu, '');

/** Names of one place in a message: which field a key is, or only looks like. */
export type ProtocolKeys = {
  /** The field that a reader could take this key for, though it is not written so; undefined for other keys. */
  lookedLike(key: string, isReadLoosely?: boolean): string | undefined;
  has(key: string): boolean;
};

function createProtocolKeys(names: readonly string[], join = withoutUnderscores): ProtocolKeys {
  const exact = new Set(names);
  const folded = new Map(names.map((name) => [foldName(name), name]));
  const joined = new Map(names.map((name) => [join(foldName(name)), name]));
  const find = (fold: string, isReadLoosely: boolean): string | undefined =>
    isReadLoosely ? joined.get(join(fold)) : folded.get(fold);
  return {
    has: (key) => exact.has(key),
    lookedLike(key, isReadLoosely = false) {
      if (exact.has(key)) return undefined;
      const found = find(foldName(key), isReadLoosely);
      if (found !== undefined) return found;
      const cut = upToNul(key);
      return cut === undefined ? undefined : find(foldName(cut), isReadLoosely);
    },
  };
}

export const ENVELOPE_KEYS = createProtocolKeys(ENVELOPE);
export const PARAMS_KEYS = createProtocolKeys(PARAMS);
export const META_KEYS = createProtocolKeys(META);
/** Fields of `subscriptions/listen` that the firewall judges, in `params` and in what they hold. */
export const LISTEN_KEYS = createProtocolKeys(['notifications', 'resourceSubscriptions', 'taskIds']);

/** What a server's answer or notice asks by, in each place of it. */
export const ASKING_KEYS = createProtocolKeys(['inputRequests', 'task', 'tasks']);
export const QUESTION_KEYS = createProtocolKeys(['method', 'params']);
/** What a server's questions have (`elicitation/create`, `sampling/createMessage`, `roots/list`, tasks). */
export const ASKED_KEYS = createProtocolKeys([
  '_meta',
  'cursor',
  'elicitationId',
  'includeContext',
  'maxTokens',
  'message',
  'messages',
  'metadata',
  'mode',
  'modelPreferences',
  'requestedSchema',
  'stopSequences',
  'systemPrompt',
  'task',
  'taskId',
  'temperature',
  'toolChoice',
  'tools',
  'url',
]);
export const ERROR_KEYS = createProtocolKeys(['code', 'data', 'elicitations']);

/** What a client may send, for what only looks like it. */
export const METHOD_NAMES = createProtocolKeys([...METHODS.client.keys()]);
/** What a server may send, for what a reader of another kind takes for it. */
export const SERVER_METHOD_NAMES = createProtocolKeys([...METHODS.server.keys()], lettersOf);

/** They name a request of ours or of the client's, which the firewall acts on. */
const ACTED_ON: ReadonlySet<string> = new Set(['notifications/cancelled', 'notifications/progress']);
/** Whether a message of this method is read as the protocol has it, and not passed for its name alone. */
export const isReadIn = (method: string): boolean => {
  const as = METHODS.client.get(method)?.as;
  return as !== undefined && (as !== 'passes' || ACTED_ON.has(method));
};

/** A member that JSON-RPC does not have: of what is judged nobody would look at what stands there. */
export const strangerIn = (message: object): string | undefined =>
  Object.keys(message).find((key) => !ENVELOPE_KEYS.has(key));
