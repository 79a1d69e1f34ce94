import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { parseEnv } from '@aegis/kit/env';
import { makeIdentityKey } from '@aegis/kit/keys';
import { createLogger } from '@aegis/kit/logger';
import { connectTestBus } from '@aegis/testkit/bus';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GatewayEnv } from './config.ts';
import { createGateway } from './service.ts';
import { recordAgent } from './testkit/agents.ts';
import { type Server, startNatsServer } from './testkit/stand-ins.ts';

let server: Server;
let bus: Awaited<ReturnType<typeof connectTestBus>>;

beforeAll(async () => {
  server = await startNatsServer();
  bus = await connectTestBus(server, 'gateway');
});
afterAll(async () => {
  await bus.close();
  await server.stop();
});

const quiet = createLogger('test', 'silent');
const create = (env: Record<string, string>, log = quiet) =>
  createGateway({
    bus,
    config: parseEnv(GatewayEnv, env),
    log,
    now: () => new Date(),
  });

it('listens on a free port, says where, and stops', async () => {
  const gateway = create({ PORT: '0' });
  await gateway.start();
  expect(gateway.address()).toMatch(/^http:\/\/127\.0\.0\.1:[1-9][0-9]*$/);
  expect(gateway.health()).toEqual({ status: 'ok', problems: [] });
  const address = gateway.address();
  expect((await fetch(`${address}/docs`)).status).toBe(200);
  await gateway.stop();
  await expect(fetch(`${address}/docs`)).rejects.toThrow();
});

it('listens on every interface, and says where this machine reaches it', async () => {
  const gateway = create({ PORT: '0', HOST: '0.0.0.0', AEGIS_INSECURE: 'yes-i-mean-it' });
  await gateway.start();
  expect(gateway.address()).toMatch(/^http:\/\/127\.0\.0\.1:[1-9][0-9]*$/);
  expect((await fetch(`${gateway.address()}/docs`)).status).toBe(200);
  await gateway.stop();
});

it.each([
  ['HOST', '0.0.0.0'],
  ['HOST', '::ffff:0.0.0.0'],
  ['PUBLISHED_ON', '0.0.0.0'],
])(
  'while no agent has a key, it does not start where other machines would reach it: %s=%s',
  async (name, value) => {
    const gateway = create({ PORT: '0', [name]: value });
    await expect(gateway.start()).rejects.toThrow(
      `${name}: ${value} can be reached from other machines, and nobody is asked for a name`,
    );
    await gateway.stop();
  },
);

it('says at its start that nobody is asked for a name, and how to change it', async () => {
  const said: string[] = [];
  const log = Object.assign(Object.create(quiet) as typeof quiet, {
    info: (line: unknown) => void said.push(String(line)),
  });
  const gateway = create({ PORT: '0' }, log);
  await gateway.start();
  expect(said).toContain(
    'Nobody is asked for a name over REST while no agent has a key: "aegis keys create --name NAME" makes the first one.',
  );
  await gateway.stop();
});

it('a port that is taken is said in one sentence that names it and says what to do', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  await expect(create({ PORT: String(port) }).start()).rejects.toThrow(
    `PORT: ${port} on 127.0.0.1 is taken; stop what listens there, or set PORT to another one (0 = any free)`,
  );
  taken.close();
});

it.each([
  ['was never used', '', 500],
  [
    'never finishes its request',
    'POST /audit HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{',
    2000,
  ],
])('a connection that %s does not hold up the stop', async (_what, text, withinMs) => {
  const gateway = create({ PORT: '0' });
  await gateway.start();
  const { hostname, port } = new URL(gateway.address());
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(text);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const started = Date.now();
  await gateway.stop();
  expect(Date.now() - started).toBeLessThan(withinMs);
});

it('once an agent has a key it starts where other machines reach it', async () => {
  const policy = await connectTestBus(server, 'policy');
  await recordAgent(policy, 'billing', makeIdentityKey());
  await policy.close();
  const gateway = create({ PORT: '0', HOST: '0.0.0.0' });
  await gateway.start();
  const asked = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"tool":"a.b"}' };
  expect((await fetch(`${gateway.address()}/guard/check`, asked)).status).toBe(401);
  await gateway.stop();
});
