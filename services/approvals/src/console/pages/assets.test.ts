import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { html } from '@aegis/kit/text';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadAssets } from './assets.ts';
import { shell } from './layout.ts';

/** A console as its build leaves it, with these files. */
async function built(files: Record<string, string>): Promise<URL> {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-dist-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await Promise.all(['assets', '.vite'].map((name) => mkdir(join(folder, name))));
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
  return pathToFileURL(`${folder}/`);
}

const CONSOLE = {
  '.vite/manifest.json': JSON.stringify({
    'src/lazy.ts': { file: 'assets/lazy-2.js' },
    'src/main.ts': {
      file: 'assets/main-1.js',
      css: ['assets/main-1.css'],
      isEntry: true,
      src: 'src/main.ts',
    },
  }),
  'assets/main-1.js': 'start()',
  'assets/main-1.css': 'a{}',
  'assets/lazy-2.js': 'more()',
  'assets/mark-3.svg': '<svg/>',
  'assets/odd-4.html': '<script>alert(1)</script>',
};
const NOT_BUILT = { script: undefined, styles: [], icon: undefined, files: new Map() };
const view = { title: 'Approvals', intro: 'Intro.', main: html`<p>What waits</p>` };

describe('the console', () => {
  it('is served from its build: the script and styles of its entry, and each file with its type', async () => {
    const { script, styles, files } = await loadAssets(await built(CONSOLE));
    expect([script, styles]).toEqual(['/ui/assets/main-1.js', ['/ui/assets/main-1.css']]);
    expect(Object.fromEntries([...files].map(([path, { type }]) => [path, type]))).toEqual({
      '/ui/assets/main-1.js': 'text/javascript; charset=utf-8',
      '/ui/assets/main-1.css': 'text/css; charset=utf-8',
      '/ui/assets/lazy-2.js': 'text/javascript; charset=utf-8',
      '/ui/assets/mark-3.svg': 'image/svg+xml',
      '/ui/assets/odd-4.html': 'application/octet-stream',
    });
    expect(files.get('/ui/assets/main-1.js')?.body.toString()).toBe('start()');
  });

  it.each([
    ['there is no build', {}],
    ['its manifest is no JSON', { ...CONSOLE, '.vite/manifest.json': '{' }],
    ['its manifest is of another form', { ...CONSOLE, '.vite/manifest.json': '{"a":1}' }],
  ])('is left out where %s', async (_, files) => {
    expect(await loadAssets(await built(files))).toEqual(NOT_BUILT);
  });

  it('is left out where there is not even a folder', async () => {
    expect(await loadAssets(new URL('file:///nowhere/dist/'))).toEqual(NOT_BUILT);
  });
});

describe('a page', () => {
  it('has the script, and the whole page for whoever runs none', async () => {
    const page = shell(await loadAssets(await built(CONSOLE)), view);
    expect(page).toContain('<script type="module" src="/ui/assets/main-1.js"></script>');
    expect(page).toContain('<link rel="stylesheet" href="/ui/assets/main-1.css">');
    const [, inside] = /<body>\s*<div id="app"><\/div><noscript>(.*)<\/noscript>/s.exec(page) ?? [];
    expect(inside).toContain('<h1>Approvals</h1>');
    expect(inside).toContain('<p>What waits</p>');
    expect(page).toContain('<noscript><link rel="stylesheet" href="/ui/approvals.css"></noscript>');
    expect(page).not.toMatch(/<script(?! type="module" src="\/ui\/)/);
  });

  it('is the same without a build, and has no script', async () => {
    const page = shell(NOT_BUILT, view);
    expect(page).toContain('<p>What waits</p>');
    expect(page).not.toMatch(/script/);
  });
});
