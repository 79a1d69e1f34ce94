import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IDENTITIES } from '@aegis/bus/law';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../cli/src/program.ts';
import { fakeHost } from '../cli/src/testkit/fake-host.ts';
import packageJson from '../package.json' with { type: 'json' };
import { ApprovalsEnv } from '../services/approvals/src/config.ts';
import { AuditEnv } from '../services/audit/src/config.ts';
import { EnforcerEnv } from '../services/enforcer/src/config.ts';
import { GatewayEnv } from '../services/gateway/src/config.ts';
import { McpEnv } from '../services/mcp/src/config.ts';
import { NotifierEnv } from '../services/notifier/src/config.ts';
import { PolicyEnv } from '../services/policy/src/config.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PAGES = globSync('**/*.md', {
  cwd: ROOT,
  exclude: (name) => /(^|\/)(node_modules|results)$/.test(name),
});
const read = (page: string): Promise<string> => readFile(join(ROOT, page), 'utf8');

/** GitHub's anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** What is wrong with a link, or undefined. */
async function linkProblem(page: string, target: string): Promise<string | undefined> {
  if (/^[a-z]+:/.test(target)) return undefined;
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
  if (!existsSync(join(ROOT, file))) return `${target}: no such file`;
  if (anchor === undefined) return undefined;
  return anchorsOf(await read(file)).includes(anchor) ? undefined : `${target}: no such heading`;
}

/** Every command that does something, such as `aegis tools list`, and its options. */
function commandsOf(
  command: Command,
  parents: readonly string[] = [],
): { name: string; options: string[] }[] {
  const path = [...parents, command.name()];
  if (command.commands.length > 0) return command.commands.flatMap((child) => commandsOf(child, path));
  return [{ name: path.join(' '), options: command.options.map(({ long }) => long ?? '') }];
}

const COLUMNS = 120;

/** The lines of text, without examples, tables, pictures, and what is made. */
const proseOf = (text: string): string[] =>
  text
    .replace(/<!-- Made from here on[^]*/, '')
    .replaceAll(/^ *(```+)[^]*?^ *\1$/gm, '')
    .split('\n')
    .filter((line) => !/^ *(\||!\[|<!--)/.test(line));

const isTooLong = (line: string): boolean => Array.from(line).length > COLUMNS && line.trim().includes(' ');

describe('the pages', () => {
  it.each(PAGES)(`%s: its text is wrapped at ${COLUMNS} columns`, async (page) => {
    expect(proseOf(await read(page)).filter(isTooLong)).toEqual([]);
  });

  it.each(PAGES)('%s: every link leads somewhere', async (page) => {
    const links = [...(await read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const problems = await Promise.all(links.map((target) => linkProblem(page, target)));
    expect(problems.filter(Boolean)).toEqual([]);
  });

  it('each is in the index of the docs, or has a place of its own', async () => {
    const index = await read('docs/README.md');
    const named = [...index.matchAll(/\]\(([^)#\s]+)/g)].map(([, target = '']) => join('docs', target));
    const ofDocs = PAGES.filter((page) => /^docs\/[^/]+\.md$/.test(page) && page !== 'docs/README.md');
    expect(ofDocs.filter((page) => !named.includes(page))).toEqual([]);
  });

  it.each(PAGES)('%s: every npm script that it names is there', async (page) => {
    const named = [...(await read(page)).matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in packageJson.scripts))).toEqual([]);
  });

  it('every setting of a service is described', async () => {
    const pages = (await read('README.md')) + (await read('docs/operations.md'));
    const envs = [ApprovalsEnv, AuditEnv, EnforcerEnv, GatewayEnv, McpEnv, NotifierEnv, PolicyEnv];
    const names = new Set(envs.flatMap((env) => Object.keys(env.shape)));
    expect([...names].filter((name) => !pages.includes(`\`${name}\``))).toEqual([]);
  });

  const commands = commandsOf(createProgram(fakeHost(), false));
  it.each(commands)('$name is described, with its options', async ({ name, options }) => {
    const page = await read('cli/README.md');
    const [, row] = new RegExp(`^\\| (.*\`${name}\\b.*)$`, 'm').exec(page) ?? [];
    expect(row, `cli/README.md has no row of ${name}`).toBeDefined();
    expect(options.filter((option) => !page.includes(`\`${option}`))).toEqual([]);
  });

  it('every identity on the bus is described', async () => {
    const page = await read('docs/architecture/security.md');
    expect(IDENTITIES.filter((identity) => !page.includes(`| \`${identity}\` |`))).toEqual([]);
  });

  it('every decision is in the index', async () => {
    const index = await read('docs/adr/README.md');
    const decisions = PAGES.filter((page) => /^docs\/adr\/\d/.test(page));
    expect(decisions.length).toBeGreaterThan(10);
    for (const page of decisions) expect(index).toContain(`(${relative('docs/adr', page)})`);
  });
});
