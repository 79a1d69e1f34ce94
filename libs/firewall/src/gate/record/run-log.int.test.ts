import type { Bus, Fact } from '@aegis/bus';
import { createEvent } from '@aegis/contracts/create-event';
import { CALLS_LOG, callLog, runLog } from '@aegis/contracts/subjects';
import { connectTestBus } from '@aegis/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRunLog } from './run-log.ts';

const AFTER_FENCE = runLog('later');
const soon = () => Date.now() + 5_000;

let server: TestNatsServer;
let mcp: Bus;
let enforcer: Bus;
let instance: string;
let run: ReturnType<typeof createRunLog>;
let runs = 0;

beforeAll(async () => {
  server = await startNatsServer();
  [mcp, enforcer] = await Promise.all([connectTestBus(server, 'mcp'), connectTestBus(server, 'enforcer')]);
});
afterAll(async () => {
  await Promise.all([mcp.close(), enforcer.close()]);
  await server.stop();
});
beforeEach(() => {
  instance = `run-${++runs}`;
  run = createRunLog(mcp, instance);
});

const of = (call: string) => ({
  call_id: `${instance}-${call}`,
  decision_id: 'd',
  instance,
  server: 'files',
  tool: 'files.move',
  principal: 'ann',
});
const time = '2026-01-01T00:00:00.000Z';

/** How a call went, as the firewall says it. */
const end = (call: string): Fact => ({
  subject: callLog(of(call).call_id),
  event: createEvent({
    type: 'aegis.call.succeeded.v1',
    source: 'mcp',
    time,
    data: { ...of(call), duration_ms: 1, result_bytes: 2 },
  }),
  expect: 0,
});
const note = (call: string): Fact => ({
  subject: AFTER_FENCE,
  event: createEvent({
    type: 'aegis.call.passed.v1',
    source: 'mcp',
    time,
    data: { call_id: call, instance, server: 'files', principal: 'ann', method: 'x' },
  }),
});

/** What the enforcer does with a run that answers nobody. */
async function fence(): Promise<void> {
  const subject = runLog(instance);
  const last = await enforcer.read.last(subject, soon());
  const data = { instance, after: last?.event?.id };
  const event = createEvent({ type: 'aegis.call.fenced.v1', source: 'enforcer', time, data });
  await enforcer.append.one({ subject, event, expect: last?.seq ?? 0 }, soon());
}

const sayUnknown = (call: string) =>
  enforcer.append.one(
    {
      subject: callLog(of(call).call_id),
      event: createEvent({
        type: 'aegis.call.outcome_unknown.v1',
        source: 'enforcer',
        time,
        data: { ...of(call), because: 'gone' },
      }),
      expect: 0,
    },
    soon(),
  );

/** The ids of this run's calls that the log has an end of, each end once, and on how many subjects. */
async function ends(): Promise<{ calls: string[]; subjects: number }> {
  const { seq } = await mcp.read.end(soon());
  const calls: string[] = [];
  const subjects = new Set<string>();
  for await (const { subject, text } of enforcer.range.read(CALLS_LOG, 0, seq)) {
    const { data, type } = JSON.parse(text) as { type: string; data: Record<string, string> };
    if (data['instance'] !== instance || type === 'aegis.call.fenced.v1') continue;
    calls.push(String(data['call_id']).replace(`${instance}-`, ''));
    subjects.add(subject);
  }
  return { calls, subjects: subjects.size };
}

/** The log takes what it is given and says nothing of it. */
function unconfirmed(): Pick<Bus, 'append' | 'read'> {
  let isSilent = true;
  const lost = async <T>(stored: Promise<T>): Promise<T> => {
    const one = await stored;
    if (!isSilent) return one;
    isSilent = false;
    throw new Error('no answer in time');
  };
  return {
    read: mcp.read,
    append: {
      ...mcp.append,
      one: (fact, deadlineMs) => lost(mcp.append.one(fact, deadlineMs)),
      all: (facts, deadlineMs, dedupe) => lost(mcp.append.all(facts, deadlineMs, dedupe)),
    },
  };
}

describe('a run of the firewall', () => {
  it('takes one subject, however many calls end and messages are noted', async () => {
    await run.all([end('a'), note('n'), end('b')], soon(), true);
    await Promise.all([run.one(end('c'), soon()), run.one(note('m'), soon()), run.one(end('d'), soon())]);
    expect(await ends()).toEqual({ calls: ['a', 'n', 'b', 'c', 'm', 'd'], subjects: 1 });
  });

  it('writes nothing twice where the log stored it and said nothing', async () => {
    run = createRunLog(unconfirmed(), instance);
    const facts = [end('a'), end('b')];
    await expect(run.all(facts, soon(), true)).rejects.toThrow('no answer in time');
    for (const fact of facts) await run.one(fact, soon());
    await run.one(end('c'), soon());
    expect(await ends()).toEqual({ calls: ['a', 'b', 'c'], subjects: 1 });
  });
});

describe('a run that was taken for gone and goes on', () => {
  it('ends no call again that another part ended, and its own calls still', async () => {
    await run.one(end('a'), soon());
    await fence();
    await sayUnknown('b');
    await expect(run.all([end('b'), end('c')], soon(), true)).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
    await expect(run.one(end('b'), soon())).rejects.toMatchObject({ code: 'version_conflict' });
    await run.one(end('c'), soon());
    await run.all([end('d'), note('n')], soon(), true);
    expect((await ends()).calls).toEqual(['a', 'b', 'c', 'd', 'n']);
  });

  it('knows of what it wrote before that whether it was stored', async () => {
    await run.one(end('a'), soon());
    run = createRunLog(unconfirmed(), instance);
    await expect(run.one(end('b'), soon())).rejects.toThrow();
    expect((await ends()).calls).toEqual(['a']);
  });

  it('writes nothing again that was stored before it, unconfirmed', async () => {
    run = createRunLog(unconfirmed(), instance);
    const facts = [end('a'), end('b')];
    await expect(run.all(facts, soon(), true)).rejects.toThrow('no answer in time');
    await fence();
    await sayUnknown('c');
    for (const fact of facts) await run.one(fact, soon());
    await expect(run.one(end('c'), soon())).rejects.toMatchObject({ code: 'version_conflict' });
    expect((await ends()).calls).toEqual(['a', 'b', 'c']);
  });

  it('is fenced behind what it writes at the same time, or writes nothing before it', async () => {
    const facts = Array.from({ length: 40 }, (_, n) => end(`c${n}`));
    await run.one(end('first'), soon());
    const written = facts.map((fact) => run.one(fact, soon()).catch(() => fact));
    const fenced = Array.from({ length: 20 }, () => fence().catch(() => undefined));
    const again = (await Promise.all(written)).filter((one) => 'event' in one);
    await Promise.all(fenced);
    for (const fact of again) await run.one(fact, soon());
    const { calls: ended } = await ends();
    expect(new Set(ended).size).toBe(facts.length + 1);
    expect(ended).toHaveLength(facts.length + 1);
  });
});
