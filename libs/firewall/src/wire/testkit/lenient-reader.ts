/** How a careless server could read a message: other than the firewall, if the firewall is careless too. */
type LenientReader = {
  readonly fold: (key: string) => string;
  /** Which of several members with the same folded key counts. */
  readonly pick: 'first' | 'last';
};

/** What a reader would run. */
export type SeenCall = { readonly method: unknown; readonly name: unknown };

type Members = { readonly members: readonly (readonly [string, unknown])[] };

const TOKEN = /[ \t\r\n]*([{}[\]:,]|"(?:[^"\\]|\\.)*"|[^ \t\r\n{}[\]:,"]+)/gsy;

/** Reads JSON and keeps all members of an object, those with an equal key too. The text must be valid JSON. */
function readAllMembers(text: string): unknown {
  const tokens = Array.from(text.matchAll(TOKEN), ([, token]) => token ?? '');
  let at = 0;
  const value = (): unknown => {
    const token = tokens[at++] ?? '';
    if (token !== '{' && token !== '[') return JSON.parse(token);
    const items: unknown[] = [];
    for (; tokens[at] !== '}' && tokens[at] !== ']'; ) {
      if (tokens[at] === ',') at++;
      const first = value();
      if (token === '{') at++;
      items.push(token === '{' ? [first, value()] : first);
    }
    at++;
    return token === '{' ? { members: items } : items;
  };
  return value();
}

function member({ fold, pick }: LenientReader, object: unknown, key: string): unknown {
  const all = (object as Members | undefined)?.members ?? [];
  const found = all.filter(([name]) => fold(name) === fold(key));
  return found.at(pick === 'first' ? 0 : -1)?.[1];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Ways to take a key: exactly, in any case, in any Unicode form, up to a NUL, without what nobody sees, in snake case. */
const FOLDS: readonly ((key: string) => string)[] = [
  (key) => key,
  (key) => key.toLowerCase(),
  (key) => key.normalize('NFKC').toUpperCase().toLowerCase(),
  (key) => key.replace(/\0.*/s, ''),
  (key) => key.replaceAll(/[\p{Cf}\p{Cc}]/gu, ''),
  (key) => key.replaceAll('_', '').toLowerCase(),
];

const READERS: readonly LenientReader[] = FOLDS.flatMap((fold) => [
  { fold, pick: 'first' },
  { fold, pick: 'last' },
]);

const LINE_ENDS = [/\n/, /\r\n|\r|\n/];

/**
 * All calls of tools that some reader finds in the text: readers that end lines at a carriage return or not, skip a byte
 * order mark, take batches, fold keys, and take the first or the last of several.
 */
export function callsInAnyReading(text: string): SeenCall[] {
  const lines = new Set(
    LINE_ENDS.flatMap((end) => text.split(end)).map((line) => line.replace(/^\u{feff}/u, '')),
  );
  const messages = [...lines].filter(isJson).map(readAllMembers).flat();
  const calls = messages.flatMap((message) =>
    READERS.map((reader) => ({
      method: member(reader, message, 'method'),
      name: member(reader, member(reader, message, 'params'), 'name'),
    })),
  );
  return calls.filter(({ method }) => typeof method === 'string' && method.toLowerCase() === 'tools/call');
}
