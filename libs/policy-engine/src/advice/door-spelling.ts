import { readDoor } from '../door.ts';
import { doubt, type Finding, type Path } from './finding.ts';

/** What may stand where a glob begins to be one, wherever in a URI that is. */
const RESTS = ['x', '1', '/x', '//x', '///x', ':x', '://x', 'a://x', ''];
const PLAIN = /^[^*?[]*/;

/** A resource in its one spelling, and in those that rules are matched against besides, whatever it came in. */
function readAgain(
  door: string,
): { readonly name: string; readonly spellings: readonly string[] } | undefined {
  const read = readDoor(door);
  const again = read.ok ? readDoor(read.door.name) : read;
  return again.ok ? again.door : undefined;
}

/**
 * What is wrong with how a glob spells a resource: rules see each in one spelling, so another one is only for those who ask
 * in it, and a rule that denies is passed by asking in the usual one.
 */
export function adviseDoorSpelling(glob: string, path: Path): Finding[] {
  if (!glob.startsWith('resource:')) return [];
  const [beginning = ''] = PLAIN.exec(glob) ?? [];
  const behind = glob.slice(beginning.length);
  const fits = (spelling: string): boolean =>
    behind === '' ? spelling === glob : spelling.startsWith(beginning);
  const read: { readonly name: string; readonly rest: string }[] = [];
  for (const rest of behind === '' ? [''] : RESTS) {
    const door = readAgain(beginning + rest);
    if (door?.spellings.some(fits)) return [];
    if (door !== undefined) read.push({ name: door.name, rest });
  }
  const usual = read.find(({ name, rest }) => name.endsWith(rest));
  if (usual === undefined) return [doubt(path, 'no resource has such a URI, or it is denied anyway')];
  const instead = usual.name.slice(0, usual.name.length - usual.rest.length) + behind;
  return [doubt(path, `a resource is matched in one spelling: write ${JSON.stringify(instead)}`)];
}
