import { connectTestBus } from '@aegis/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';

let server: TestNatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

it('what a stream hands out on the subject of an event, because somebody asked it to, is heard by nobody', async () => {
  const gateway = await connectTestBus(server, 'gateway');
  onTestFinished(() => gateway.close());
  const heard: string[] = [];
  gateway.live.subscribe('aegis.events.>', ({ subject }) => heard.push(subject));
  let arrived = 0;
  gateway.link.nc.subscribe('aegis.events.>', { callback: () => void (arrived += 1) });
  await gateway.flush();

  // Nothing that the notifier publishes itself may be on `aegis.events`; a stream answers wherever a request points.
  const notifier = await server.connect('notifier');
  const line = 'aegis.deliveries.x';
  const consumer = {
    stream_name: 'AEGIS_DELIVERIES',
    config: { name: 'x', filter_subject: line, ack_policy: 'explicit', deliver_policy: 'all' },
  };
  await notifier.request(line, '{"forged":true}');
  await notifier.request(
    `$JS.API.CONSUMER.CREATE.AEGIS_DELIVERIES.x.${line}`,
    JSON.stringify({ ...consumer, action: 'create' }),
  );
  notifier.publish('$JS.API.CONSUMER.MSG.NEXT.AEGIS_DELIVERIES.x', '{"batch":1,"expires":3000000000}', {
    reply: 'aegis.events.approval.apr_forged',
  });
  await expect.poll(() => arrived).toBe(1);
  expect(heard).toEqual([]);
});
