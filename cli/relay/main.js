// @ts-check
/**
 * `aegis wrap` and `aegis mcp`: what MCP clients start in place of a server, once for each. No dependencies and no syntax
 * newer than Node 20, so that the launcher runs them in its own process, which stays small.
 */
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectFirewall } from './connect.js';
import { parseWrap } from './options.js';
import { Relay } from './relay.js';
import { runWrap } from './run-wrap.js';

/** @typedef {import('./server-process.js').Exit} Exit */

const SIGNAL_OFFSET = 128;
const DIES_WITHIN_MS = 1_000;

const say = (/** @type {string} */ sentence) => void process.stderr.write(`aegis: ${sentence}\n`);

/**
 * Ends this process as the server ended that it stood in for, so that the parent sees the same.
 *
 * @param {Exit} exit
 * @returns {Promise<never>}
 */
async function endAs(exit) {
  if (exit.type !== 'signal') {
    if (exit.type === 'not_started') say(exit.because);
    process.exit(exit.code);
  }
  process.removeAllListeners(exit.signal);
  process.kill(process.pid, exit.signal);
  await sleep(DIES_WITHIN_MS);
  // Not every signal ends a process; a shell would say it so.
  process.exit(SIGNAL_OFFSET + constants.signals[exit.signal]);
}

/**
 * `aegis wrap`: runs a server with the firewall in front of it, and ends as the server ends.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('./options.js').WrapOptions} options
 * @returns {Promise<never>}
 */
export async function wrap(command, args, options) {
  const { env, stdin: input, stdout: output } = process;
  // A client that reads no more is no reason to leave the server behind.
  output.removeAllListeners('error');
  return endAs(await runWrap({ command, args, options, env, input, output, say }));
}

/**
 * `aegis mcp`: serves the firewall's own tools until the client says no more.
 *
 * @returns {Promise<never>}
 */
export async function mcp() {
  const { env, stdin: input, stdout: output } = process;
  output.removeAllListeners('error');
  const relay = new Relay({
    input,
    output,
    hello: { mode: 'tools' },
    say,
    connect: () => connectFirewall(env),
  });
  try {
    await relay.open();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return process.exit(1);
  }
  const fatal = await relay.ended;
  if (fatal !== undefined) say(fatal.detail);
  await relay.flush();
  return process.exit(fatal?.exit_code ?? 0);
}

/**
 * Runs a command line that is one of the two, and plain; gives false for any other.
 *
 * @param {readonly string[]} args
 * @returns {Promise<boolean>}
 */
export async function runLightly([command, ...args]) {
  if (command === 'mcp' && args.length === 0) return mcp();
  const parsed = command === 'wrap' ? parseWrap(args) : undefined;
  if (parsed === undefined) return false;
  return wrap(parsed.command, parsed.args, parsed.options);
}
