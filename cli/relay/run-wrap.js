// @ts-check
import { statSync } from 'node:fs';
import { resolve as absolute } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { connectFirewall } from './connect.js';
import { NoFirewall } from './find-firewall.js';
import { Relay } from './relay.js';
import { firewallEnv, serverEnv } from './server-env.js';
import { startServer } from './server-process.js';
import { startFirewall } from './start-firewall.js';

/** @typedef {import('./server-process.js').Exit} Exit */
/** @typedef {import('./server-process.js').ServerProcess} ServerProcess */

/**
 * How long the end may take, in milliseconds: for the answers that are still to come when the client says no more; then
 * until a server that ignores the end of its input gets SIGTERM, and until it gets SIGKILL.
 *
 * @typedef {{ answersMs: number, termMs: number, killMs: number }} Patience
 */

/** @type {Patience} */
const PATIENCE = { answersMs: 30_000, termMs: 5_000, killMs: 10_000 };
/** A process that the server left behind may keep its output open; this long nobody says anything any more. */
const SILENCE_MS = 500;
/** What the firewall may take for the last answers once the server has ended. */
const LAST_WORDS_MS = 5_000;
/** A firewall that says that it is there may take this long to listen. */
const LISTENS_WITHIN_MS = 3_000;
const RETRY_MS = 50;
const MAX_FOLDERS = 16;
const MAX_PATH = 4_096;
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * @typedef {object} Wrapping
 * @property {string} command
 * @property {readonly string[]} args
 * @property {import('./options.js').WrapOptions} options
 * @property {NodeJS.ProcessEnv} env
 * @property {import('node:stream').Readable} input
 * @property {import('node:stream').Writable} output
 * @property {(sentence: string) => void} say
 * @property {Patience} [patience]
 */

/**
 * Signals to this process are the server's to answer; its end ends this process too. At a terminal, Ctrl-C reaches the
 * server by itself.
 *
 * @param {ServerProcess} server
 */
