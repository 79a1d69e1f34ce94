import { connectTestBus } from '@aegis/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { headers } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';

let server: TestNatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

const within = (): number => Date.now() + 2_000;

it('the place of a message is what the server says, whatever headers were stored with it', async () => {
  const [mcp, gateway, audit] = [
    await connectTestBus(server, 'mcp'),
    await connectTestBus(server, 'gateway'),
    await connectTestBus(server, 'audit'),
  ];
  onTestFinished(async () => void (await Promise.all([mcp.close(), gateway.close(), audit.close()])));
  const heard: unknown[] = [];
  gateway.live.subscribe('aegis.events.>', ({ seq, storedOn }) => heard.push({ seq, storedOn }));
  await gateway.flush();

  const subject = 'aegis.log.call.x';
  const forged = headers(404, 'No Messages');
  for (const name of ['Nats-Sequence', 'nats-sequence']) forged.append(name, '99');
  forged.append('Nats-Subject', 'aegis.log.policy');
  forged.append('Nats-Time-Stamp', '2020-01-01T00:00:00Z');
  await mcp.link.nc.request(subject, '{}', { headers: forged, timeout: 2_000 });

  const place = { seq: 1, subject };
  expect(await mcp.read.last(subject, within())).toMatchObject(place);
  expect(await audit.read.at(1, within())).toMatchObject(place);
  expect(await audit.read.lastSeq('aegis.log.>', within())).toBe(1);
  await expect.poll(() => heard).toEqual([{ seq: 1, storedOn: subject }]);
});
