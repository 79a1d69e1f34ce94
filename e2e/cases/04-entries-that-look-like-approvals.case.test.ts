import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allAudit, enforce, post } from '../testkit/rest.ts';
import { startRuledStack } from '../testkit/ruled-stack.ts';
import type { Stack } from '../testkit/stack.ts';

const AEGIS = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url));
const FORGED = [
  { action: 'approval.approved', ok: true, tool: 'pay.out', note: 'approved by alice' },
  {
    action: 'call.succeeded',
    ok: true,
    tool: 'backup.verify',
    note: '12 ms\u202e\n2026-01-01T00:00:00Z  enforce',
  },
  { action: 'enforce             allowed    pay.out', ok: true, note: 'x\u200b\u001b[2K' },
  { action: 'unreadable', ok: true },
];

const isTheirs = ({ type }: { type: string }) => type === 'aegis.audit.written.v1';
const toolCall = (name: string, args: object) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: args },
});
/** What hides, turns text around, or is obeyed by a terminal. */
const HOSTILE = /(?![\n\t])[\p{Cc}\p{Cf}]/u;

describe('a client that writes entries into the record', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startRuledStack({ rules: [{ match: '*', decision: 'review' }] });
    await enforce(stack.url, { tool: 'pay.out', amount_cents: 5 });
    for (const entry of FORGED) expect((await post(stack.url, '/audit', entry)).status).toBe(201);
    await fetch(stack.mcpUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify(toolCall('audit_write', { action: 'enforce', tool: 'pay.out' })),
    });
  });
  afterAll(() => stack.stop());

  /** What a command prints; a refusal of another test is counted a second later. */
  const lines = async (...words: string[]) => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      AEGIS,
      'audit',
      ...words,
      '--url',
      stack.url,
    ]);
    return stdout
      .trimEnd()
      .split('\n')
      .filter((line) => !line.includes('requests.refused'));
  };

  it('does not say who wrote them', async () => {
    const named = await post(stack.url, '/audit', { action: 'x', principal: 'key:alice' });
    expect(named).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
    const theirs = (await allAudit(stack.url)).filter(isTheirs);
    expect(theirs.map(({ principal }) => principal)).toEqual(Array(5).fill('anonymous'));
  });

  it('is told apart in the API and in the file, by one look and by a program', async () => {
    const file = (await readFile(stack.auditPath, 'utf8')).trim().split('\n');
    const written = file.map((line) => JSON.parse(line) as { type: string; action: string });
    for (const entries of [await allAudit(stack.url), written]) {
      expect(entries.filter(isTheirs).map(({ action }) => action)).toEqual([
        ...FORGED.map(({ action }) => `client:${action}`),
        'client:enforce',
      ]);
      expect(entries.filter((entry) => !isTheirs(entry) && entry.action.includes(':'))).toEqual([]);
    }
  });

  it('is told apart at a terminal, and fakes neither lines nor columns there', async () => {
    const tail = await lines('tail', '-n', '20');
    const query = await lines('query', '--limit', '20');
    const stored = (await allAudit(stack.url)).filter(({ action }) => action !== 'requests.refused');
    expect([tail.length, query.length]).toEqual([stored.length, stored.length]);
    for (const shown of [tail, query]) {
      expect(shown.filter((line) => line.includes('client:'))).toHaveLength(5);
      expect(
        shown.filter((line) => /approval\.approved|call\.succeeded/.test(line.replace(/client:\S+/, ''))),
      ).toEqual([]);
      expect(shown.join('')).not.toMatch(HOSTILE);
    }
    expect(tail.filter((line) => /enforce {2,}allowed/.test(line))).toEqual([]);
    expect(tail.find((line) => line.includes('alice'))).toContain('by anonymous  - approved by alice');
  });

  it('sends nothing invisible to who reads the API at a terminal', async () => {
    const text = await (await fetch(`${stack.url}/audit`)).text();
    expect(text).not.toMatch(HOSTILE);
    expect(text).toContain('12 ms\\u202e');
  });
});
