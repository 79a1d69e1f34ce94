import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { findFirewall } from './find-firewall.js';

const ENDED_PID = 4_194_304;

test('on Windows, where it is a port, an address of a firewall that has ended gets no credential', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'aegis-find-'));
  // As there is none on Windows.
  const getuid = vi.spyOn(process, 'getuid').mockReturnValue(undefined as unknown as number);
  onTestFinished(async () => {
    getuid.mockRestore();
    await rm(dataDir, { recursive: true });
  });
  const env = { AEGIS_DATA_DIR: dataDir, AEGIS_AGENT_KEY: 'k' };
  const says = (pid: number) =>
    writeFile(join(dataDir, 'stack.json'), JSON.stringify({ pid, agent_address: 'http://127.0.0.1:9' }));
  await says(process.pid);
  expect(await findFirewall(env)).toMatchObject({ address: 'http://127.0.0.1:9', credential: 'k' });
  await says(ENDED_PID);
  await expect(findFirewall(env)).rejects.toThrow(`as process ${ENDED_PID} and is not running any more`);
});

test('a socket that this user may not open is said to be that, and not a firewall that is away', async () => {
  const env = { AEGIS_AGENT_ADDRESS: 'unix:/run/aegismcp/agent.sock', AEGIS_AGENT_KEY: 'k' };
  const { silent } = await findFirewall(env);
  expect(silent('EACCES')).toMatch(/^This user may not open the socket .*add it to the group of the socket/);
  expect(silent('ECONNREFUSED')).toMatch(/^No AegisMCP answers at .*start it, or correct the address\.$/);
});
