import { execFile } from 'node:child_process';

const ANSWER_WITHIN_MS = 10_000;

/** Whether `docker <args>` ends well, and if not, whether the command is there at all. */
const tryDocker = (args: readonly string[]): Promise<'well' | 'failed' | 'missing'> =>
  new Promise((resolve) => {
    execFile('docker', args, { timeout: ANSWER_WITHIN_MS }, (error) => {
      if (error === null) resolve('well');
      else resolve(error.code === 'ENOENT' ? 'missing' : 'failed');
    });
  });

/** Why no container can be run here, for the name of a test that is skipped; undefined where they can. */
export async function dockerProblem(): Promise<string | undefined> {
  const engine = await tryDocker(['version', '--format', '{{.Server.Version}}']);
  if (engine === 'missing') return 'skipped: there is no docker command here';
  return engine === 'failed' ? 'skipped: no Docker engine answers' : undefined;
}

/** {@link dockerProblem}, and the same for Compose. */
export async function composeProblem(): Promise<string | undefined> {
  const problem = await dockerProblem();
  if (problem !== undefined || (await tryDocker(['compose', 'version'])) === 'well') return problem;
  return 'skipped: docker has no compose plugin here';
}
