// @ts-check
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

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

/** @param {NodeJS.ProcessEnv} env */
export const dataDirOf = (env) => env['AEGIS_DATA_DIR'] || './data';

/** @param {unknown} error */
const codeOf = (error) => (error instanceof Error && 'code' in error ? String(error.code) : 'unreadable');

/** @param {unknown} pid */
function isRunning(pid) {
  try {
    return process.kill(Number(pid), 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * What `aegis up` wrote of itself, as far as it is read here; undefined where none ever ran.
 *
 * @param {string} file
 * @returns {Promise<Record<string, unknown> | undefined>}
 */
async function readStack(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new NoFirewall(`${file} can't be read (${code}): start AegisMCP with "npm start" as this user.`);
  }
}

/**
 * @param {Record<string, unknown>} stack
 * @param {string} dataDir
 */
const gone = (stack, dataDir) =>
  `AegisMCP ran from the data directory ${dataDir} as process ${String(stack['pid'])} and is not running any more: start it with "npm start".`;

/**
 * @param {Record<string, unknown> | undefined} stack
 * @param {NodeJS.ProcessEnv} env
 * @returns {NoFirewall}
 */
function noAddress(stack, env) {
  const dataDir = dataDirOf(env);
  if (stack !== undefined && isRunning(stack['pid'])) {
    return new NoFirewall(
      `The AegisMCP that runs from the data directory ${dataDir} (process ${String(stack['pid'])}) is of an earlier version, which does not speak to this one: stop it with "AEGIS_DATA_DIR=${dataDir} npx aegis down" and start it again.`,
      true,
    );
  }
  const none = `No AegisMCP runs from the data directory ${dataDir}: start it with "npm start", or set AEGIS_DATA_DIR to the directory of the one that runs.`;
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
      `No AegisMCP answers at AEGIS_AGENT_ADDRESS ${given} (${code}): start it, or correct the address.`;
    return { address: given, credential: await credentialOf(env), silent };
  }
  const dataDir = dataDirOf(env);
  const stack = await readStack(join(dataDir, 'stack.json'));
  const address = stack?.['agent_address'];
  if (stack === undefined || typeof address !== 'string') throw noAddress(stack, env);
  const silent = (/** @type {string} */ code) =>
    isRunning(stack['pid'])
      ? `AegisMCP of the data directory ${dataDir} (process ${String(stack['pid'])}) does not answer at ${address} (${code}): stop it with "AEGIS_DATA_DIR=${dataDir} npx aegis down" and start it again.`
      : gone(stack, dataDir);
  return { address, credential: await credentialOf(env), silent };
}
