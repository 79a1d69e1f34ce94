/** Longer words are no typing mistake of a name, and distance takes the product of both lengths. */
const MAX_WORD = 64;

/** The name that was probably meant: the nearest one, where it is near; undefined where none is. */
export function suggest(word: string, names: readonly string[]): string | undefined {
  if (word.length > MAX_WORD) return undefined;
  const near = names
    .map((name) => ({ name, distance: distanceOf(word.toLowerCase(), name) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
    .toSorted((a, b) => a.distance - b.distance);
  return near[0]?.name ?? names.find((name) => word.length > 2 && isPartOf(word, name));
}

function isPartOf(word: string, name: string): boolean {
  return name.includes(word) || word.includes(name);
}

/** How many letters to add, drop or change (Levenshtein). */
function distanceOf(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [row, letter] of Array.from(a).entries()) {
    const line = [row + 1];
    for (let at = 0; at < b.length; at++) {
      const change = (above[at] ?? 0) + (letter === b[at] ? 0 : 1);
      line.push(Math.min(change, (above[at + 1] ?? 0) + 1, (line[at] ?? 0) + 1));
    }
    above = line;
  }
  return above.at(-1) ?? 0;
}
