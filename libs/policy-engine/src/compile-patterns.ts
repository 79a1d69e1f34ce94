import { createGlobIndex, type GlobIndex } from './glob-index.ts';

/** A list of globs of which the first match counts. */
export interface CompiledPatterns {
  readonly patterns: readonly string[];
  readonly index: GlobIndex;
}

export function compilePatterns(patterns: readonly string[]): CompiledPatterns {
  return { patterns: [...patterns], index: createGlobIndex(patterns, () => true) };
}
