import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseServers } from '../services/mcp/src/proxy/servers/parse-servers.ts';
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

const README = await readFile(new URL('../README.md', import.meta.url), 'utf8');
const EXAMPLES = examplesOf(README);

const PROTECT = 'Protect your client in one minute';
const RULES = 'Rules on what is in the call';
const SERVERS = 'Servers behind HTTP';
const TOOLS = 'When a tool changes';
const FIRST_APPROVAL = 'Your first approval, in five minutes';
const TRUST = 'Approvals that people trust';

/** What a section says that the reader does by hand first. */
const BY_HAND: Readonly<Record<string, (world: DocWorld) => Promise<void>>> = {
  [RULES]: (world) => world.usePolicy(blockOf(README, RULES, 'yaml')),
  [TRUST]: (world) => world.usePolicy(blockOf(README, TRUST, 'yaml')),
  [TOOLS]: (world) => world.changeATool(),
};
const AT_A_TERMINAL: ReadonlySet<string> = new Set(['npx aegis status', 'npx aegis tools list']);

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
        return expect(steady(printed)).toBe(fillText(steady(shown), steady(printed), known));
      }
      const actual = JSON.parse(printed) as unknown;
      expect(actual).toEqual(fillIn(JSON.parse(shown), actual, known));
    });
  }
}

const CHAPTERS = {
  'the firewall in the path': [PROTECT, RULES, SERVERS, TOOLS],
  'the first approval': [FIRST_APPROVAL, TRUST],
};

describe.each(Object.entries(CHAPTERS))('the README, command by command: %s', (_, sections) => {
  let world: DocWorld;
  const known = new Map<string, unknown>();
  beforeAll(async () => {
    world = await openDocWorld(blockOf(README, PROTECT, 'json'));
  });
  afterAll(() => world.stop());

  describe.each(sections)('%s', (section) => {
    beforeAll(() => BY_HAND[section]?.(world));
    tryOut(
      EXAMPLES.filter((example) => example.section === section),
      () => world,
      known,
    );
  });
});

it('every command of the README whose output is shown is run', () => {
  const run = new Set(Object.values(CHAPTERS).flat());
  expect(EXAMPLES.map(({ section }) => section).filter((section) => !run.has(section))).toEqual([]);
});

it.each([
  [PROTECT, ['aegis protect', 'aegis approvals complete', 'aegis status', 'aegis unprotect']],
  [FIRST_APPROVAL, ['/guard/check', '/guard/enforce', '/approvals/complete', 'audit tail', 'jq ']],
  [TRUST, ['approvers add', 'approvals approve', 'grants give', 'grants revoke', 'webhooks add']],
])('"%s" shows the whole way', (section, parts) => {
  const commands = EXAMPLES.filter((example) => example.section === section).map(({ command }) => command);
  for (const part of parts) expect(commands.join('\n')).toContain(part);
});

it("the README's file of servers is one", () => {
  expect(parseServers(blockOf(README, SERVERS, 'json'))).toHaveProperty('file');
});

it('the README shows examples/subscribe.ts as it is', async () => {
  const example = await readFile(new URL('../examples/subscribe.ts', import.meta.url), 'utf8');
  expect(README).toContain(`\`\`\`ts\n${example}\`\`\``);
});
