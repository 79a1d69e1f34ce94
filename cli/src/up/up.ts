import { readCandidate } from '@aegis/policy/candidate';
import { ConfigError } from '@aegis/shared/runtime/env';
import { createLogger } from '@aegis/shared/runtime/logger';
import type { ExitCode, Host } from '../host.ts';
import { removeStackFile, writeStackFile } from '../stack-file.ts';
import { banner } from './banner.ts';
import { type Broker, startBroker } from './broker.ts';
import { readUpConfig, type UpConfig } from './config.ts';
import { requireFreePort } from './free-port.ts';
import { type Services, startServices } from './services.ts';

const STOP_WITHIN_MS = 5_000;

/** The services read the environment too: what was resolved or made here is what they see. */
function serviceEnv(config: UpConfig, broker: Broker, env: Host['env']) {
  const { AUDIT_PATH, APPROVALS_PATH, APPROVAL_CODE, LOG_LEVEL } = config;
  return { ...env, NATS_URL: broker.url, AUDIT_PATH, APPROVALS_PATH, APPROVAL_CODE, LOG_LEVEL };
}

const announce = (config: UpConfig, services: Services, broker: Broker): Promise<void> =>
  writeStackFile(config.AEGIS_DATA_DIR, {
    pid: process.pid,
    gateway_url: services.gatewayUrl,
    mcp_url: services.mcpUrl,
    nats_url: broker.url,
    keys_dir: broker.keysDir,
    policy_path: config.POLICY_PATH,
    audit_path: config.AUDIT_PATH,
  });

/** The first signal that asks for an end. Later ones change nothing: a process group often gets the same one twice. */
const stopSignal = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve());
  });

/** A start is the moment to say that the file is broken: nobody would look for it in a running stack's health. */
async function requirePolicy(path: string): Promise<{ isMissing: boolean }> {
  const candidate = await readCandidate(path);
  if (candidate.type !== 'bad') return { isMissing: candidate.type === 'missing' };
  const [first = '', ...more] = candidate.rejected.errors;
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  throw new ConfigError(
    `POLICY_PATH: ${path} is not a policy: ${first}${others}. Mend it; "npx aegis policy validate ${path}" shows all errors.`,
  );
}

/**
 * The whole firewall in one process beside its NATS server: starts it, says where it is, and stops it all within 5 seconds
 * when asked to end.
 *
 * @throws ConfigError, BrokerError, AppError: one sentence that says what is wrong and how to mend it
 */
export async function up(host: Host): Promise<ExitCode> {
  const config = readUpConfig(host.env);
  const log = createLogger('aegis', config.LOG_LEVEL);
  const policy = await requirePolicy(config.POLICY_PATH);
  const stopping = stopSignal();
  await requireFreePort('PORT', config.HOST, config.PORT);
  await requireFreePort('MCP_PORT', config.HOST, config.MCP_PORT);
  const broker = await startBroker(config, { ...host.env }, log);
  try {
    const services = await startServices(broker, serviceEnv(config, broker, host.env), log);
    await announce(config, services, broker);
    host.stdout.write(banner(config, services, broker.url, policy.isMissing));
    await stopping;
    host.stdout.write('Stopping.\n');
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    await removeStackFile(config.AEGIS_DATA_DIR);
    await services.stop();
  } finally {
    await broker.stop();
  }
  return 0;
}
