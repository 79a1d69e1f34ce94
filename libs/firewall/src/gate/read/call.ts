import { type CallInput, Door, MAX_ARGUMENT_BYTES, ToolName } from '@aegis/contracts/call';
import { isObject, type JsonMembers, MAX_DEPTH, membersOf } from '@aegis/kit/json';
import type { Request } from '../../wire/message.ts';
import { spanOf } from '../../wire/splice.ts';
import { METHOD_KEY, readInput } from './input.ts';
import { isDeeper } from './recorded-value.ts';
import type { TaskOwners } from './tasks.ts';

/** What a request wants to do, as rules and the record name it. */
export type RequestedCall = {
  readonly method: string;
  /** `<server>.<tool>`, and for a side door `<server>.resources/read` or `<server>.prompts/get`. */
  readonly tool: string;
  /** The tool's own name; undefined for a side door. */
  readonly name: string | undefined;
  readonly door: string | undefined;
  readonly args: Record<string, unknown> | undefined;
  /** What else of the request its server gets. */
  readonly input: CallInput | undefined;
};

/** What the members that name a call say. */
type Named = Omit<RequestedCall, 'input'>;
type ReadName = { readonly named: Named } | { readonly invalid: string } | { readonly blocked: string };

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
/** Names under which the record knows what is no tool: a tool of that name would pass for one. */
const DOOR_TOOLS: ReadonlySet<string> = new Set([RESOURCE_TOOL, PROMPT_TOOL, UPDATE_TASK]);

/** A tool's name as rules name it; undefined where no rule could: its calls are blocked. */
export function ruledName(server: string, name: string): string | undefined {
  const tool = `${server}.${name}`;
  return name !== '' && !DOOR_TOOLS.has(name) && ToolName.safeParse(tool).success ? tool : undefined;
}

function readTool(server: string, { name, arguments: args }: JsonMembers): ReadName {
  if (typeof name !== 'string') return { invalid: 'params.name: expected the name of a tool' };
  if (args !== undefined && !isObject(args)) return { invalid: 'params.arguments: expected an object' };
  const tool = ruledName(server, name);
  if (tool === undefined) {
    return { blocked: `a tool's name has 1 to ${255 - server.length} characters of A-Z a-z 0-9 _ . : / -` };
  }
  return { named: { method: CALL_TOOL, tool, name, door: undefined, args } };
}

const readDoor = (named: Omit<Named, 'name'>): ReadName =>
  Door.safeParse(named.door).success
    ? { named: { ...named, name: undefined } }
    : { blocked: 'a URI or a name has up to 8,000 characters' };

function readResource(server: string, method: string, { uri }: JsonMembers): ReadName {
  if (typeof uri !== 'string') return { invalid: 'params.uri: expected a URI' };
  return readDoor({ method, tool: `${server}.${RESOURCE_TOOL}`, door: `resource:${uri}`, args: { uri } });
}

function readPrompt(server: string, { name, arguments: returned }: JsonMembers): ReadName {
  if (typeof name !== 'string') return { invalid: 'params.name: expected the name of a prompt' };
  if (returned !== undefined && !isObject(returned))
    return { invalid: 'params.arguments: expected an object' };
  const args = returned === undefined ? { name } : { name, arguments: returned };
  return readDoor({ method: 'prompts/get', tool: `${server}.${PROMPT_TOOL}`, door: `prompt:${name}`, args });
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
  'prompts/get': { read: readPrompt, by: ['name', 'arguments'] },
  [UPDATE_TASK]: { read: readUpdate, by: [] },
};

/** What else decides how a request is read. */
export type Reading = {
  /** Keys of `_meta` that the operator takes out of calls. */
  readonly unboundMeta?: ReadonlySet<string> | undefined;
  readonly tasks: Pick<TaskOwners, 'callOf'>;
};
const NONE: ReadonlySet<string> = new Set();

/** The resources that a client of the 2026-07-28 era subscribes to by one request; undefined where that is no list. */
export function subscribedTo(params: JsonMembers | undefined): string[] | undefined {
  const { resourceSubscriptions: uris = [] } = membersOf(params?.['notifications']);
  const isList = Array.isArray(uris) && uris.length <= MAX_SUBSCRIPTIONS;
  return isList && uris.every((uri) => typeof uri === 'string') ? uris : undefined;
}

/** A call's method, where its name does not say it: an approval of one method must not open another. */
const unsaidMethod = (server: string, { method, tool }: Named): string | undefined =>
  method === CALL_TOOL || tool === `${server}.${method}` ? undefined : method;

/** Whether requests of this method are judgement. */
export const isJudged = (method: string): boolean => Object.hasOwn(READERS, method);

const tooLarge = (what: string): string => `${what} larger than ${MAX_ARGUMENT_BYTES} bytes`;

/** What is wrong with the arguments, or with what is sent besides, however they are meant; or undefined. */
function contentProblem(
  { text, hasExactNumbers }: Request,
  { args, input }: RequestedCall,
): string | undefined {
  if (!hasExactNumbers)
    return 'it has a number that a double can not hold to the last digit, so two calls could pass for one';
  // Only a text this long can have arguments this long, in bytes.
  if (text.length * 3 > MAX_ARGUMENT_BYTES) {
    const span = spanOf(text, ['params', 'arguments']);
    // What escapes and spaces add is nothing of theirs; numbers that are longer written out are no more than they were.
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

/** Reads a request whose method is judgement. Nothing is normalised: what does not fit is not sent on. */
export function readCall(server: string, request: Request, reading: Reading): ReadCall {
  const reader = READERS[request.method];
  if (!reader) throw new RangeError(`${request.method} is not judgement`);
  const params = request.params ?? {};
  const read = reader.read(server, params, reading);
  if (!('named' in read)) return read;
  // The method stands there in what is judged: a client's own would pass for it.
  if (Object.hasOwn(params, METHOD_KEY)) return { blocked: 'params.method: no request has it there' };
  const sent = readInput(params, reader.by, reading.unboundMeta ?? NONE);
  const method = unsaidMethod(server, read.named);
  const input = method === undefined ? sent : { [METHOD_KEY]: method, ...sent };
  const requested = { ...read.named, input };
  const problem = contentProblem(request, requested);
  return problem === undefined ? { requested } : { blocked: problem };
}
