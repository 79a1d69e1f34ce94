import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

const SPECIFIER = /^\s*import\s[^'"]*['"]([^'"]+)['"]/gm;
const PACKAGES = /^(svelte|@aegis\/contracts\/|@aegis\/kit\/text$)/;

/**
 * What components import and may not, as `console-imports: <file> -> <what>`. A component is compiled before the cruiser
 * sees it, and the compiler drops imports of types; so these are read from the text.
 */
export function strayTypeImports(components: readonly string[]): string[] {
  return components.flatMap((file) =>
    Array.from(readFileSync(file, 'utf8').matchAll(SPECIFIER), ([, specifier = '']) => specifier)
      .filter((specifier) =>
        specifier.startsWith('.')
          ? !posix.join(posix.dirname(file), specifier).startsWith('console/')
          : !PACKAGES.test(specifier),
      )
      .map((specifier) => `console-imports: ${file} -> ${specifier}`),
  );
}
