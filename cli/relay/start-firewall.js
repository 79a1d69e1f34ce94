// @ts-check
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../bin/aegis.js', import.meta.url));

/**
 * Starts the firewall of the data directory in the background where none runs, and waits until it is there; what is to be
 * said of it goes to stderr.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<boolean>} false where it could not be started, which was said
 */
export const startFirewall = (env) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [LAUNCHER, 'up', '--background'], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
      windowsHide: true,
    });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
