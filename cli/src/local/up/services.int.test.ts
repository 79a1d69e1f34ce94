import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '@aegis/kit/env';
import { connectTestBus, silentLog } from '@aegis/testkit/bus';
import { freePort } from '@aegis/testkit/free-port';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { temporaryDirectory } from '../../testkit/temporary-directory.ts';
import type { Broker } from './broker.ts';
import { reservePort } from './free-port.ts';
import { type Step, startServices } from './services.ts';

const HOST = '127.0.0.1';
let server: TestNatsServer;
let connected: Awaited<ReturnType<typeof connectTestBus>>[];
let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  connected = [];
  folder = await temporaryDirectory();
  const files = { POLICY_PATH: 'policy.yml', AUDIT_PATH: 'audit.jsonl', APPROVALS_PATH: 'approvals.jsonl' };
  const more = {
    APPROVERS_FILE: 'approvers.json',
    WEBHOOKS_FILE: 'webhooks.json',
    MCP_SERVERS: 'servers.json',
  };
  const secret = { SESSION_SECRET_FILE: 'session-secret', MCP_KEYS_FILE: 'mcp-keys.json' };
  const paths = Object.entries({ ...files, ...more, ...secret }).map(([name, file]) => [
    name,
    join(folder, file),
  ]);
  env = { ...Object.fromEntries(paths), AGENT_DIR: folder, PORT: '0', MCP_PORT: String(await freePort()) };
});

const broker = (): Broker => ({
  url: server.url,
  keysDir: server.keysDir,
  async connect(identity) {
    const bus = await connectTestBus(server, identity);
    connected.push(bus);
    return bus;
  },
  stop: () => Promise.resolve(),
});
const patiently: Step = (started) => started;
async function start(more: Record<string, string> = {}, step: Step = patiently) {
  const port = await reservePort('PORT', HOST, 0);
  return startServices(broker(), { ...env, ...more }, port, silentLog, step);
}
const expectNobodyConnected = (): void =>
  expect(connected.filter(({ link }) => !link.nc.isClosed())).toEqual([]);
/** All that a start took: its files, its ports, its place on the bus. Another one needs each of them. */
async function expectNothingLeft(): Promise<void> {
  expectNobodyConnected();
  await (await start()).stop();
}
const listenOn = async (port: number) => {
  const other = createServer().listen(port, HOST);
  await once(other, 'listening');
  return other;
};

it.each([
  [{ DISK_WARNING_PERCENT: '0' }, /^DISK_WARNING_PERCENT: expected a whole number from 1 to 100$/],
  [{ APPROVAL_DECIDE_WITHIN_MS: 'soon' }, /^APPROVAL_DECIDE_WITHIN_MS: expected milliseconds/],
  [{ SMTP_URL: 'smtp://mail.example:25' }, /^SMTP_FROM: is needed beside SMTP_URL/],
  [{ WEBHOOK_RETRY_MS: 'abc' }, /^WEBHOOK_RETRY_MS: expected up to 20 waits/],
  [{ RECONCILE_AFTER_MS: '0' }, /^RECONCILE_AFTER_MS: expected milliseconds/],
  [{ HOST: '0.0.0.0' }, /^HOST: 0\.0\.0\.0 can be reached from other machines/],
  [{ AEGIS_INSECURE: 'yes' }, /^AEGIS_INSECURE: expected "yes-i-mean-it"/],
  [{ REQUEST_TIMEOUT_MS: '0' }, /^REQUEST_TIMEOUT_MS: expected milliseconds/],
  [{ MCP_MAX_PROCESSES: 'many' }, /^MCP_MAX_PROCESSES: expected/],
])(
  'a setting that makes no sense ends the start, whichever service it is of, and leaves nothing: %o',
  async (wrong, sentence) => {
    const failed = start(wrong);
    await expect(failed).rejects.toBeInstanceOf(ConfigError);
    await expect(failed).rejects.toThrow(sentence);
    expectNobodyConnected();
  },
);

it('so does a port that is taken, at the beginning and at the end', async () => {
  const other = await listenOn(Number(env['MCP_PORT']));
  await expect(start()).rejects.toThrow(/^MCP_PORT: port \d+ on 127\.0\.0\.1 is taken/);
  other.close();
  await once(other, 'close');
  await expectNothingLeft();
});

it.each(
  Object.entries({
    AUDIT_PATH: /they do not belong together/,
    SESSION_SECRET_FILE: /^SESSION_SECRET_FILE: /,
  }),
)('so does a bad file, and says which: %s', async (variable, sentence) => {
  const path = join(folder, 'bad');
  await writeFile(path, '{"seq":1,"event_id":"of another log","ts":"2026-01-01T00:00:00Z"}\n');
  await expect(start({ [variable]: path })).rejects.toThrow(sentence);
  expectNobodyConnected();
});

it('one that is asked to end while a service hangs ends the others, and leaves nothing', async () => {
  let steps = 0;
  // The bus and the start of audit, of policy, of approvals; then the notifier hangs.
  const step: Step = (started) =>
    ++steps < 8 ? started : sleep(50).then(() => Promise.reject(new Error('asked to end')));
  await expect(start({}, step)).rejects.toThrow('asked to end');
  await expectNothingLeft();
});
