import type { ClientInfo } from '@aegis/contracts/call';
import { membersOf, parseJson } from '@aegis/kit/json';
import { foldName } from '@aegis/kit/text';
import { type CompiledPolicy, couldPass } from '@aegis/policy-engine';
import type { Response } from '../../wire/message.ts';
import { scanObject } from '../../wire/scan.ts';
import {
  type Edit,
  removeElements,
  replaceSpans,
  replaceValue,
  setMember,
  spanOf,
} from '../../wire/splice.ts';
import { ruledName } from '../read/call.ts';

const TOOLS = ['result', 'tools'];
/** More than any JSON Schema needs. */
const MAX_LEVELS = 256;
const DENIED = '[denied by policy]';

/** Whose list it is. */
export type Viewer = {
  readonly server: string;
  readonly principal: string;
  readonly client: ClientInfo | undefined;
};

export type ListOptions = {
  readonly showDenied: boolean;
  readonly isModern: boolean;
  /** Whether another principal could see another list. */
  readonly isPersonal: boolean;
};

/** The list as the client gets it; `odd` says why it gets none. */
export type FilteredList = { readonly text: string } | { readonly odd: string };

/** Members in all objects of a value. Without recursion: a server may nest as deep as it likes. */
function countMembers(root: unknown): number {
  const rest: unknown[] = [root];
  let members = 0;
  for (let value = rest.pop(); typeof value === 'object' && value !== null; value = rest.pop()) {
    const items: unknown[] = Object.values(value);
    if (!Array.isArray(value)) members += items.length;
    for (const item of items) if (typeof item === 'object' && item !== null) rest.push(item);
  }
  return members;
}

/** Whether a reader that folds case could read another field here: such a reader takes the last of them. */
function hasTwins(value: unknown): boolean {
  const names = Object.keys(membersOf(value));
  return new Set(names.map(foldName)).size !== names.length;
}

/** Why a list that came is no list that can be read in one way only. */
function oddness(text: string, result: Readonly<Record<string, unknown>>): string | undefined {
  const { tools } = result;
  if (!Array.isArray(tools)) return 'it is not a list';
  if (hasTwins(result) || tools.some(hasTwins)) return 'it has keys that look alike';
  const { members, depth } = scanObject(text);
  if (depth > MAX_LEVELS) return 'it is nested too deep';
  return members === countMembers(parseJson(text)) ? undefined : 'it has an object with the same key twice';
}

/** Whether a tool could ever be anything but denied to this viewer. */
function mayShow(policy: CompiledPolicy, name: unknown, viewer: Viewer): boolean {
  const tool = typeof name === 'string' ? ruledName(viewer.server, name) : undefined;
  return tool !== undefined && couldPass(policy, { tool, ...viewer });
}

/** Marks a tool as denied in what a model reads of it. */
function mark(text: string, index: number, definition: Readonly<Record<string, unknown>>): string {
  const path = [...TOOLS, index];
  const { description } = definition;
  if (typeof description !== 'string') return setMember(text, path, 'description', JSON.stringify(DENIED));
  const span = spanOf(text, [...path, 'description']);
  if (!span) return text;
  const after = { start: span.start + 1, end: span.start + 1 };
  const edit: Edit = { span: after, text: description === '' ? DENIED : `${DENIED} ` };
  return replaceSpans(text, [edit]);
}

/** A cache must not show one principal's list to another. Older revisions have no such field, and get none. */
function keepPrivate(text: string, result: Readonly<Record<string, unknown>>): string {
  return result['cacheScope'] === 'public' ? replaceValue(text, ['result', 'cacheScope'], '"private"') : text;
}

/**
 * Takes the tools out of a list that the viewer could only be denied, by splicing: all else stays as the server wrote it,
 * the cursor on an emptied page too. An error goes through as it is; what is no list, and what readers could read in two
 * ways, does not.
 */
export function filterTools(
  { text, result, error }: Response,
  policy: CompiledPolicy,
  viewer: Viewer,
  { showDenied, isModern, isPersonal }: ListOptions,
): FilteredList {
  if (error !== undefined) return { text };
  const members = membersOf(result);
  const { tools } = members;
  const odd = oddness(text, members);
  if (odd !== undefined || !Array.isArray(tools)) return { odd: odd ?? 'it is not a list' };
  const denied = tools.flatMap((tool: unknown, index) =>
    mayShow(policy, membersOf(tool)['name'], viewer) ? [] : [index],
  );
  const keeps = (index: number): boolean => showDenied && typeof membersOf(tools[index])['name'] === 'string';
  const gone = denied.filter((index) => !keeps(index));
  let filtered = text;
  // From the last one on, so that the places of the others stay what they are.
  for (const index of denied.filter(keeps).toReversed())
    filtered = mark(filtered, index, membersOf(tools[index]));
  if (gone.length > 0) filtered = removeElements(filtered, TOOLS, gone);
  const isFiltered = denied.length > 0 || isPersonal;
  return { text: isModern && isFiltered ? keepPrivate(filtered, members) : filtered };
}
