import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const SIZES = [
  { width: 1280, height: 900 },
  { width: 390, height: 844 },
];

/** What depends on the colours; all else is the same in light and dark. */
const COLOURS = "{ runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } }";
const SCHEMES = [
  ['light', '{}'],
  ['dark', COLOURS],
] as const;

const run = (options: string): string => `axe.run(${options}).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html + ' ' + failureSummary)))`;

/**
 * What axe has against the page as it is: in light and dark, on a desk and on a phone. Nothing may be wider than the screen.
 */
export async function violations(page: Page): Promise<string[]> {
  const found: string[] = [];
  await page.evaluate(await readFile(AXE, 'utf8'));
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const [colorScheme, options] of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      const said = await page.evaluate<string[]>(run(options));
      found.push(...said.map((one) => `${colorScheme}, ${size.width} px: ${one}`));
    }
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    if (width > size.width) found.push(`${size.width} px: the page is ${width} px wide`);
  }
  return found;
}
