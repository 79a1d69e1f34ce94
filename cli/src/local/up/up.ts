import { rm } from 'node:fs/promises';
import { ConfigError } from '@aegis/kit/env';
import type { FileLock } from '@aegis/kit/files/lock';
import { createLogger, type Logger } from '@aegis/kit/logger';
import { strangersComeIn } from '@aegis/kit/reach';
import { hasNoRoom } from '@aegis/local-nats';
import { readCandidate } from '@aegis/policy/candidate';
import { formerData, isBetween, program } from '../../../relay/data-directory.js';
import { failure } from '../../cli-error.ts';
import type { ExitCode, Host } from '../../host.ts';
import { printNote } from '../../output.ts';
import { withoutCode } from '../code-env.ts';
import { lockDirectory } from '../stack/directory-lock.ts';
import { removeFormerCodeFile } from '../stack/former-code-file.ts';
import { markPhase, unmarkPhase } from '../stack/phase.ts';
import {
  keepStackFile,
  readStackFile,
  removeStackFile,
  type Stack,
  stackFilePath,
} from '../stack/stack-file.ts';
import { whoApproves } from '../who-approves.ts';
import { banner, type NoPolicy } from './banner.ts';
import { type Broker, startBroker } from './broker.ts';
import { readUpConfig, type UpConfig } from './config.ts';
import { type ReservedPort, requireFreePort, reservePort } from './free-port.ts';
import { type Services, type Step, startServices } from './services.ts';

/** It was asked to end before it was there. */
class Stopped extends Error {}

const STOP_WITHIN_MS = 5_000;

/** The services read the environment too: what was resolved or made here is what they see. */
function serviceEnv(config: UpConfig, broker: Broker, env: Host['env']) {
  const { AUDIT_PATH, APPROVALS_PATH, LOG_LEVEL, codeDigest: APPROVAL_CODE_DIGEST } = config;
  const { MCP_KEYS_FILE, MCP_KEYS_NEEDED_FILE } = config;
  const { APPROVERS_FILE, WEBHOOKS_FILE, SESSION_SECRET_FILE } = config;
  const { AEGIS_DATA_DIR, POLICY_PATH, MCP_SERVERS } = config;
  const own = { AEGIS_DATA_DIR, POLICY_PATH, MCP_SERVERS, NATS_KEYS_DIR: broker.keysDir };
  const here = { AUDIT_PATH, APPROVALS_PATH, MCP_KEYS_FILE, MCP_KEYS_NEEDED_FILE, LOG_LEVEL };
  const ofApprovals = { APPROVAL_CODE_DIGEST, APPROVERS_FILE, WEBHOOKS_FILE, SESSION_SECRET_FILE };
  const forAgents = { AGENT_DIR: AEGIS_DATA_DIR, APPROVAL_CODE: undefined };
  return { ...env, NATS_URL: broker.url, ...own, ...here, ...ofApprovals, ...forAgents };
}

const stackOf = (config: UpConfig, services: Services, broker: Broker): Stack => ({
  pid: process.pid,
  gateway_url: services.gatewayUrl,
  mcp_url: services.mcpUrl,
  nats_url: broker.url,
  keys_dir: broker.keysDir,
  policy_path: config.POLICY_PATH,
  audit_path: config.AUDIT_PATH,
  mcp_servers_path: config.MCP_SERVERS,
  agent_address: services.agentAddress,
});

/**
 * The first signal that asks for an end. Later ones change nothing: a process group often gets the same one twice. What has
 * not ended then is not waited for.
 */
async function stopSignal({ stdout }: Host): Promise<void> {
  await new Promise<void>((asked) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => asked());
  });
  stdout.write('Stopping.\n');
  setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
}

/** A start is the moment to say that the file is broken: nobody would look for it in a running stack's health. */
async function requirePolicy(path: string): Promise<NoPolicy | undefined> {
  const candidate = await readCandidate(path);
  if (candidate.type === 'nothing') return candidate.why;
  if (candidate.type === 'good') return undefined;
  const [first = '', ...more] = candidate.rejected.errors;
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  throw new ConfigError(
    `POLICY_PATH: ${path} is not a policy: ${first}${others}. Mend it; "${program()} policy validate ${path}" says what.`,
  );
}

