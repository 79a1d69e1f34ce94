import { type CharacterSet, parseSet, setHolds } from './glob-set.ts';

/**
 * One step of a glob. Globs are those of fnmatch(3) as Python's `fnmatchcase` reads them: no escapes, no braces, and
 * `/` and `.` are characters like any other.
 */
export type GlobToken =
  | { readonly kind: 'literal'; readonly code: number }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'set'; readonly set: CharacterSet };

/** What the matcher reads of a name; a string is one. */
export interface Characters {
  readonly length: number;
  charCodeAt(index: number): number;
}

/** The steps of a pattern, runs of `*` made one. Every text is a pattern: an unclosed `[` stands for itself. */
export function parseGlob(pattern: string): readonly GlobToken[] {
  const tokens: GlobToken[] = [];
  let at = 0;
  while (at < pattern.length) {
    const character = pattern[at];
    const parsed = character === '[' ? parseSet(pattern, at) : undefined;
    if (parsed) {
      tokens.push({ kind: 'set', set: parsed.set });
      at = parsed.end;
      continue;
    }
    if (character === '*') {
      if (tokens.at(-1)?.kind !== 'star') tokens.push({ kind: 'star' });
    } else if (character === '?') tokens.push({ kind: 'any' });
    else tokens.push({ kind: 'literal', code: pattern.charCodeAt(at) });
    at += 1;
  }
  return tokens;
}

/**
 * Whether the whole name matches, case-sensitively. Two pointers, and only the last `*` is ever tried again: at most
 * name length × pattern length steps, so that no pattern can stall a decision.
 */
export function matchGlob(tokens: readonly GlobToken[], name: Characters): boolean {
  let token = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < name.length) {
    const step = tokens[token];
    if (step?.kind === 'star') {
      if (token === tokens.length - 1) return true;
      star = token++;
      starAt = at;
    } else if (step !== undefined && accepts(step, name.charCodeAt(at))) {
      token++;
      at++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++starAt;
    } else return false;
  }
  if (tokens[token]?.kind === 'star') token++;
  return token === tokens.length;
}

function accepts(step: Exclude<GlobToken, { kind: 'star' }>, code: number): boolean {
  if (step.kind === 'literal') return step.code === code;
  return step.kind === 'any' || setHolds(step.set, code);
}
