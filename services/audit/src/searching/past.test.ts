import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditLine, PastCalls } from '@aegis/contracts/audit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toJsonLine } from '../domain/json-line.ts';
import { type LineFile, openLineFile } from '../file/line-file.ts';
import { pastCalls } from './past.ts';

const ME = 'os-user:zoë "the agent"';
const QUESTION = `apr_${'q'.repeat(26)}`;
const timeOf = (seq: number): string =>
  new Date(Date.parse('2026-03-01T00:00:00Z') + seq * 1_000).toISOString();

const nothing = { trace_id: null, ok: null, op: null, amount_cents: null, note: null };
const lineOf = (seq: number, more: Partial<AuditLine> = {}): string =>
  toJsonLine({
    ...nothing,
    seq,
    ts: timeOf(seq),
    action: 'enforce',
    tool: `tool.${seq}`,
    status: 'allowed',
    principal: ME,
    event_id: `e${seq}`,
    type: 'aegis.decision.enforced.v1',
    ...more,
  });

let folder: string;
const files: LineFile[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-past-'));
});
afterEach(async () => {
  for (const file of files.splice(0)) await file.close();
  await rm(folder, { recursive: true });
});

async function pastIn(
  lines: readonly string[],
  more: Partial<PastCalls> = {},
  giveUpAt = Number.POSITIVE_INFINITY,
) {
  const path = join(folder, 'audit.jsonl');
  await writeFile(path, lines.join(''));
  const file = await openLineFile(path, true, new Date());
  files.push(file);
  return pastCalls(file, { principal: ME, before: timeOf(10_000), limit: 10, ...more }, giveUpAt);
}

describe('what an agent did before a question', () => {
  it('is its last calls before it, however many came after, and the count of all', async () => {
    const earlier = Array.from({ length: 15 }, (_, n) =>
      lineOf(n + 1, n < 4 ? { status: 'blocked', note: 'denied' } : {}),
    );
    const question = lineOf(16, { status: 'pending', approval_id: QUESTION });
    const later = Array.from({ length: 40 }, (_, n) => lineOf(17 + n, { tool: 'harmless.read' }));
    const past = await pastIn([...earlier, question, ...later], { before: timeOf(16), except: QUESTION });
    expect(past).toMatchObject({ total: 15, blocked: 4 });
    expect(past).not.toHaveProperty('since');
    expect(past.entries.map(({ tool }) => tool)).toEqual(
      Array.from({ length: 10 }, (_, n) => `tool.${15 - n}`),
    );
  });

  it('is nobody else’s, no other kind of line, and not what a note quotes', async () => {
    const quoted = `"type":"aegis.decision.enforced.v1" "principal":${JSON.stringify(ME)}`;
    const past = await pastIn(
      [
        lineOf(1, { principal: 'somebody' }),
        lineOf(2, { type: 'aegis.audit.written.v1' }),
        lineOf(3, { principal: 'somebody', note: quoted }),
        lineOf(4, { approval_id: QUESTION }),
        lineOf(5),
      ],
      { except: QUESTION },
    );
    expect(past).toMatchObject({ total: 1, blocked: 0, entries: [{ seq: 5 }] });
  });

  it('says since when it counted, where the record is longer than the time for it', async () => {
    const past = await pastIn(
      Array.from({ length: 1_000 }, (_, n) => lineOf(n + 1)),
      {},
      0,
    );
    expect(past).toMatchObject({ total: 255, since: timeOf(745) });
  });

  it('is an error where one of its lines can not be read, and not a shorter list', async () => {
    const damaged = lineOf(1).replace('"seq":1', '"seq":"one"');
    await expect(pastIn([damaged])).rejects.toMatchObject({ code: 'audit_unavailable' });
  });
});