/** One stack a data directory, from the first moment on: held until this process ends, however it ends. */
async function requireDirectory(dataDir: string): Promise<FileLock> {
  const lock = await lockDirectory(dataDir, 'stack');
  if (lock !== undefined) {
    // Whoever finds the lock held believes the file, and this one says where another stack was.
    await rm(stackFilePath(dataDir), { force: true });
    await markPhase(dataDir, 'starting');
    return lock;
  }
  const found = await readStackFile(dataDir);
  if (found.state === 'between' && found.pid !== undefined)
    throw failure(
      'stack_running',
      'AegisMCP already runs',
      `${isBetween(dataDir, found.phase, found.pid)}: wait for that one, or set AEGIS_DATA_DIR and the ports to start a second one.`,
    );
  const who = 'stack' in found ? ` as process ${found.stack.pid}` : '';
  throw failure(
    'stack_running',
    'AegisMCP already runs',
    `AegisMCP already runs from the data directory ${dataDir}${who}: stop it with "AEGIS_DATA_DIR=${dataDir} ${program()} down", or set AEGIS_DATA_DIR and the ports to start a second one.`,
  );
}

/** What a person must know of what they have or set, and what of it does not count any more. */
async function notesOf(env: Host['env'], dataDir: string): Promise<string[]> {
  const ignored = env['APPROVAL_CODE_FILE']
    ? 'APPROVAL_CODE_FILE is not read any more: set APPROVAL_CODE, or run "aegis approve-here".'
    : '';
  const notes = [ignored, formerData(env).trim(), await removeFormerCodeFile(dataDir)];
  return notes.filter((note) => note !== undefined && note !== '') as string[];
}

async function serve(
  { host, isDetached }: { host: Host; isDetached: boolean },
  config: UpConfig,
  port: ReservedPort,
  log: Logger,
  stopping: Promise<void>,
): Promise<void> {
  const step: Step = (started) => Promise.race([started, stopping.then(() => Promise.reject(new Stopped()))]);
  const noPolicy = await requirePolicy(config.POLICY_PATH);
  await requireFreePort('MCP_PORT', config.HOST, config.MCP_PORT);
  // One that is being started as this process ends is ended by its watchdog.
  const broker = await step(
    startBroker(
      config,
      { ...withoutCode(host.env) },
      { log, say: (sentence) => printNote(host, `aegis: ${sentence}`) },
    ),
  );
  try {
    const services = await startServices(broker, serviceEnv(config, broker, host.env), port, log, step);
    const announced = await keepStackFile(config.AEGIS_DATA_DIR, stackOf(config, services, broker), log);
    const who = await whoApproves(config.codeDigest !== undefined, services.gatewayUrl);
    const asked = await services.whoIsAsked();
    const strangers = await strangersComeIn(config, () => Promise.resolve(asked === 'everybody'));
    host.stdout.write(banner(config, services, broker.url, { noPolicy, who, asked, strangers, isDetached }));
    await stopping;
    announced.stop();
    await removeStackFile(config.AEGIS_DATA_DIR);
    await services.stop();
  } finally {
    await broker.stop();
  }
}

/** A start that a full disk ended says that, whichever of its files was the first that could not be written. */
async function whyNoStart(thrown: unknown, dataDir: string): Promise<unknown> {
  if (!(await hasNoRoom(dataDir))) return thrown;
  const detail = `The disk of ${dataDir} is full: nothing can be stored, so nothing was started. Make room, then start it again.`;
  return failure('disk_full', 'The disk is full', detail, thrown);
}

/**
 * The whole firewall in one process beside its NATS server: starts it, says where it is, and stops it all within 5 seconds
 * when asked to end, also in the middle of its start. One runs from a data directory.
 *
 * @param isDetached whether it is the process in the background, which has no terminal
 * @throws ConfigError, BrokerError, AppError, CliError: one sentence that says what is wrong and how to mend it
 */
export async function up(host: Host, isDetached = false): Promise<ExitCode> {
  const config = readUpConfig(host.env, host.stdout.isTTY === true);
  const log = createLogger('aegis', config.LOG_LEVEL);
  const asked = stopSignal(host);
  const lock = await requireDirectory(config.AEGIS_DATA_DIR).catch(async (error: unknown) => {
    throw await whyNoStart(error, config.AEGIS_DATA_DIR);
  });
  const stopping = asked.then(() => markPhase(config.AEGIS_DATA_DIR, 'stopping'));
  let port: ReservedPort | undefined;
  try {
    for (const note of await notesOf(host.env, config.AEGIS_DATA_DIR)) printNote(host, `aegis: ${note}`);
    port = await reservePort('PORT', config.HOST, config.PORT);
    await serve({ host, isDetached }, config, port, log, stopping);
  } catch (error) {
    if (!(error instanceof Stopped)) throw await whyNoStart(error, config.AEGIS_DATA_DIR);
  } finally {
    await port?.release();
    await unmarkPhase(config.AEGIS_DATA_DIR);
    lock.release();
  }
  return 0;
}
