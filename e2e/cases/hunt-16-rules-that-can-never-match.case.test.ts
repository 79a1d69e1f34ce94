import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enforce, get, post } from '../testkit/rest.ts';
import { changeRules, startRuledStack } from '../testkit/ruled-stack.ts';
import type { Stack } from '../testkit/stack.ts';

const AEGIS = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url));
const REST = { match: '*', decision: 'allow' };

/** Rules that load without a word, and are off: `*` below lets all through. */
const OFF: readonly (readonly [string, object])[] = [
  ['braces', { match: 'db.{drop,delete}' }],
  ['a blank at the end', { match: 'db.drop ' }],
  ['alternatives', { match: 'db.drop|db.delete' }],
  ['a negation', { match: '!docs.*' }],
  ['typographic quotes', { match: '“db.*”' }],
  ['hours over midnight', { match: 'deploy.*', when: { 'time.hour': { gte: 22, lt: 6 } } }],
  ['hour 24', { match: 'deploy.*', when: { 'time.hour': { gte: 24 } } }],
  ['a principal without its kind', { match: '*', principals: ['ada'] }],
  ['a server that can not be', { match: '*', servers: ['prod db'] }],
];

let stack: Stack;
beforeAll(async () => {
  stack = await startRuledStack({ rules: [REST, { match: 'db.drop', decision: 'deny' }] });
});
afterAll(() => stack.stop());

describe('a rule that is off', () => {
  it.each(OFF)('by %s is no policy any more', async (_, rule) => {
    const rules = [{ decision: 'deny', ...rule }, REST];
    const validate = async () =>
      (await post(stack.url, '/policy/validate', { policy: { version: 2, rules } })).body;
    // On a busy machine the first look may take longer than a caller is given.
    await expect.poll(validate).toMatchObject({ ok: false, errors: [expect.stringMatching(/^rules\.0\./)] });
  });

  it('under a star is said at the start, by health and by the command, and takes nothing away', async () => {
    const sentence = /rules\.1: never decides, because rules\.0 \('\*', allow\)/;
    expect(stack.output()).toMatch(new RegExp(`Policy: .*${sentence.source}`));
    const { status, body } = await get<{ warnings: { policy: string[] } }>(stack.url, '/health');
    expect([status, body.warnings.policy]).toEqual([200, [expect.stringMatching(sentence)]]);
    const env = { PATH: process.env['PATH'] ?? '', AEGIS_DATA_DIR: stack.dataDir };
    const args = [AEGIS, 'policy', 'validate', stack.policyPath];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    expect(stdout).toMatch(sentence);
    expect((await enforce(stack.url, { tool: 'db.drop' })).body.status).toBe('allowed');
  });

  it('is refused once it is written, and the last good policy stays, until it is mended', async () => {
    await changeRules(stack, [{ match: 'db.drop', decision: 'deny' }, REST]);
    const rules = [{ match: 'db.{drop,delete}', decision: 'deny' }, REST];
    await writeFile(stack.policyPath, JSON.stringify({ version: 2, rules }));
    const problem = async () => JSON.stringify((await get(stack.url, '/health')).body);
    await expect.poll(problem).toContain('braces stand for themselves');
    expect((await enforce(stack.url, { tool: 'db.drop' })).body.status).toBe('blocked');
    await changeRules(stack, [{ match: 'db.*', decision: 'deny' }, REST]);
    await expect.poll(problem).toBe('{"status":"ok"}');
  });
});
