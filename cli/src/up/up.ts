import { once } from 'node:events';
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

/** The first signal that asks for an end. */
const stopSignal = (): Promise<unknown> =>
  Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));

/**
 * The whole firewall in one process beside its NATS server: starts it, says where it is, and stops it all within 5 seconds
 * when asked to end.
 *
 * @throws ConfigError, BrokerError, AppError: one sentence that says what is wrong and how to mend it
 */
export async function up(host: Host): Promise<ExitCode> {
  const config = readUpConfig(host.env);
  const log = createLogger('aegis', config.LOG_LEVEL);
  const stopping = stopSignal();
  await requireFreePort('PORT', config.HOST, config.PORT);
  await requireFreePort('MCP_PORT', config.HOST, config.MCP_PORT);
  const broker = await startBroker(config, { ...host.env }, log);
  try {
    const services = await startServices(broker, serviceEnv(config, broker, host.env), log);
    await announce(config, services, broker);
    host.stdout.write(banner(config, services, broker.url));
    await stopping;
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    await removeStackFile(config.AEGIS_DATA_DIR);
    await services.stop();
  } finally {
    await broker.stop();
  }
  return 0;
}
