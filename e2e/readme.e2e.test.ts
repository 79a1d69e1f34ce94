import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { parseServers } from '@aegis/firewall/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  blockOf,
  type DocExample,
  examplesOf,
  fillCommand,
  fillIn,
  fillText,
  steady,
} from './testkit/doc-blocks.ts';
import { type DocWorld, openDocWorld } from './testkit/doc-world.ts';

const read = (page: string): Promise<string> => readFile(new URL(`../${page}`, import.meta.url), 'utf8');
const README = await read('README.md');
const PROTECT = 'Protect a client';

/** A section of a page, and what it says that the reader does by hand first. */
type Section = { page: string; title: string; byHand?: (world: DocWorld, text: string) => Promise<void> };

const usesItsPolicy: Section['byHand'] = (world, text) => world.usePolicy(text);

/** Pages whose commands are run, each chapter by a reader of its own, from the top down. */
const CHAPTERS: Readonly<Record<string, readonly Section[]>> = {
  'the README': [
    { page: 'README.md', title: PROTECT },
    { page: 'README.md', title: 'The first approval' },
  ],
  'the firewall in the path': [
    { page: 'docs/clients.md', title: 'Put a client behind the firewall' },
    { page: 'docs/in-the-path.md', title: 'Rules on what is in the call', byHand: usesItsPolicy },
    { page: 'docs/in-the-path.md', title: 'Servers behind HTTP' },
    { page: 'docs/in-the-path.md', title: 'When a tool changes', byHand: (world) => world.changeATool() },
  ],
  'an approval over REST': [{ page: 'docs/interfaces.md', title: 'An approval over REST, step by step' }],
  'approvals, a tour': [{ page: 'docs/approvals.md', title: 'A tour', byHand: usesItsPolicy }],
};
const SECTIONS = Object.values(CHAPTERS).flat();
const PAGES = new Map<string, string>();
for (const { page } of SECTIONS) PAGES.set(page, await read(page));
const textOf = (page: string): string => PAGES.get(page) ?? '';

const AT_A_TERMINAL: ReadonlySet<string> = new Set(['npx aegis status', 'npx aegis tools list']);

/** What nobody waits for is on record a moment later, before or after what comes next: there each line counts. */
const inOrder = (command: string, text: string): string =>
  command.includes('audit tail') ? text.split('\n').toSorted().join('\n') : text;

const isInstalled = (tool: string): boolean => spawnSync(tool, ['--version']).error === undefined;

const toolOf = (command: string): string =>
  AT_A_TERMINAL.has(command.trim()) ? 'script' : (command.split(' ')[0] ?? '');

/** Runs a section's commands one after the other, and compares what they print. */
function tryOut(examples: readonly DocExample[], world: () => DocWorld, known: Map<string, unknown>): void {
  for (const { title, command, lang, shown } of examples) {
    const tool = toolOf(command);
    const missing = !isInstalled(tool);
    it.skipIf(missing)(missing ? `${title}: not run, ${tool} is not installed` : title, async () => {
      const printed = await world().print(fillCommand(command, known), AT_A_TERMINAL.has(command.trim()));
      if (lang === 'text') {
        const [is, said] = [printed, shown].map((text) => inOrder(command, steady(text))) as [string, string];
        return expect(is).toBe(fillText(said, is, known));
      }
      const actual = JSON.parse(printed) as unknown;
      expect(actual).toEqual(fillIn(JSON.parse(shown), actual, known));
    });
  }
}

describe.each(Object.entries(CHAPTERS))('command by command: %s', (_, sections) => {
  let world: DocWorld;
  const known = new Map<string, unknown>();
  beforeAll(async () => {
    world = await openDocWorld(blockOf(README, PROTECT, 'json'));
  });
  afterAll(() => world.stop());

  describe.each(sections)('$title', ({ page, title, byHand }) => {
    beforeAll(() => byHand?.(world, byHand === usesItsPolicy ? blockOf(textOf(page), title, 'yaml') : ''));
    tryOut(
      examplesOf(textOf(page)).filter((example) => example.section === title),
      () => world,
      known,
    );
  });
});

const isRun = (page: string, section: string) =>
  SECTIONS.some((one) => one.page === page && one.title === section);

it('every command of these pages whose output is shown is run', () => {
  const left = [...PAGES].flatMap(([page, text]) =>
    examplesOf(text).flatMap(({ section }) => (isRun(page, section) ? [] : [`${page}: ${section}`])),
  );
  expect(left).toEqual([]);
});

it.each([
  ['README.md', ['aegis protect', 'tools/call', 'aegis approvals approve', 'audit tail']],
  ['docs/clients.md', ['aegis protect', 'aegis status', 'aegis unprotect']],
  ['docs/interfaces.md', ['/guard/check', '/guard/enforce', '/approvals/complete', 'audit tail', 'jq ']],
  [
    'docs/approvals.md',
    ['approvers add', 'approvals approve', 'grants give', 'grants revoke', 'webhooks add'],
  ],
])('%s shows the whole way', (page, parts) => {
  const commands = examplesOf(textOf(page)).map(({ command }) => command);
  for (const part of parts) expect(commands.join('\n')).toContain(part);
});

it('the README fits into three minutes, read aloud at 150 words each, and into 10 KB', () => {
  expect(Buffer.byteLength(README)).toBeLessThan(10_000);
  const aloud = README.replaceAll(/^```[^]*?^```$|^\|.*$|^!.*$|\]\(.*?\)/gm, ' ');
  expect(aloud.split(/\s+/).length).toBeLessThan(450);
});

it('the file of servers in the docs is one', () => {
  const servers = parseServers(blockOf(textOf('docs/in-the-path.md'), 'Servers behind HTTP', 'json'));
  expect(servers).toMatchObject({ file: { problems: new Map() } });
});

it('the docs show examples/subscribe.ts as it is', async () => {
  expect(textOf('docs/interfaces.md')).toContain(`\`\`\`ts\n${await read('examples/subscribe.ts')}\`\`\``);
});
