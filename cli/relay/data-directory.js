// @ts-check
import { existsSync, realpathSync } from 'node:fs';
import { lstat, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this project, and the program that clients start. */
const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
export const LAUNCHER = fileURLToPath(new URL('../bin/aegis.js', import.meta.url));
const NAME = 'aegismcp';
/** Others than the owner who may write, and all who may do anything. */
const OTHERS_WRITE = 0o022;
const OTHERS = 0o077;

/** @typedef {Readonly<Record<string, string | undefined>>} Env */

/** @param {string} cwd */
function isProject(cwd) {
  try {
    return realpathSync(cwd) === realpathSync(PROJECT);
  } catch {
    return false;
  }
}

/** What the system has for this user; it has nothing for one that it does not know, as in some containers. */
function homeOfUser() {
  try {
    return homedir();
  } catch (cause) {
    const mend = 'set AEGIS_DATA_DIR to a folder for what the firewall keeps';
    throw new Error(`This user has no home folder: ${mend}, or HOME.`, { cause });
  }
}

/**
 * Where programs of this platform keep what is the user's and no setting: on Linux `XDG_STATE_HOME`, of which the XDG Base
 * Directory Specification takes absolute paths only.
 *
 * @param {Env} env
 * @param {NodeJS.Platform} platform
 */
function stateFolder(env, platform) {
  const xdg = env['XDG_STATE_HOME'];
  if (xdg && isAbsolute(xdg)) return xdg;
  const home = env['HOME'] || homeOfUser();
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  if (platform === 'win32') return env['LOCALAPPDATA'] || join(home, 'AppData', 'Local');
  return join(home, '.local', 'state');
}

/**
 * `AEGIS_DATA_DIR`; else `./data` in the folder of this project, where `npm start` runs; else the user's state folder. No
 * other folder that a command happens to be run in is believed: somebody else may have made what is in it.
 *
 * @param {Env} env
 * @param {string} [cwd]
 * @param {NodeJS.Platform} [platform]
 * @returns {string}
 */
export const dataDirOf = (env, cwd = process.cwd(), platform = process.platform) =>
  env['AEGIS_DATA_DIR'] || (isProject(cwd) ? './data' : join(stateFolder(env, platform), NAME));

/**
 * Where a file is that people write for the firewall, where no variable names it: in the folder that the command is run in,
 * where that is this project's or holds the data directory; else beside the directory that is named, or in the user's own.
 * A firewall that a wrapped server starts is not to take the rules of whatever folder a client has open.
 *
 * @param {string} name such as `policy.yml`
 * @param {Env} env
 * @param {string} [cwd]
 * @returns {string}
 */
export function besideData(name, env, cwd = process.cwd()) {
  const dataDir = resolve(cwd, dataDirOf(env, cwd));
  if (!env['AEGIS_DATA_DIR']) return isProject(cwd) ? `./${name}` : join(dataDir, name);
  const isAbove = !isAbsolute(relative(cwd, dataDir)) && !relative(cwd, dataDir).startsWith('..');
  return isProject(cwd) || isAbove ? `./${name}` : join(dirname(dataDir), name);
}

/**
 * What to do about a `./data` of before, when that was the default everywhere; empty where there is none.
 *
 * @param {Env} env
 * @param {string} [cwd]
 * @returns {string}
 */
export function formerData(env, cwd = process.cwd()) {
  const former = resolve(cwd, 'data');
  if (env['AEGIS_DATA_DIR'] || isProject(cwd) || !existsSync(join(former, 'broker'))) return '';
  return ` The data directory ${former} is of before, when ./data was the default in every folder: to go on with it, set AEGIS_DATA_DIR=${former}, and POLICY_PATH and MCP_SERVERS where you use them.`;
}

/**
 * How a person who is in `cwd` calls this program.
 *
 * @param {string} [cwd]
 * @returns {string}
 */
export const program = (cwd = process.cwd()) => (isProject(cwd) ? 'npx aegis' : LAUNCHER);

/**
 * How such a person starts the firewall.
 *
 * @param {string} [cwd]
 * @returns {string}
 */
export const startCommand = (cwd = process.cwd()) => (isProject(cwd) ? 'npm start' : `${LAUNCHER} up`);

/**
 * What people do about a firewall of an earlier version.
 *
 * @param {string} dataDir
 * @param {unknown} pid
 * @returns {string}
 */
export const earlierVersion = (dataDir, pid) =>
  `The AegisMCP that runs from the data directory ${dataDir} (process ${String(pid)}) is of an earlier version, which does not speak to this one: stop it with "AEGIS_DATA_DIR=${dataDir} ${program()} down" and start it again.`;

/** @param {unknown} error */
const codeOf = (error) => (error instanceof Error && 'code' in error ? String(error.code) : 'unreadable');

/** The user's id; undefined on Windows, where a folder's rights are no mode. */
const userId = () => process.getuid?.();

/**
 * Why nothing in a folder is believed, in words; undefined where it is the user's, and nobody else writes in it. What is
 * root's is anybody's who trusts this machine.
 *
 * @param {string} folder rejects with the file system's error where it is not there
 * @returns {Promise<string | undefined>}
 */
export async function folderProblem(folder) {
  const me = userId();
  if (me === undefined) return undefined;
  const real = await stat(folder);
  const owners = [real.uid, (await lstat(folder)).uid];
  if (!real.isDirectory()) return 'it is no folder';
  if (owners.some((uid) => uid !== me && uid !== 0)) return 'it belongs to another user';
  return (real.mode & OTHERS_WRITE) === 0
    ? undefined
    : `others can write in it: run chmod go-w ${folder}, where nobody did`;
}

/** Of what the system answers with, what a user who may not read a file sees. @type {Record<string, string>} */
const UNREAD = {
  EACCES: 'its permissions, or those of a folder above it, do not let you read it',
  EPERM: 'the system does not let you read it',
  ELOOP: 'its links lead round in a circle',
};

/**
 * The text of the file in which a running firewall says where it is. Each reader of it reads it here.
 *
 * @param {string} dataDir
 * @returns {Promise<{ text: string } | { problem: string } | undefined>} undefined where there is none; `problem` is why it
 * is not believed, or not read
 */
export async function readStackText(dataDir) {
  const file = join(dataDir, 'stack.json');
  try {
    const found = await lstat(file);
    const folder = await folderProblem(dataDir);
    if (folder !== undefined) return { problem: `of its folder: ${folder}` };
    if (!found.isFile()) return { problem: 'it is no file' };
    const me = userId();
    if (me !== undefined && found.uid !== me) return { problem: 'it belongs to another user' };
    if (me !== undefined && (found.mode & OTHERS) !== 0)
      return { problem: 'it is not for its owner alone, as a firewall writes it' };
    return { text: await readFile(file, 'utf8') };
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : { problem: UNREAD[code] ?? code };
  }
}

/** @param {string} dataDir */
export const phasePath = (dataDir) => join(dataDir, 'stack.phase');

/**
 * What a firewall says that it does with its data directory while it does not say where it is. Whether it still runs is not
 * said by that.
 *
 * @param {string} dataDir
 * @returns {Promise<{ phase: 'starting' | 'stopping', pid: number } | undefined>}
 */
export async function readPhase(dataDir) {
  const file = phasePath(dataDir);
  try {
    const found = await lstat(file);
    if (!found.isFile() || found.uid !== (userId() ?? found.uid)) return undefined;
    const { phase, pid } = JSON.parse(await readFile(file, 'utf8'));
    return ['starting', 'stopping'].includes(phase) && Number.isInteger(pid) && pid > 0
      ? { phase, pid }
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What is so while a firewall starts or stops.
 *
 * @param {string} dataDir
 * @param {string} phase
 * @param {number} [pid]
 * @returns {string}
 */
export const isBetween = (dataDir, phase, pid) =>
  `AegisMCP is ${phase === 'starting' ? 'being started' : phase} from the data directory ${dataDir}${pid === undefined ? '' : ` (process ${pid})`}`;

/**
 * Why the socket of a firewall is none of the user's; undefined where it is, or nothing is there.
 *
 * @param {string} address
 * @returns {Promise<string | undefined>}
 */
export async function socketProblem(address) {
  const me = userId();
  if (me === undefined) return undefined;
  if (!address.startsWith('unix:')) return `${address} is no socket, which a firewall has on this system`;
  const found = await lstat(address.slice('unix:'.length)).catch(() => undefined);
  if (found === undefined) return undefined;
  if (!found.isSocket()) return `${address} is no socket`;
  return found.uid === me ? undefined : `${address} belongs to another user`;
}
