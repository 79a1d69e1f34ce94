/** Alternatives are written out up to so many; what is in more braces may be anything. */
const MAX_ALTERNATIVES = 64;

/** The paths that `{a,b}` stand for. */
export function alternativesOf(pattern: string): string[] {
  let all = [pattern];
  for (;;) {
    const next = all.flatMap(expandFirst);
    if (next.length > MAX_ALTERNATIVES) return [pattern.replaceAll(/[{}]/g, '*')];
    if (next.length === all.length && next.every((one, at) => one === all[at])) return all;
    all = next;
  }
}

function expandFirst(pattern: string): string[] {
  const [whole, inside] = /\{([^{}]{0,512})\}/.exec(pattern) ?? [];
  if (whole === undefined || inside === undefined) return [pattern];
  return inside.split(',').map((one) => pattern.replace(whole, () => one));
}