function passSignals(server) {
  const isTerminal = [0, 1, 2].some((fd) => isatty(fd));
  const pass = (/** @type {NodeJS.Signals} */ signal) => {
    if (signal !== 'SIGINT' || !isTerminal) server.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  return () => {
    for (const signal of SIGNALS) process.off(signal, pass);
  };
}

/**
 * Resolves after some time, at once where the server ends before.
 *
 * @param {number} ms
 * @param {AbortSignal} over
 */
const patiently = (ms, over) => sleep(ms, undefined, { signal: over }).catch(() => undefined);

/**
 * The server is to get no more: waits for its last answers, then asks it to end, ever more firmly.
 *
 * @param {Relay} relay
 * @param {Wrapping & { server: ServerProcess, over: AbortSignal }} wrapping
 */
async function finish(relay, { server, over, patience = PATIENCE }) {
  relay.endServerInput();
  await Promise.race([relay.noneOpen(), relay.hungUp, patiently(patience.answersMs, over)]);
  await patiently(patience.termMs, over);
  if (!over.aborted) server.kill('SIGTERM');
  await patiently(patience.killMs - patience.termMs, over);
  if (!over.aborted) server.kill('SIGKILL');
}

/**
 * Ends a server that nobody talks to.
 *
 * @param {ServerProcess} server
 * @param {Patience} patience
 */
async function endServer(server, { termMs }) {
  server.input.end();
  server.output.resume();
  server.kill('SIGTERM');
  if ((await Promise.race([server.exited, sleep(termMs, undefined, { ref: false })])) === undefined) {
    server.kill('SIGKILL');
  }
  await server.exited;
}

/**
 * Reads what an ended server still said.
 *
 * @param {ServerProcess} server
 * @param {Relay} relay
 */
async function readOn({ output }, relay) {
  const isOver = new Promise((resolve) => {
    if (output.readableEnded || output.destroyed) resolve(true);
    else output.once('end', () => resolve(true)).once('close', () => resolve(true));
  });
  let before = -1;
  while (relay.isUp && !(await Promise.race([isOver, sleep(SILENCE_MS, false)]))) {
    if (output.bytesRead === before && relay.waitingBytes === 0) output.destroy();
    before = output.bytesRead;
  }
}

/**
 * Opens the relay, with a firewall that is started where none runs.
 *
 * @param {Relay} relay
 * @param {NodeJS.ProcessEnv} env where it is looked for, and what one that is started gets
 * @param {AbortSignal} over
 * @returns {Promise<boolean>} false where none is there, which was said. Rejects with NoFirewall where it is to be said
 */
async function openRelay(relay, env, over) {
  try {
    await relay.open();
    return true;
  } catch (error) {
    const isElsewhere = env['AEGIS_AGENT_ADDRESS'] || env['NATS_URL'];
    if (!(error instanceof NoFirewall) || error.refused || isElsewhere || over.aborted) throw error;
  }
  if (!(await startFirewall(env))) return false;
  for (const giveUpAt = Date.now() + LISTENS_WITHIN_MS; ; await sleep(RETRY_MS)) {
    try {
      await relay.open();
      return true;
    } catch (error) {
      if (Date.now() > giveUpAt || (error instanceof NoFirewall && error.refused)) throw error;
    }
  }
}

/**
 * Settles only where the server could not be started: nobody need wait for a firewall then.
 *
 * @param {ServerProcess} server
 * @returns {Promise<Exit>}
 */
async function neverStarted(server) {
  const exit = await server.exited;
  return exit.type === 'not_started' ? exit : new Promise(() => undefined);
}

/**
 * @param {Relay} relay
 * @param {Wrapping & { server: ServerProcess }} wrapping
 * @returns {Promise<Exit>}
 */
async function relayUntilEnd(relay, wrapping) {
  const { server, input, say, patience = PATIENCE } = wrapping;
  const over = new AbortController();
  void relay.serverInputOver.then(() => finish(relay, { ...wrapping, over: over.signal }));
  const fatal = relay.ended.then((end) => end ?? new Promise(() => undefined));
  const first = await Promise.race([server.exited, fatal]);
  over.abort();
  if ('detail' in first) {
    say(first.detail);
    await endServer(server, patience);
    return { type: 'code', code: first.exit_code };
  }
  await readOn(server, relay);
  relay.endOfServer(first);
  await Promise.race([relay.ended, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
  await relay.flush();
  input.destroy();
  return first;
}

/**
 * False also for what can't be looked at.
 *
 * @param {string} path
 */
function isFile(path) {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * The folders that the server's relative paths may be meant from: the one that it runs in, and what its command line names
 * besides files, as file servers are told what they serve.
 *
 * @param {readonly string[]} args
 */
function foldersOf(args) {
  const named = args.map((arg) => arg.replace(/^-[^=]*=?/, '')).filter((arg) => arg !== '');
  const folders = ['.', ...named]
    .map((path) => absolute(path))
    .filter((path) => path.length <= MAX_PATH && !isFile(path));
  return [...new Set(folders)].slice(0, MAX_FOLDERS);
}

/**
 * Runs an MCP server as a child, with the firewall asked about all that goes between it and the client. Resolves when the
 * server has ended, however it did, or when there is no firewall.
 *
 * @param {Wrapping} wrapping
 * @returns {Promise<Exit>}
 */
export async function runWrap(wrapping) {
  const { command, args, options, input, output, say, patience = PATIENCE } = wrapping;
  const env = firewallEnv(wrapping.env, options.serverEnv ?? []);
  const server = startServer(command, args, serverEnv(wrapping.env, options.serverEnv));
  if ('type' in server) return server;
  const letGo = passSignals(server);
  const hello = {
    mode: 'wrap',
    server: options.name,
    hold_ms: options.hold,
    record: options.record,
    show_denied: options.showDenied === true,
    record_in_background: options.recordInBackground === true,
    folders: foldersOf(args),
  };
  const relay = new Relay({ input, output, server, hello, say, connect: () => connectFirewall(env) });
  const over = new AbortController();
  try {
    const opened = await Promise.race([openRelay(relay, env, over.signal), neverStarted(server)]);
    if (opened === true) return await relayUntilEnd(relay, { ...wrapping, server });
    if (opened !== false) return opened;
    await endServer(server, patience);
  } catch (error) {
    await endServer(server, patience);
    say(error instanceof Error ? error.message : String(error));
    return { type: 'code', code: error instanceof NoFirewall ? error.exitCode : 1 };
  } finally {
    over.abort();
    letGo();
  }
  return { type: 'code', code: 1 };
}
