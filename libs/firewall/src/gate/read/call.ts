import { MAX_ARGUMENT_BYTES, ToolName } from '@aegis/contracts/call';
import { isObject, type JsonMembers, MAX_DEPTH, membersOf, parseJson } from '@aegis/kit/json';
import type { Request } from '../../wire/message.ts';
import type { JudgedAs } from '../../wire/methods.ts';
import { strangerIn } from '../../wire/protocol-keys.ts';
import { spanOf } from '../../wire/splice.ts';
import { COMPLETE_TOOL, readCompletion } from './completion.ts';
import { METHOD_KEY, readInput } from './input.ts';
import { type Named, type ReadName, type RequestedCall, readDoor } from './named.ts';
import { isDeeper } from './recorded-value.ts';
import type { TaskOwners } from './tasks.ts';

/** `invalid`: not a request as the protocol has it. `blocked`: it is one, but nothing that can be judgement. */
export type ReadCall =
  | { readonly requested: RequestedCall }
  | { readonly invalid: string }
  | { readonly blocked: string };

const MAX_SUBSCRIPTIONS = 1_000;
const RESOURCE_TOOL = 'resources/read';
const PROMPT_TOOL = 'prompts/get';
const CALL_TOOL = 'tools/call';
const UPDATE_TASK = 'tasks/update';
const METHOD = 'method:';
/** Names under which the record knows what is no tool: a tool of that name would pass for one. */
const DOOR_TOOLS: ReadonlySet<string> = new Set([RESOURCE_TOOL, PROMPT_TOOL, UPDATE_TASK, COMPLETE_TOOL]);

/** A tool's name as rules name it; undefined where no rule could: its calls are blocked. */
export function ruledName(server: string, name: string): string | undefined {
  const tool = `${server}.${name}`;
  return name !== '' && !DOOR_TOOLS.has(name) && ToolName.safeParse(tool).success ? tool : undefined;
}

function readTool(server: string, params: JsonMembers): ReadName {
  const { name } = params;
  const args = params['arguments'] ?? undefined;
  if (typeof name !== 'string') return { invalid: 'params.name: expected the name of a tool' };
  if (args !== undefined && !isObject(args)) return { invalid: 'params.arguments: expected an object' };
  const tool = ruledName(server, name);
  if (tool === undefined) {
    return { blocked: `a tool's name has 1 to ${255 - server.length} characters of A-Z a-z 0-9 _ . : / -` };
  }
  return { named: { method: CALL_TOOL, tool, name, door: undefined, args } };
}

function readResource(server: string, method: string, { uri }: JsonMembers, isKnown = false): ReadName {
  if (typeof uri !== 'string') return { invalid: 'params.uri: expected a URI' };
  const tool = `${server}.${RESOURCE_TOOL}`;
  return readDoor({ method, tool, door: `resource:${uri}`, args: { uri }, isKnown });
}

function readPrompt(server: string, params: JsonMembers): ReadName {
  const { name } = params;
  const returned = params['arguments'] ?? undefined;
  if (typeof name !== 'string') return { invalid: 'params.name: expected the name of a prompt' };
  if (returned !== undefined && !isObject(returned))
    return { invalid: 'params.arguments: expected an object' };
  const args = returned === undefined ? { name } : { name, arguments: returned };
  return readDoor({ method: 'prompts/get', tool: `${server}.${PROMPT_TOOL}`, door: `prompt:${name}`, args });
}

/** A method that names no tool, resource or prompt: its own name, and all that it has for params. */
function readMethod({ method, params, text }: Request, isKnown: boolean): ReadName {
  const { _meta, ...args } = params ?? {};
  const tool = `${METHOD}${method}`;
  if (!ToolName.safeParse(tool).success)
    return { blocked: `${method}: the name of a method has 1 to 249 characters of A-Z a-z 0-9 _ . : / -` };
  // Of one that nobody knows nobody knows either where its server looks.
  const stranger = strangerIn(parseJson(text, 'as doubles') as object);
  if (stranger !== undefined) return { blocked: `${method}: JSON-RPC has no ${stranger.slice(0, 80)}` };
  const named = Object.keys(args).length === 0 ? undefined : args;
  return { named: { method, tool, name: undefined, door: undefined, args: named, isKnown } };
}

/** What a client adds to a task (SEP-2663) is part of the call that made it, where that is remembered. */
function readUpdate(server: string, { taskId }: JsonMembers, { tasks }: Reading): ReadName {
  if (typeof taskId !== 'string') return { invalid: 'params.taskId: expected the id of a task' };
  const tool = `${server}.${UPDATE_TASK}`;
  const call = tasks.callOf(server, taskId) ?? { tool, name: undefined, args: undefined };
  return { named: { method: UPDATE_TASK, door: undefined, ...call } };
}

