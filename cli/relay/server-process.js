// @ts-check
import { spawn } from 'node:child_process';

/**
 * How a process ended. `not_started`: it never ran; `code` is what a shell exits with then, 127 not found, 126 found and not
 * startable.
 *
 * @typedef {{ type: 'code', code: number }
 *   | { type: 'signal', signal: NodeJS.Signals }
 *   | { type: 'not_started', code: 126 | 127, because: string }} Exit
 */

/**
 * @typedef {object} ServerProcess
 * @property {import('node:stream').Writable} input
 * @property {import('node:net').Socket} output
 * @property {Promise<Exit>} exited when the process has ended; its output may still have something to read
 * @property {(signal: NodeJS.Signals) => void} kill
 */

/**
 * @param {string} command
 * @param {unknown} error
 * @returns {Exit}
 */
function notStarted(command, error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (code === 'ENOENT') {
    const because = `The command ${command} is not found: check the name and the PATH.`;
    return { type: 'not_started', code: 127, because };
  }
  const because = `The command ${command} can't be started (${code}): check that it is a program that may be run.`;
  return { type: 'not_started', code: 126, because };
}

/**
 * Starts an MCP server; its stderr is this process's own, byte for byte. Never throws: see `exited`.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {ServerProcess | Exit}
 */
export function startServer(command, args, env) {
  try {
    const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'], windowsHide: true });
    // A server that stops reading ends soon, and its end is what counts.
    child.stdin.on('error', () => undefined);
    child.stdout.on('error', () => undefined);
    /** @type {Promise<Exit>} */
    const exited = new Promise((resolve) => {
      child.once('error', (error) => {
        if (child.pid === undefined) resolve(notStarted(command, error));
      });
      child.once('exit', (code, signal) =>
        resolve(signal === null ? { type: 'code', code: code ?? 1 } : { type: 'signal', signal }),
      );
    });
    return {
      input: child.stdin,
      output: /** @type {import('node:net').Socket} */ (child.stdout),
      exited,
      kill: (signal) => void child.kill(signal),
    };
  } catch (error) {
    return notStarted(command, error);
  }
}
