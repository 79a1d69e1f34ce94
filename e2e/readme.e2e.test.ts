import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examplesOf, fillIn, steady } from './testkit/doc-blocks.ts';
import { get } from './testkit/rest.ts';
import { type Stack, startStack } from './testkit/stack.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const README = await readFile(new URL('../README.md', import.meta.url), 'utf8');
const EXAMPLES = examplesOf(README);

const run = promisify(execFile);
const isInstalled = (tool: string): boolean => spawnSync(tool, ['--version']).error === undefined;

/** The command as the README has it, for a stack that is somewhere else. */
const forStack = (command: string, stack: Stack): string =>
  command
    .replaceAll('http://127.0.0.1:8000', stack.url)
    .replaceAll('data/audit.jsonl', `'${stack.auditPath}'`)
    .replaceAll('npx aegis', `'${process.execPath}' cli/bin/aegis.js`);

async function print(command: string, stack: Stack): Promise<string> {
  // What is answered is on file a moment later; the query waits for it.
  await get(stack.url, '/audit?limit=1');
  const env = { ...process.env, AEGIS_DATA_DIR: stack.dataDir, APPROVAL_CODE: stack.code };
  const { stdout } = await run('sh', ['-c', forStack(command, stack)], { cwd: ROOT, env });
  return stdout;
}

describe('the README, command by command', () => {
  let stack: Stack;
  const known = new Map<string, unknown>();
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack.stop());

  for (const { title, command, lang, shown } of EXAMPLES) {
    const tool = command.split(' ')[0] ?? '';
    const missing = !isInstalled(tool);
    it.skipIf(missing)(missing ? `${title}: not run, ${tool} is not installed` : title, async () => {
      const printed = await print(command, stack);
      if (lang === 'text') return expect(steady(printed)).toBe(steady(shown));
      const actual = JSON.parse(printed) as unknown;
      expect(actual).toEqual(fillIn(JSON.parse(shown), actual, known));
    });
  }
});

it('the README shows the first approval from check to audit log', () => {
  const commands = EXAMPLES.map(({ command }) => command).join('\n');
  for (const part of ['/guard/check', '/guard/enforce', '/approvals/complete', 'audit tail', 'jq ']) {
    expect(commands).toContain(part);
  }
});

it('the README shows examples/subscribe.ts as it is', async () => {
  const example = await readFile(new URL('../examples/subscribe.ts', import.meta.url), 'utf8');
  expect(README).toContain(`\`\`\`ts\n${example}\`\`\``);
});
