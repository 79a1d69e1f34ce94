import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventData, EventType } from '@aegis/contracts/events';
import { fixtureOf, messageOf } from '@aegis/contracts/testing/fixtures';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toEntry } from '../domain/entry.ts';
import { type LineFile, openLineFile } from '../file/line-file.ts';
import { queryLines } from './query.ts';

const LINES = 2_000;
const HOUR_MS = 3_600_000;
const start = Date.parse('2026-03-01T00:00:00.000Z');
const timeOf = (seq: number): string => new Date(start + seq * HOUR_MS).toISOString();

/** A line of the file, with this id, and with this time and data where they are given. */
function lineOf<T extends EventType>(
  seq: number,
  type: T,
  id: string,
  more: { time?: string; storedAt?: Date; data?: EventData<T> },
) {
  const { subject, event } = messageOf(type, more.data);
  const time = more.time ?? event.time;
  return toEntry({ seq, subject, event: { ...event, id, time }, storedAt: more.storedAt ?? new Date(time) })
    .audit;
}

let folder: string;
let file: LineFile;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-query-'));
  const entries = Array.from({ length: LINES }, (_, i) =>
    lineOf(i + 1, 'aegis.decision.enforced.v1', `e${i + 1}`, { time: timeOf(i + 1) }),
  );
  await writeFile(join(folder, 'audit.jsonl'), entries.join(''));
  file = await openLineFile(join(folder, 'audit.jsonl'), true, new Date());
});
afterEach(async () => {
  await file.close();
  await rm(folder, { recursive: true });
});

const never = Number.POSITIVE_INFINITY;
const seqsOf = (reply: { entries: { seq: number }[] }) => reply.entries.map((line) => line.seq);

describe('a search in the audit file', () => {
  it('includes its beginning and excludes its end', async () => {
    const reply = await queryLines(file, { from: timeOf(10), to: timeOf(13), limit: 9 }, never);
    expect(seqsOf(reply)).toEqual([12, 11, 10]);
    expect(reply.next).toBeUndefined();
  });

  it.each(['1970-01-01T00:00:00.000Z', '2999-01-01T00:00:00.000Z'])(
    'goes on behind a line that says it is of %s',
    async (time) => {
      const storedAt = new Date(timeOf(LINES));
      await file.append(lineOf(LINES + 1, 'aegis.call.refused.v1', 'liar', { time, storedAt }));
      const reply = await queryLines(
        file,
        { from: timeOf(LINES - 1), to: timeOf(LINES + 1), limit: 9 },
        never,
      );
      expect(seqsOf(reply)).toEqual([LINES + 1, LINES, LINES - 1]);
    },
  );

  it.each([
    [{ principal: 'agent-8' }, ['mine', 'used']],
    [{ principal: 'agent-8', ok: true }, ['used']],
    [{ approval_id: `apr_${'b'.repeat(26)}` }, ['used']],
    [{ call_id: 'c9' }, ['ended']],
    [{ call_id: 'c9', principal: 'agent-8' }, []],
  ])('finds only what %j says', async (asked, ids) => {
    const grant = { ...fixtureOf('aegis.grant.used.v1').data.grant, principal: 'agent-8' };
    const waiting = { ...fixtureOf('aegis.agent.waiting.v1').data, principal: 'agent-8' };
    const approval_id = `apr_${'b'.repeat(26)}`;
    const ended = { ...fixtureOf('aegis.call.failed.v1').data, call_id: 'c9' };
    const time = timeOf(LINES);
    await file.append(lineOf(LINES + 1, 'aegis.call.failed.v1', 'ended', { time, data: ended }));
    await file.append(
      lineOf(LINES + 2, 'aegis.grant.used.v1', 'used', { time, data: { grant, approval_id } }),
    );
    await file.append(lineOf(LINES + 3, 'aegis.agent.waiting.v1', 'mine', { time, data: waiting }));
    const reply = await queryLines(file, { ...asked, limit: 10 }, never);
    expect(reply.entries.map((line) => line.event_id)).toEqual(ids);
  });

  it('names the next page only where there is one', async () => {
    expect(await queryLines(file, { limit: 2, before: 3 }, never)).not.toHaveProperty('next');
    expect(await queryLines(file, { limit: 2, before: 4 }, never)).toMatchObject({ next: 2 });
  });

  it('gives what it has when its time is up, and goes on from there', async () => {
    const seqs: number[] = [];
    let pages = 0;
    let before: number | undefined;
    do {
      const page = await queryLines(file, { to: timeOf(3), limit: 10, before }, 0);
      seqs.push(...seqsOf(page));
      before = page.next;
      pages++;
    } while (before !== undefined);
    expect(seqs).toEqual([2, 1]);
    expect(pages).toBeGreaterThan(3);
  });

  it('finds a line whose clock was hours behind its neighbours', async () => {
    const time = timeOf(LINES - 20);
    await file.append(lineOf(LINES + 1, 'aegis.decision.enforced.v1', 'late', { time }));
    const reply = await queryLines(file, { from: timeOf(LINES), limit: 10 }, never);
    expect(seqsOf(reply)).toEqual([LINES]);
  });

  it('says where the file is damaged', async () => {
    await file.append('{"seq":2001,"event_id":"e"}\n');
    await expect(queryLines(file, { limit: 10 }, never)).rejects.toThrow(/is damaged at byte \d+/);
  });
});
