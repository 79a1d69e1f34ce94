import { suggest } from './suggest.ts';

/** What values a field can have. `anything` is for arguments and the rest of the input: they are the caller's. */
export type FieldKind = 'anything' | 'text' | 'number' | 'hour' | 'weekday';

/** Something about a call that a condition names. */
export interface Field {
  /** As the policy writes it. */
  readonly text: string;
  readonly kind: FieldKind;
  /** The keys below `args` or `input`, from the outside in; undefined for every other field. */
  readonly keys: readonly string[] | undefined;
  /** Where the keys begin. */
  readonly root?: Root;
}

/** What of a call the caller fills in as it likes: its arguments, and what else the server gets. */
export type Root = 'args' | 'input';

export type ParsedField =
  | { readonly ok: true; readonly field: Field }
  | { readonly ok: false; readonly error: string };

const KINDS = {
  principal: 'text',
  'client.name': 'text',
  'client.version': 'text',
  server: 'text',
  tool: 'text',
  op: 'text',
  amount_cents: 'number',
  'time.hour': 'hour',
  'time.weekday': 'weekday',
} as const satisfies Record<string, FieldKind>;

/** A field that has no keys. */
export type NamedField = keyof typeof KINDS;

const NAMES = Object.keys(KINDS);
const ARGS = 'args.';
const INPUT = 'input.';
/** Other words for the arguments, as authors write them by mistake. */
const OTHER_ARGS = /^(?:\$?\.?)(?:arguments?|args|arg|params?|parameters?)\./i;
/** What stands beside the arguments, named without saying so. */
const OTHER_INPUT = /^(?:\$?\.?)(?:params\.|input\.)?(_meta|inputResponses|requestState|task)(?=$|\.)/i;
const MAX_KEYS = 16;
const MAX_LENGTH = 512;
/** A name as it stands, or a JSON string. */
const KEY = /[^.\s"'\\[\]*?{}\p{C}]+|"(?:[^"\\]|\\.)*"/uy;
const EXPECTED_KEYS =
  'expected names joined by dots, such as args.path; put other names in quotes: args."a.b"; places in a list have no name';

/** Whether this is a field that a call can have. The error says what was probably meant. */
export function parseField(text: string): ParsedField {
  if (isNamedField(text)) return { ok: true, field: { text, kind: KINDS[text], keys: undefined } };
  const root = text.startsWith(ARGS) ? 'args' : 'input';
  if (root === 'input' && !text.startsWith(INPUT)) return { ok: false, error: unknownField(text) };
  const keys = parseKeys(text, root.length + 1);
  if (keys === undefined) return { ok: false, error: EXPECTED_KEYS };
  return { ok: true, field: { text, kind: 'anything', keys, root } };
}

export function isNamedField(text: string): text is NamedField {
  return Object.hasOwn(KINDS, text);
}

function parseKeys(text: string, from: number): string[] | undefined {
  if (text.length > MAX_LENGTH || !text.isWellFormed()) return undefined;
  const keys: string[] = [];
  let at = from;
  while (keys.length < MAX_KEYS) {
    KEY.lastIndex = at;
    const [written] = KEY.exec(text) ?? [];
    const key = written?.startsWith('"') ? unquote(written) : written;
    if (written === undefined || key === undefined) return undefined;
    keys.push(key);
    at += written.length;
    if (at === text.length) return keys;
    if (text[at++] !== '.') return undefined;
  }
  return undefined;
}

function unquote(written: string): string | undefined {
  try {
    return JSON.parse(written) as string;
  } catch {
    return undefined;
  }
}

function unknownField(text: string): string {
  if (text === 'args') return 'unknown field; name an argument, such as args.path';
  if (text === 'input') return 'unknown field; name a member, such as input.inputResponses';
  const [, beside] = OTHER_INPUT.exec(text) ?? [];
  if (beside !== undefined) return `unknown field; did you mean ${text.replace(OTHER_INPUT, `${INPUT}$1`)}?`;
  if (OTHER_ARGS.test(text)) return `unknown field; did you mean ${text.replace(OTHER_ARGS, ARGS)}?`;
  const [root = ''] = text.split('.', 1);
  const ofSameRoot = NAMES.filter((name) => name.startsWith(`${root}.`));
  const meant = suggest(text, ofSameRoot.length > 0 ? ofSameRoot : NAMES) ?? ofSameRoot.join(' or ');
  if (meant !== '') return `unknown field; did you mean ${meant}?`;
  return `unknown field; expected args.<name>, input.<name> or one of ${NAMES.join(', ')}`;
}
