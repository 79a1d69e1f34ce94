import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Finding, fail, type Look, ok, warn } from './finding.ts';

const NEEDED_MAJOR = 24;

/** Whether a Node of this version (`24.1.0`) runs the sources as they are. */
export function judgeNode(version: string): Finding {
  return Number.parseInt(version, 10) >= NEEDED_MAJOR
    ? ok('node', `Node ${version} runs this command`)
    : fail(
        'node',
        `Node ${version} is too old, ${NEEDED_MAJOR} is needed`,
        'run "npm install" in the project',
      );
}

async function lookForPinned(): Promise<Finding> {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    const binary = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    await access(binary, constants.X_OK);
    return ok('pinned node', 'the Node that the project pins is installed');
  } catch {
    return warn(
      'pinned node',
      "the Node that the project pins is not installed, so this machine's own must be 24 or newer",
      'run "npm install" in the project, with install scripts allowed',
    );
  }
}

export const lookAtNode: Look = async () => [judgeNode(process.versions.node), await lookForPinned()];
