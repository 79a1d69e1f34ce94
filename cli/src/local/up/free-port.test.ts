import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { requireFreePort, reservePort } from './free-port.ts';

const HOST = '127.0.0.1';

test('a reserved port is nobody else’s until it is released', async () => {
  const reserved = await reservePort('PORT', HOST, 0);
  expect(reserved.port).toBeGreaterThan(0);
  await expect(requireFreePort('MCP_PORT', HOST, reserved.port)).rejects.toThrow(
    /^MCP_PORT: port \d+ on 127\.0\.0\.1 is taken, perhaps by an AegisMCP that already runs/,
  );
  await reserved.release();
  await requireFreePort('MCP_PORT', HOST, reserved.port);
});

test('whoever connects to it too early is sent away, and does not hold it', async () => {
  const reserved = await reservePort('PORT', HOST, 0);
  const early = connect(reserved.port, HOST);
  early.on('error', () => undefined);
  await once(early, 'close');
  await reserved.release();
  await reserved.release();
  await requireFreePort('PORT', HOST, reserved.port);
});
