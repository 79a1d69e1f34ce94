import { enforceLog } from '@aegis/contracts/subjects';
import { connectTestBus } from '@aegis/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { headers } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

let server: TestNatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

const fact = (id: string) => ({
  subject: enforceLog('allowed'),
  event: {
    specversion: '1.0' as const,
    id,
    source: 'aegis/test',
    type: 'aegis.test.happened.v1',
    time: new Date().toISOString(),
    datacontenttype: 'application/json' as const,
    data: {},
  },
});

/** Begins as many batches as the server takes, and more, and ends none. */
async function fill(): Promise<void> {
  const nc = await server.connect('mcp');
  for (let i = 0; i < 60; i++) {
    const h = headers();
    h.set('Nats-Batch-Id', `held-${i}`);
    h.set('Nats-Batch-Sequence', '1');
    nc.publish('aegis.log.call.x', '{}', { headers: h });
  }
  await nc.flush();
}

test('where others hold all batches that the server takes, one is tried again until there is room', async () => {
  const approvals = await connectTestBus(server, 'approvals');
  onTestFinished(() => approvals.close());
  await fill();
  for (const facts of [[fact('a')], [fact('a'), fact('b')]])
    await expect(approvals.append.all(facts, Date.now() + 1_000, false)).rejects.toMatchObject({
      code: 'storage_unavailable',
      message: 'The event log takes no more batches: too many were begun and not ended.',
    });
  expect(approvals.append.problem).toContain('too many');
  const stored = await approvals.append.all([fact('c'), fact('d')], Date.now() + 20_000, false);
  expect(stored.seq).toBeGreaterThan(1);
  expect(approvals.append.problem).toBeUndefined();
}, 30_000);
