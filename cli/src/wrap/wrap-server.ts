import { isatty } from 'node:tty';
import { connectBus } from '@aegis/bus';
import {
  type AskUpstream,
  createFirewall,
  type Firewall,
  type Gate,
  type RecordMode,
} from '@aegis/firewall/gate';
import { parseEnv } from '@aegis/kit/env';
import { createLogger, type Logger } from '@aegis/kit/logger';
import type { Host } from '../host.ts';
import { AgentSideEnv } from '../mcp/bus-address.ts';
import { printNote } from '../output.ts';
import { runWrap } from '../relay/run-wrap.ts';
import { whereToAsk } from './bus-for-wrap.ts';
import { endBySignal } from './end-as.ts';
import { osUserPrincipal } from './principal.ts';
import { serverEnv } from './server-env.ts';

export type WrapCommandOptions = {
  readonly name: string;
  /** In milliseconds. */
  readonly hold: number;
  readonly record: RecordMode;
  readonly showDenied?: true;
  readonly recordInBackground?: true;
};

const now = (): Date => new Date();

/** The firewall of this process, which a wrapped server has to itself. */
type OpenFirewall = { readonly gate: Gate; close(): Promise<void> };

async function openFirewall(
  host: Host,
  options: WrapCommandOptions,
  askUpstream: AskUpstream,
  log: Logger,
): Promise<OpenFirewall> {
  const { REQUEST_TIMEOUT_MS: timeoutMs } = parseEnv(AgentSideEnv, host.env);
  const { gatewayUrl, ...address } = await whereToAsk(host);
  const bus = await connectBus({ ...address, identity: 'mcp', log });
  let firewall: Firewall;
  try {
    firewall = await createFirewall({ bus, log, now, consoleUrl: gatewayUrl, timeoutMs });
  } catch (error) {
    await bus.close();
    throw error;
  }
  const close = async (): Promise<void> => {
    await firewall.close();
    await bus.close();
  };
  const gate = firewall.gate({
    server: options.name,
    principal: osUserPrincipal(),
    via: 'wrap',
    record: options.record,
    holdMs: options.hold,
    showDenied: options.showDenied ?? false,
    waitForRecord: options.recordInBackground !== true,
    askUpstream,
  });
  return { gate, close };
}

/**
 * Runs an MCP server with the firewall between it and whoever started this process, and ends as the server ended: with
 * its exit code, which this gives, or by its signal.
 *
 * @throws CliError, AppError, ConfigError one sentence that says why the firewall is not there
 */
export async function wrapServer(
  host: Host,
  command: string,
  args: readonly string[],
  options: WrapCommandOptions,
): Promise<number> {
  // A client that reads no more is no reason to leave the server behind.
  process.stdout.removeAllListeners('error');
  const log = createLogger('wrap', parseEnv(AgentSideEnv, host.env).LOG_LEVEL);
  let open: OpenFirewall | undefined;
  const gateOf = async (askUpstream: AskUpstream): Promise<Gate> => {
    open = await openFirewall(host, options, askUpstream, log);
    return open.gate;
  };
  const exit = await runWrap({
    command,
    args,
    env: serverEnv(host.env),
    gateOf,
    input: process.stdin,
    output: process.stdout,
    log,
    isTerminal: [0, 1, 2].some((fd) => isatty(fd)),
  });
  await open?.close();
  if (exit.type === 'signal') return endBySignal(exit.signal);
  if (exit.type === 'not_started') printNote(host, `aegis: ${exit.because}`);
  return exit.code;
}
