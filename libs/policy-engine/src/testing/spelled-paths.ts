import { posix } from 'node:path';
import * as fc from 'fast-check';

export const ROOT = '/srv/data';

/** What a server does that decodes as often as it can, takes backslashes for slashes, and resolves then. */
function decodeFully(text: string): string {
  let decoded = text.replace(/^file:(?:\/\/(?:localhost)?(?=\/))?/i, '');
  for (let round = 0; round < 10; round++) {
    decoded = decoded.replace(/%[0-9a-f]{2}/gi, (code) =>
      String.fromCharCode(Number.parseInt(code.slice(1), 16)),
    );
  }
  return decoded;
}

export function isBelow(path: string): boolean {
  const resolved = posix.resolve('/cwd', path);
  return resolved === ROOT || resolved.startsWith(`${ROOT}/`);
}

/** The readings that servers are known to have, each of them written down simply. */
export function readingsOf(text: string): boolean[] {
  const bare = text.replace(/^file:(?:\/\/(?:localhost)?(?=\/))?/i, '');
  const decoded = decodeFully(text);
  const dots = bare.replace(/%2e/gi, '.');
  const all = [bare, decoded, dots, bare.replaceAll('\\', '/'), decoded.replaceAll('\\', '/')];
  return all.map(isBelow);
}

const letter = fc.constantFrom('.', '/', '\\', 's', '%', '2', 'e', '5', 'f', 'c');
const piece = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('..', '.', '', 'a', 'srv', 'data', 'etc', 'data-other', '...', 'a b'),
  },
  { weight: 2, arbitrary: fc.string({ unit: letter, maxLength: 5 }) },
);
const encode = (text: string, rounds: number) => {
  let encoded = text;
  for (let round = 0; round < rounds; round++) {
    encoded = Array.from(encoded, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
  }
  return encoded;
};
const mutated = fc
  .array(fc.tuple(piece, fc.constantFrom('/', '/', '/', '//', '\\', '/./', '%2f', '%5C'), fc.nat(11)), {
    minLength: 1,
    maxLength: 6,
  })
  .map((pieces) =>
    pieces.map(([text, slash, how]) => slash + (how > 9 ? encode(text, how - 9) : text)).join(''),
  );
/** Paths around the root, in all the ways that readers are known to take for it. */
export const spelled = fc
  .tuple(fc.constantFrom('', '', 'file:', 'file://', 'FILE://localhost', 'file:///'), fc.boolean(), mutated)
  .map(([start, isInside, rest]) => start + (isInside ? ROOT : '') + rest);
