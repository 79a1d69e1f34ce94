import type { ClientInfo } from '@aegis/contracts/call';
import { membersOf, parseJson } from '@aegis/kit/json';
import { foldName } from '@aegis/kit/text';
import { type CompiledPolicy, couldPass, couldPassUnder } from '@aegis/policy-engine';
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

/** More than any JSON Schema needs. */
const MAX_LEVELS = 256;
const DENIED = '[denied by policy]';

/** What a list is of: its member of the result, what names each of it, and how rules look at that name. */
export type Listing = {
  readonly member: string;
  readonly named: string;
  readonly mayShow: (policy: CompiledPolicy, name: string, viewer: Viewer) => boolean;
};

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
function oddness(
  text: string,
  result: Readonly<Record<string, unknown>>,
  items: unknown,
): string | undefined {
  if (!Array.isArray(items)) return 'it is not a list';
  if (hasTwins(result) || items.some(hasTwins)) return 'it has keys that look alike';
  const { members, depth } = scanObject(text);
  if (depth > MAX_LEVELS) return 'it is nested too deep';
  return members === countMembers(parseJson(text, 'as doubles'))
    ? undefined
    : 'it has an object with the same key twice';
}

const byDoor =
  (method: string, door: string): Listing['mayShow'] =>
  (policy, name, { server, ...viewer }) =>
    couldPass(policy, { tool: `${server}.${method}`, door: door + name, server, ...viewer });

/** Each list by its method. A template is shown where anything that begins as it does could be read. */
export const LISTINGS: ReadonlyMap<string, Listing> = new Map<string, Listing>([
  [
    'tools/list',
    {
      member: 'tools',
      named: 'name',
      mayShow(policy, name, viewer) {
        const tool = ruledName(viewer.server, name);
        return tool !== undefined && couldPass(policy, { tool, ...viewer });
      },
    },
  ],
  ['prompts/list', { member: 'prompts', named: 'name', mayShow: byDoor('prompts/get', 'prompt:') }],
  ['resources/list', { member: 'resources', named: 'uri', mayShow: byDoor('resources/read', 'resource:') }],
  [
    'resources/templates/list',
    {
      member: 'resourceTemplates',
      named: 'uriTemplate',
      mayShow: (policy, template, viewer) =>
        couldPassUnder(policy, `resource:${template.split('{', 1)[0]}`, viewer),
    },
  ],
]);

/** Marks one as denied in what a model reads of it. */
function mark(
  text: string,
  path: (string | number)[],
  definition: Readonly<Record<string, unknown>>,
): string {
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
 * Takes out of a list what the viewer could only be denied, by splicing: all else stays as the server wrote it, the cursor
 * on an emptied page too. An error goes through as it is; what is no list, and what readers could read in two ways, does
 * not.
 */
export function filterList(
  { text, result, error }: Response,
  { member, named, mayShow }: Listing,
  policy: CompiledPolicy,
  viewer: Viewer,
  { showDenied, isModern, isPersonal }: ListOptions,
): FilteredList {
  if (error !== undefined) return { text };
  const members = membersOf(result);
  const items = members[member];
  const odd = oddness(text, members, items);
  if (odd !== undefined || !Array.isArray(items)) return { odd: odd ?? 'it is not a list' };
  const names = items.map((item: unknown) => membersOf(item)[named]);
  const denied = names.flatMap((name, index) =>
    typeof name === 'string' && mayShow(policy, name, viewer) ? [] : [index],
  );
  const keeps = (index: number): boolean => showDenied && typeof names[index] === 'string';
  const path = ['result', member];
  let filtered = text;
  // From the last one on, so that the places of the others stay what they are.
  for (const index of denied.filter(keeps).toReversed())
    filtered = mark(filtered, [...path, index], membersOf(items[index]));
  const gone = denied.filter((index) => !keeps(index));
  if (gone.length > 0) filtered = removeElements(filtered, path, gone);
  const isFiltered = denied.length > 0 || isPersonal;
  return { text: isModern && isFiltered ? keepPrivate(filtered, members) : filtered };
}
