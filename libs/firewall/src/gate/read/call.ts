import { Door, MAX_ARGUMENT_BYTES, ToolName } from '@aegis/contracts/call';
import { isObject, type JsonMembers, MAX_DEPTH, membersOf } from '@aegis/kit/json';
import type { Request } from '../../wire/message.ts';
import { spanOf } from '../../wire/splice.ts';
import { isDeeper } from './recorded-value.ts';

/** What a request wants to do, as rules and the record name it. */
export type RequestedCall = {
  readonly method: string;
  /** `<server>.<tool>`, and for a side door `<server>.resources/read` or `<server>.prompts/get`. */
  readonly tool: string;
  /** The tool's own name; undefined for a side door. */
  readonly name: string | undefined;
  readonly door: string | undefined;
  readonly args: Record<string, unknown> | undefined;
};

/** `invalid`: not a request as the protocol has it. `blocked`: it is one, but nothing that can be judgement. */
export type ReadCall =
  | { readonly requested: RequestedCall }
  | { readonly invalid: string }
  | { readonly blocked: string };

const MAX_SUBSCRIPTIONS = 1_000;
const RESOURCE_TOOL = 'resources/read';
const PROMPT_TOOL = 'prompts/get';
/** Names under which the record knows the side doors: a tool of that name would pass for one. */
const DOOR_TOOLS: ReadonlySet<string> = new Set([RESOURCE_TOOL, PROMPT_TOOL]);

/** A tool's name as rules name it; undefined where no rule could: its calls are blocked. */
export function ruledName(server: string, name: string): string | undefined {
  const tool = `${server}.${name}`;
  return name !== '' && !DOOR_TOOLS.has(name) && ToolName.safeParse(tool).success ? tool : undefined;
}

function readTool(server: string, { name, arguments: args }: JsonMembers): ReadCall {
  if (typeof name !== 'string') return { invalid: 'params.name: expected the name of a tool' };
  if (args !== undefined && !isObject(args)) return { invalid: 'params.arguments: expected an object' };
  const tool = ruledName(server, name);
  if (tool === undefined) {
    return { blocked: `a tool's name has 1 to ${255 - server.length} characters of A-Z a-z 0-9 _ . : / -` };
  }
  return { requested: { method: 'tools/call', tool, name, door: undefined, args } };
}

const readDoor = (requested: Omit<RequestedCall, 'name'>): ReadCall =>
  Door.safeParse(requested.door).success
    ? { requested: { ...requested, name: undefined } }
    : { blocked: 'a URI or a name has up to 8,000 characters' };

function readResource(server: string, method: string, { uri }: JsonMembers): ReadCall {
  if (typeof uri !== 'string') return { invalid: 'params.uri: expected a URI' };
  return readDoor({ method, tool: `${server}.${RESOURCE_TOOL}`, door: `resource:${uri}`, args: { uri } });
}

function readPrompt(server: string, { name, arguments: returned }: JsonMembers): ReadCall {
  if (typeof name !== 'string') return { invalid: 'params.name: expected the name of a prompt' };
  if (returned !== undefined && !isObject(returned))
    return { invalid: 'params.arguments: expected an object' };
  const args = returned === undefined ? { name } : { name, arguments: returned };
  return readDoor({ method: 'prompts/get', tool: `${server}.${PROMPT_TOOL}`, door: `prompt:${name}`, args });
}

const READERS: Readonly<Record<string, (server: string, params: JsonMembers) => ReadCall>> = {
  'tools/call': readTool,
  'resources/read': (server, params) => readResource(server, 'resources/read', params),
  'resources/subscribe': (server, params) => readResource(server, 'resources/subscribe', params),
  'prompts/get': readPrompt,
};

/** The resources that a client of the 2026-07-28 era subscribes to by one request; undefined where that is no list. */
export function subscribedTo(params: JsonMembers | undefined): string[] | undefined {
  const { resourceSubscriptions: uris = [] } = membersOf(params?.['notifications']);
  const isList = Array.isArray(uris) && uris.length <= MAX_SUBSCRIPTIONS;
  return isList && uris.every((uri) => typeof uri === 'string') ? uris : undefined;
}

/** Whether requests of this method are judgement. */
export const isJudged = (method: string): boolean => Object.hasOwn(READERS, method);

/** What is wrong with the arguments however they are meant, or undefined. */
function argumentsProblem({ text, hasExactNumbers }: Request, { args }: RequestedCall): string | undefined {
  if (!hasExactNumbers) return 'it has a number that a double can not hold, so two calls could pass for one';
  // Only a text this long can have arguments this long, in bytes.
  const span = text.length * 3 > MAX_ARGUMENT_BYTES ? spanOf(text, ['params', 'arguments']) : undefined;
  // What escapes and spaces add is nothing of theirs; numbers that are longer written out are no more than they were.
  const sizes = span ? [text.slice(span.start, span.end), JSON.stringify(args)] : [];
  if (span && sizes.every((json) => Buffer.byteLength(json) > MAX_ARGUMENT_BYTES)) {
    return `its arguments are larger than ${MAX_ARGUMENT_BYTES} bytes`;
  }
  return isDeeper(args, MAX_DEPTH) ? `its arguments nest deeper than ${MAX_DEPTH} levels` : undefined;
}

/** Reads a request whose method is judgement. Nothing is normalised: what does not fit is not sent on. */
export function readCall(server: string, request: Request): ReadCall {
  const reader = READERS[request.method];
  if (!reader) throw new RangeError(`${request.method} is not judgement`);
  const read = reader(server, request.params ?? {});
  if (!('requested' in read)) return read;
  const problem = argumentsProblem(request, read.requested);
  return problem === undefined ? read : { blocked: problem };
}
