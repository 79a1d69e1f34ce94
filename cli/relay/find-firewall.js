// @ts-check
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  dataDirOf,
  earlierVersion,
  formerData,
  isBetween,
  program,
  readPhase,
  readStackText,
  socketProblem,
  startCommand,
} from './data-directory.js';

/** Why no firewall answers, in a sentence that also says what to do. `refused`: one is there and said no. */
export class NoFirewall extends Error {
  /**
   * @param {string} sentence
   * @param {boolean} refused
   * @param {number} exitCode what to end with
   */
  constructor(sentence, refused = false, exitCode = 1) {
    super(sentence);
    this.refused = refused;
    this.exitCode = exitCode;
  }
}

/** What a user hears who may not open a socket, or not enter its folder. */
const FORBIDDEN = ['EACCES', 'EPERM'];

/** @param {unknown} error */
const codeOf = (error) => (error instanceof Error && 'code' in error ? String(error.code) : 'unreadable');

/** @param {unknown} pid */
function isRunning(pid) {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    // Somebody else's is none of ours.
    return false;
  }
}

/**
 * @param {string} dataDir
 * @param {string} why
 */
const notUsed = (dataDir, why) =>
  new NoFirewall(
    `${join(dataDir, 'stack.json')} is not used (${why}): start AegisMCP with "${startCommand()}" as this user.`,
  );

/**
 * What `aegis up` wrote of itself, as far as it is read here; undefined where none ever ran.
 *
 * @param {string} dataDir
 * @returns {Promise<Record<string, unknown> | undefined>}
 */
async function readStack(dataDir) {
  const read = await readStackText(dataDir);
  if (read === undefined) return undefined;
  if ('problem' in read) throw notUsed(dataDir, read.problem);
  try {
    const stack = JSON.parse(read.text);
    if (typeof stack === 'object' && stack !== null) return stack;
  } catch {
    // Said below.
  }
  throw notUsed(dataDir, 'it is not what a firewall writes');
}

/**
 * @param {Record<string, unknown>} stack
 * @param {string} dataDir
 */
const gone = (stack, dataDir) =>
  `AegisMCP ran from the data directory ${dataDir} as process ${String(stack['pid'])} and is not running any more: start it with "${startCommand()}".`;

/**
 * @param {Record<string, unknown> | undefined} stack
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<NoFirewall>}
 */
async function noAddress(stack, env) {
  const dataDir = dataDirOf(env);
  const doing = stack === undefined ? await readPhase(dataDir) : undefined;
  if (doing !== undefined && isRunning(doing.pid)) {
    const is = isBetween(dataDir, doing.phase, doing.pid);
    return new NoFirewall(`${is}, and does not answer now: try again in a moment.`);
  }
  if (stack !== undefined && isRunning(stack['pid'])) {
    return new NoFirewall(earlierVersion(dataDir, stack['pid']), true);
  }
  const none = `No AegisMCP runs from the data directory ${dataDir}: start it with "${startCommand()}", or set AEGIS_DATA_DIR to the directory of the one that runs.${formerData(env)}`;
  const sentence = stack === undefined ? none : gone(stack, dataDir);
  const bus = env['NATS_URL'] ? " NATS_URL is set, and nothing on the agent's side uses it any more." : '';
  return new NoFirewall(sentence + bus);
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>}
 */
async function credentialOf(env) {
  if (env['AEGIS_AGENT_KEY']) return env['AEGIS_AGENT_KEY'];
  const file = join(dataDirOf(env), 'agent-credential');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new NoFirewall(
      `The agent's credential ${file} can't be read (${codeOf(error)}): run this as the user of the firewall, or set AEGIS_AGENT_KEY.`,
      true,
    );
  }
}

/**
 * Where the firewall is, with what, and what to say where nothing answers there: `AEGIS_AGENT_ADDRESS`, else the one that
 * runs from the data directory; `AEGIS_AGENT_KEY`, else the credential that it made there.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ address: string, credential: string, silent: (code: string) => string }>}
 */
export async function findFirewall(env) {
  const given = env['AEGIS_AGENT_ADDRESS'];
  if (given) {
    const silent = (/** @type {string} */ code) =>
      FORBIDDEN.includes(code)
        ? `This user may not open the socket of AEGIS_AGENT_ADDRESS ${given} (${code}): add it to the group of the socket, and let it sign in again.`
        : `No AegisMCP answers at AEGIS_AGENT_ADDRESS ${given} (${code}): start it, or correct the address.`;
    return { address: given, credential: await credentialOf(env), silent };
  }
  const dataDir = dataDirOf(env);
  const stack = await readStack(dataDir);
  const address = stack?.['agent_address'];
  if (stack === undefined || typeof address !== 'string') throw await noAddress(stack, env);
  const problem = await socketProblem(address);
  if (problem !== undefined) throw notUsed(dataDir, problem);
  // A port that its firewall left is anybody's; a socket in the user's folder is not.
  if (!address.startsWith('unix:') && !isRunning(stack['pid'])) throw new NoFirewall(gone(stack, dataDir));
  const silent = (/** @type {string} */ code) =>
    isRunning(stack['pid'])
      ? `AegisMCP of the data directory ${dataDir} (process ${String(stack['pid'])}) does not answer at ${address} (${code}): stop it with "AEGIS_DATA_DIR=${dataDir} ${program()} down" and start it again.`
      : gone(stack, dataDir);
  return { address, credential: await credentialOf(env), silent };
}
