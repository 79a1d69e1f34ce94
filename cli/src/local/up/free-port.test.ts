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

test('an address that is none of this machine is what is wrong, not the port', async () => {
  await expect(reservePort('PORT', '203.0.113.1', 0)).rejects.toThrow(
    'HOST: 203.0.113.1 is no address of this machine (EADDRNOTAVAIL): set HOST to one of its own; 127.0.0.1 always is.',
  );
});
