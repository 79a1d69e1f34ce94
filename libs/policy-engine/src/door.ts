import { INVISIBLE } from '@aegis/kit/text';
import { showValue } from './condition/show.ts';
import { isFileUri } from './path/file-uri.ts';
import { foldName, foldText } from './path/fold.ts';
import { normaliseFileUri } from './path/normalise-file-uri.ts';
import { normaliseUri } from './path/normalise-uri.ts';

/** A side door as rules name it. */
export interface DoorName {
  /** In the one spelling that allow rules are matched against. */
  readonly name: string;
  /** In each spelling that deny and review rules are matched against, `name` among them. */
  readonly spellings: readonly string[];
  /** Without case and the like, for file systems that compare so; matched with globs folded alike. */
  readonly folds: readonly string[];
}

export type ReadDoor =
  | { readonly ok: true; readonly door: DoorName }
  | { readonly ok: false; readonly error: string };

const MAX_LENGTH = 8192;
const RESOURCE = 'resource:';
const PROMPT = 'prompt:';

/** Brings a door into one spelling, or says why it has none: such a door is denied, whatever the policy says. */
export function readDoor(door: string): ReadDoor {
  if (typeof door !== 'string' || door.length > MAX_LENGTH)
    return refuse('expected text of at most 8192 characters');
  if (door.startsWith(PROMPT)) return readPrompt(door);
  if (!door.startsWith(RESOURCE)) return refuse('expected resource:<uri> or prompt:<name>');
  const uris = nestedUris(door.slice(RESOURCE.length));
  const read: DoorName[] = [];
  for (const uri of uris) {
    const normal = isFileUri(uri) ? normaliseFileUri(uri) : normaliseUri(uri);
    if (!normal.ok) return refuse(`${showValue(uri)} can't be read in one way: ${normal.because}`);
    const [name = uri, ...others] = normal.uris.map((spelling) => RESOURCE + spelling);
    const spellings = [...new Set([name, ...others, RESOURCE + uri])];
    read.push({ name, spellings, folds: normal.isFile ? foldsOf(spellings) : [] });
  }
  const [{ name } = { name: door }] = read;
  return {
    ok: true,
    door: {
      name,
      spellings: read.flatMap(({ spellings }) => spellings),
      folds: read.flatMap(({ folds }) => folds),
    },
  };
}

const SCHEMES = /^[a-z][a-z0-9.+:-]*:/i;

/** A URI, and one that schemes are put around, as in `view-source:file:///etc` and `git+file:///etc`: readers open that. */
function nestedUris(uri: string): string[] {
  const [schemes = ''] = SCHEMES.exec(uri) ?? [];
  const file = schemes.search(/[:+]file:/i);
  if (file >= 0) return [uri, uri.slice(file + 1)];
  const around = Math.max(schemes.lastIndexOf(':', schemes.length - 2), schemes.lastIndexOf('+'));
  const isNested = around >= 0 && uri.startsWith('//', schemes.length);
  return isNested ? [uri, uri.slice(around + 1)] : [uri];
}

/** Names are trimmed again: what can't be seen may have hidden the dots at their end. */
function foldsOf(spellings: readonly string[]): string[] {
  const folded = spellings.map(foldText);
  const trimmed = folded.map((spelling) => spelling.split('/').map(foldName).join('/'));
  return [...new Set([...folded, ...trimmed])];
}

function readPrompt(door: string): ReadDoor {
  if (door === PROMPT) return refuse('expected a name after prompt:');
  // What nobody sees makes a name look like another one.
  if (INVISIBLE.test(door)) return refuse(`${showValue(door)} has characters that can't be seen`);
  return { ok: true, door: { name: door, spellings: [door], folds: [] } };
}

function refuse(error: string): ReadDoor {
  return { ok: false, error: `door: ${error}` };
}
