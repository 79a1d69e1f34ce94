import { rpcSubject } from '@aegis/contracts/subjects';
import { connectTestBus, type TestBus } from '@aegis/testkit/bus';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { allowedCheck, enforceReply } from './testkit/samples.ts';
import { createTestApp, type Server, startNatsServer } from './testkit/stand-ins.ts';

let server: Server;
let gateway: Awaited<ReturnType<typeof createTestApp>>;
let services: TestBus[] = [];

beforeAll(async () => {
  server = await startNatsServer();
  gateway = await createTestApp(server);
});
afterAll(async () => {
  await gateway.stop();
  await server.stop();
});
afterEach(async () => {
  await Promise.all(services.map((bus) => bus.close()));
  services = [];
});

/** Both services with their own identity, which answer each question with this text, or never. */
async function answerWith(text: string | undefined): Promise<void> {
  for (const [service, verb] of [
    ['policy', 'check'],
    ['enforcer', 'enforce'],
  ] as const) {
    const bus = await connectTestBus(server, service);
    bus.link.nc.subscribe(rpcSubject(service, verb), {
      queue: service,
      callback: (_err, message) => {
        if (text !== undefined) message.respond(text);
      },
    });
    await bus.link.nc.flush();
    services.push(bus);
  }
}

async function expectNothingAllowed(status = 503): Promise<void> {
  for (const url of ['/guard/check', '/guard/enforce']) {
    const started = Date.now();
    const reply = await gateway.app.inject({
      method: 'POST',
      url,
      payload: { tool: 'a.b' },
      headers: { host: 'localhost' },
    });
    expect(reply.statusCode).toBe(status);
    expect(reply.headers['content-type']).toBe('application/problem+json');
    expect(reply.json()).toMatchObject({ allowed: false, approval_required: false });
    expect(reply.json().reasons).toEqual([reply.json().code]);
    expect(Date.now() - started).toBeLessThan(2000);
  }
}

describe('nothing is allowed', () => {
  it('where the service is not there', () => expectNothingAllowed());

  it('where the service never answers', async () => {
    await answerWith(undefined);
    await expectNothingAllowed();
  });

  it.each([
    ['no JSON', 'yes'],
    ['nothing', ''],
    ['null', 'null'],
    ['true', 'true'],
    ['no data', '{}'],
    ['half an answer', '{"data":{"allowed":true}}'],
    ['a check that contradicts itself', JSON.stringify({ data: { ...allowedCheck, decision: 'deny' } })],
    [
      'an enforce that contradicts itself',
      JSON.stringify({ data: { ...enforceReply('blocked'), allowed: true } }),
    ],
    ['a status that nobody knows', JSON.stringify({ data: { ...enforceReply('allowed'), status: 'fine' } })],
  ])('where the service answers %s', async (_what, text) => {
    await answerWith(text);
    await expectNothingAllowed();
  });

  it('by a fact that only a newer service knows: it is left out', async () => {
    await answerWith(JSON.stringify({ data: { ...enforceReply('blocked'), also: 1 } }));
    const asked = { method: 'POST', url: '/guard/enforce', payload: { tool: 'a.b' } } as const;
    const reply = await gateway.app.inject({ ...asked, headers: { host: 'localhost' } });
    expect([reply.statusCode, reply.json()]).toEqual([200, enforceReply('blocked')]);
  });

  it('where the service answers with an error that nobody knows', async () => {
    await answerWith('{"error":{"code":"fine","detail":"allowed"}}');
    await expectNothingAllowed(500);
  });

  it('where the bus is away, and all is well again when it is back', async () => {
    await server.kill();
    await expect.poll(() => gateway.bus.isUp()).toBe(false);
    await expectNothingAllowed();
    const health = await gateway.app.inject({ url: '/health', headers: { host: 'localhost' } });
    expect(health.statusCode).toBe(503);
    expect(health.json()).toEqual({ status: 'degraded', parts: { bus: ['The message bus is away.'] } });
    const events = await gateway.app.inject({ url: '/events', headers: { host: 'localhost' } });
    expect(events.statusCode).toBe(503);
    await server.restart();
    await expect.poll(() => gateway.bus.isUp(), { timeout: 10_000 }).toBe(true);
    await answerWith(JSON.stringify({ data: enforceReply('allowed') }));
    const reply = await gateway.app.inject({
      method: 'POST',
      url: '/guard/enforce',
      payload: { tool: 'a.b' },
      headers: { host: 'localhost' },
    });
    expect(reply.json()).toMatchObject({ allowed: true });
  });
});