type Reader = {
  readonly read: (server: string, params: JsonMembers, reading: Reading) => ReadName;
  /** The members of `params` that name the call; all others are its input. */
  readonly by: readonly string[];
};
const READERS: Readonly<Record<string, Reader>> = {
  [CALL_TOOL]: { read: readTool, by: ['name', 'arguments'] },
  'resources/read': { read: (server, params) => readResource(server, 'resources/read', params), by: ['uri'] },
  'resources/subscribe': {
    read: (server, params) => readResource(server, 'resources/subscribe', params),
    by: ['uri'],
  },
  'resources/unsubscribe': {
    // Who may listen may stop to, without a person.
    read: (server, params) => readResource(server, 'resources/unsubscribe', params, true),
    by: ['uri'],
  },
  [COMPLETE_TOOL]: { read: readCompletion, by: ['ref', 'argument', 'context'] },
  'prompts/get': { read: readPrompt, by: ['name', 'arguments'] },
  [UPDATE_TASK]: { read: readUpdate, by: [] },
};

/** What else decides how a request is read. */
export type Reading = {
  /** Keys of `_meta` that the operator takes out of calls. */
  readonly unboundMeta?: ReadonlySet<string> | undefined;
  readonly tasks: Pick<TaskOwners, 'callOf'>;
  /** What the method is judged as; undefined for one that nobody knows. */
  readonly as: JudgedAs | undefined;
};
const NONE: ReadonlySet<string> = new Set();

/** The resources that a client of the 2026-07-28 era subscribes to by one request; undefined where that is no list. */
export function subscribedTo(params: JsonMembers | undefined): string[] | undefined {
  const uris = membersOf(params?.['notifications'])['resourceSubscriptions'] ?? [];
  const isList = Array.isArray(uris) && uris.length <= MAX_SUBSCRIPTIONS;
  return isList && uris.every((uri) => typeof uri === 'string') ? uris : undefined;
}

/** A call's method, where its name does not say it: an approval of one method must not open another. */
const unsaidMethod = (server: string, { method, tool }: Named): string | undefined =>
  method === CALL_TOOL || tool === `${server}.${method}` || tool === `${METHOD}${method}`
    ? undefined
    : method;

const tooLarge = (what: string): string => `${what} larger than ${MAX_ARGUMENT_BYTES} bytes`;

/** What is wrong with the arguments, or with what is sent besides, however they are meant; or undefined. */
function contentProblem({ text }: Request, { tool, args, input }: RequestedCall): string | undefined {
  // Only a text this long can have arguments this long, in bytes.
  if (text.length * 3 > MAX_ARGUMENT_BYTES) {
    const span = spanOf(text, tool.startsWith(METHOD) ? ['params'] : ['params', 'arguments']);
    // What escapes and spaces add is nothing of theirs.
    const sizes = span ? [text.slice(span.start, span.end), JSON.stringify(args)] : [];
    if (span && sizes.every((json) => Buffer.byteLength(json) > MAX_ARGUMENT_BYTES)) {
      return tooLarge('its arguments are');
    }
    if (input !== undefined && Buffer.byteLength(JSON.stringify(input)) > MAX_ARGUMENT_BYTES) {
      return tooLarge('what it sends besides its arguments is');
    }
  }
  if (isDeeper(args, MAX_DEPTH)) return `its arguments nest deeper than ${MAX_DEPTH} levels`;
  return isDeeper(input, MAX_DEPTH)
    ? `what it sends besides nests deeper than ${MAX_DEPTH} levels`
    : undefined;
}

function readerOf(request: Request, as: JudgedAs | undefined): Reader {
  const { method, params = {} } = request;
  const reader = as === 'named' ? READERS[method] : undefined;
  if (reader !== undefined) return reader;
  return {
    read: () => readMethod(request, as !== undefined),
    by: Object.keys(params).filter((key) => key !== '_meta'),
  };
}

/** Reads a request whose method is judged. Nothing is normalised: what does not fit is not sent on. */
export function readCall(server: string, request: Request, reading: Reading): ReadCall {
  const params = request.params ?? {};
  const reader = readerOf(request, reading.as);
  const read = reader.read(server, params, reading);
  if (!('named' in read)) return read;
  // The method stands there in what is judged: a client's own would pass for it.
  if (reading.as === 'named' && Object.hasOwn(params, METHOD_KEY))
    return { blocked: 'params.method: no request has it there' };
  const sent = readInput(params, reader.by, reading.unboundMeta ?? NONE);
  const method = unsaidMethod(server, read.named);
  const input = method === undefined ? sent : { [METHOD_KEY]: method, ...sent };
  const requested = { ...read.named, input };
  const problem = contentProblem(request, requested);
  return problem === undefined ? { requested } : { blocked: problem };
}
