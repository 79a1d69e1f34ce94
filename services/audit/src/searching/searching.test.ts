import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditPast, auditQuery } from '@aegis/contracts/audit';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { openLineFile } from '../file/line-file.ts';
import { createSearching } from './searching.ts';

const ASKED = 12;
const LINES = 2_000;
let searching: ReturnType<typeof createSearching> | undefined;
afterEach(() => searching?.stop());

const lineOf = (seq: number): string =>
  `${JSON.stringify({
    seq,
    ts: new Date(Date.parse('2026-03-01T00:00:00Z') + seq).toISOString(),
    trace_id: null,
    action: 'enforce',
    ok: true,
    tool: 'crm.read',
    op: null,
    amount_cents: null,
    status: 'allowed',
    note: null,
    principal: 'me',
    event_id: `e${seq}`,
    type: 'aegis.decision.enforced.v1',
  })}\n`;

/** Asks as the bus does; searches that come to nothing read the whole file. */
async function startSearching() {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-searching-'));
  const path = join(folder, 'audit.jsonl');
  await writeFile(path, Array.from({ length: LINES }, (_, n) => lineOf(n + 1)).join(''));
  const file = await openLineFile(path, true, new Date());
  onTestFinished(async () => {
    await file.close();
    await rm(folder, { recursive: true });
  });
  const started = createSearching({ caughtUp: async () => true, file: () => file });
  searching = started;
  return async (rpc: typeof auditPast | typeof auditQuery, data: object): Promise<string> => {
    const route = started.routes.find((one) => one.rpc === rpc);
    if (route === undefined || !('answer' in route)) throw new Error('no such question');
    const deadline_ms = Date.now() + 60_000;
    return route.answer(JSON.stringify({ deadline_ms, data }), deadline_ms);
  };
}

it('what an agent did before is found whoever floods the record with questions of their own', async () => {
  const ask = await startSearching();
  let answered = 0;
  const flood = Array.from({ length: ASKED }, async () => {
    await ask(auditQuery, { status: 'denied', limit: 100 });
    answered += 1;
  });
  const past = { principal: 'me', before: '2026-04-01T00:00:00Z', limit: 3 };
  expect(await ask(auditPast, past)).toContain(`"total":${LINES}`);
  expect(answered).toBeLessThan(ASKED);
  await Promise.all(flood);
}, 60_000);
