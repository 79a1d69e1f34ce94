import { readFile, rm, writeFile } from 'node:fs/promises';
import { connectTestBus, type TestBus } from '@aegis/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedFile } from './law/mod.ts';

const within = { timeout: 20_000 };
const REFUSED = 'The message bus refuses the key of this service.';

let server: TestNatsServer;
let policy: TestBus;
let path: string;

beforeAll(async () => {
  server = await startNatsServer();
  path = seedFile(server.keysDir, 'policy');
  policy = await connectTestBus(server, 'policy');
});
afterAll(async () => {
  await policy.close();
  await server.stop();
});

/** The server takes a new key of this service; `file` is what the service finds in its place, none where left out. */
async function newKeyAtServer(file?: string): Promise<string> {
  let key = '';
  await rm(path);
  await server.reload(async () => {
    key = await readFile(path, 'utf8');
    if (file === undefined) await rm(path);
    else await writeFile(path, file);
  });
  return key;
}

describe('the key of a service on the bus', () => {
  it('that is replaced puts the old one out, and the new one counts without a restart', async () => {
    const before = await readFile(path, 'utf8');
    const lost = new Promise<void>((done) => policy.onDown(done));
    await rm(path);
    await server.reload();
    await lost;
    await expect.poll(() => policy.problem(), within).toBeUndefined();
    expect(await readFile(path, 'utf8')).not.toBe(before);
    await policy.flush();
  });

  it.each([
    ['is taken out', (seed: string) => seed],
    ['is missing', () => undefined],
    ['is no key', () => 'no key'],
  ])('that %s at the server keeps it out, says why, and a right one lets it in again', async (_, fileOf) => {
    const key = await newKeyAtServer(fileOf(await readFile(path, 'utf8')));
    await expect.poll(() => policy.problem(), within).toBe(REFUSED);
    expect(policy.isUp()).toBe(false);
    await expect(policy.read.end(Date.now() + 500)).rejects.toThrow(REFUSED);
    await writeFile(path, key);
    await expect.poll(() => policy.problem(), within).toBeUndefined();
  });
});
