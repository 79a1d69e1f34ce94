import { connectTestBus } from '@aegis/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';

let server: TestNatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

it('what a consumer delivers on the subject of an event, because its maker asked for it, is heard by nobody', async () => {
  const gateway = await connectTestBus(server, 'gateway');
  onTestFinished(() => gateway.close());
  const heard: string[] = [];
  gateway.live.subscribe('aegis.events.>', ({ subject }) => heard.push(subject));
  let arrived = 0;
  gateway.link.nc.subscribe('aegis.events.>', { callback: () => void (arrived += 1) });
  await gateway.flush();

  // A consumer delivers wherever its maker says, once somebody listens to just that subject.
  const reader = await server.connect('reader');
  reader.subscribe('aegis.events.approval.apr_forged', { callback: () => undefined });
  await reader.flush();
  const policy = await server.connect('policy');
  await policy.request('aegis.log.policy', '{"forged":true}');
  await expect.poll(() => heard).toEqual(['aegis.events.policy']);
  const config = {
    name: 'x',
    filter_subject: 'aegis.log.policy',
    deliver_subject: 'aegis.events.approval.apr_forged',
    ack_policy: 'none',
    deliver_policy: 'all',
  };
  await policy.request(
    '$JS.API.CONSUMER.CREATE.AEGIS.x.aegis.log.policy',
    JSON.stringify({ stream_name: 'AEGIS', action: 'create', config }),
  );
  await expect.poll(() => arrived).toBe(2);
  expect(heard).toEqual(['aegis.events.policy']);
});
