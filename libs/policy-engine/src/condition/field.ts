import { suggest } from './suggest.ts';

/** What values a field can have. `anything` is for arguments: they are the caller's. */
export type FieldKind = 'anything' | 'text' | 'number' | 'hour' | 'weekday';

/** Something about a call that a condition names. */
export interface Field {
  /** As the policy writes it. */
  readonly text: string;
  readonly kind: FieldKind;
  /** The keys below `args`, from the outside in; undefined for every other field. */
  readonly keys: readonly string[] | undefined;
}

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

/** A field that is not an argument. */
export type NamedField = keyof typeof KINDS;

const NAMES = Object.keys(KINDS);
const ARGS = 'args.';
/** Other words for the arguments, as authors write them by mistake. */
const OTHER_ARGS = /^(?:\$?\.?)(?:arguments?|args|arg|params?|parameters?|input)\./i;
const MAX_KEYS = 16;
const MAX_LENGTH = 512;
/** A name as it stands, or a JSON string. */
const KEY = /[^.\s"'\\[\]*?{}\p{C}]+|"(?:[^"\\]|\\.)*"/uy;
const EXPECTED_KEYS =
  'expected names joined by dots, such as args.path; put other names in quotes: args."a.b"; places in a list have no name';

/** Whether this is a field that a call can have. The error says what was probably meant. */
export function parseField(text: string): ParsedField {
  if (isNamedField(text)) return { ok: true, field: { text, kind: KINDS[text], keys: undefined } };
  if (!text.startsWith(ARGS)) return { ok: false, error: unknownField(text) };
  const keys = parseKeys(text);
  if (keys === undefined) return { ok: false, error: EXPECTED_KEYS };
  return { ok: true, field: { text, kind: 'anything', keys } };
}

export function isNamedField(text: string): text is NamedField {
  return Object.hasOwn(KINDS, text);
}

function parseKeys(text: string): string[] | undefined {
  if (text.length > MAX_LENGTH || !text.isWellFormed()) return undefined;
  const keys: string[] = [];
  let at = ARGS.length;
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
  if (OTHER_ARGS.test(text)) return `unknown field; did you mean ${text.replace(OTHER_ARGS, ARGS)}?`;
  const [root = ''] = text.split('.', 1);
  const ofSameRoot = NAMES.filter((name) => name.startsWith(`${root}.`));
  const meant = suggest(text, ofSameRoot.length > 0 ? ofSameRoot : NAMES) ?? ofSameRoot.join(' or ');
  if (meant !== '') return `unknown field; did you mean ${meant}?`;
  return `unknown field; expected args.<name> or one of ${NAMES.join(', ')}`;
}
