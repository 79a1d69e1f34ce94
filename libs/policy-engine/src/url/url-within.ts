import { createWithin, faultOfRoot, type Within, type WithinTest } from '../path/within.ts';
import { readUrl } from './read-url.ts';

const EXPECTED_URL = 'expected a plain URL such as https://api.example.com/v1, without query and fragment';

/** Why this is no URL that others are within, or undefined. */
export function faultOfUrl(base: unknown): string | undefined {
  const read = typeof base === 'string' ? readUrl(base) : undefined;
  if (!read?.ok || read.hasMore || read.path.includes(';')) return EXPECTED_URL;
  return faultOfRoot(read.path) === undefined ? undefined : EXPECTED_URL;
}

/** Whether a URL has scheme, host and port of one of these and a path at or below it; query and fragment don't matter. */
export function createUrlWithin(bases: readonly string[]): WithinTest {
  const roots = new Map<string, string[]>();
  for (const base of bases) {
    const read = readUrl(base);
    if (read.ok) roots.set(read.origin, [...(roots.get(read.origin) ?? []), read.path]);
  }
  const tests = new Map([...roots].map(([origin, paths]) => [origin, createWithin(paths)]));
  return (text, allowance): Within => {
    const read = readUrl(text);
    if (!read.ok) return { known: false, because: read.because };
    const test = tests.get(read.origin);
    if (test === undefined) return { known: true, within: false };
    if (read.path.includes(';')) return { known: false, because: 'a URL with parameters in its path' };
    const asWritten = test(read.path, allowance);
    const asResolved = test(read.resolved, allowance);
    if (!asWritten.known || !asResolved.known) return asWritten.known ? asResolved : asWritten;
    if (asWritten.within === asResolved.within) return asWritten;
    return { known: false, because: 'within for one reader and not for another' };
  };
}
