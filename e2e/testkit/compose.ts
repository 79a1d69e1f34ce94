import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '@aegis/testkit/free-port';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const UP_WITHIN_MS = 280_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const run = promisify(execFile);

/** One container, as `docker compose ps` shows it. */
export type Container = {
  service: string;
  name: string;
  startedAt: string;
  published: string[];
  networks: string[];
  /** The command that tells whether it is ready. */
  healthcheck: string[];
};

/** The compose file as a project of its own, on free ports, with a policy folder of its own. */
export type Deployment = {
  readonly url: string;
  readonly mcpUrl: string;
  /** `docker compose <args>`, and what it printed on stdout. @throws where it fails, with its stderr */
  compose(...args: string[]): Promise<string>;
  /** `up --build --wait` with these replicas, and these settings from now on. */
  up(scale?: Readonly<Record<string, number>>, settings?: Readonly<Record<string, string>>): Promise<void>;
  containers(): Promise<Container[]>;
  /** Kills one container; nothing starts it again. */
  kill(name: string): Promise<void>;
  /** Puts a new policy file in the old one's place, as many editors save. */
  savePolicy(text: string): Promise<void>;
  /** Removes containers, networks and volumes. */
  remove(): Promise<void>;
};

type Shown = {
  Name: string;
  Config: { Labels: Record<string, string>; Healthcheck?: { Test: string[] } };
  State: { StartedAt: string };
  NetworkSettings: {
    Ports: Record<string, { HostIp: string; HostPort: string }[] | null>;
    Networks: Record<string, unknown>;
  };
};

const toContainer = ({ Name, Config, State, NetworkSettings }: Shown): Container => ({
  service: Config.Labels['com.docker.compose.service'] ?? '',
  name: Name.replace(/^\//, ''),
  startedAt: State.StartedAt,
  healthcheck: Config.Healthcheck?.Test.slice(1) ?? [],
  networks: Object.keys(NetworkSettings.Networks).map((name) => name.replace(/^.*_/, '')),
  published: Object.values(NetworkSettings.Ports).flatMap((ports) =>
    (ports ?? []).map(({ HostIp, HostPort }) => `${HostIp}:${HostPort}`),
  ),
});

/** A folder with the repository's policy that the user inside the containers can read. */
async function makePolicyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-policy-'));
  await chmod(folder, 0o755);
  await copyFile(join(ROOT, 'policy.yml'), join(folder, 'policy.yml'));
  return folder;
}

/** Nothing runs before `up`. Nothing of the caller's own settings is taken over. */
export async function prepareDeployment(): Promise<Deployment> {
  const project = `aegis-e2e-${process.pid}`;
  const [port, mcpPort, policyDir] = [await freePort(), await freePort(), await makePolicyFolder()];
  const { PATH = '', HOME = '', DOCKER_HOST } = process.env;
  const env: NodeJS.ProcessEnv = { PATH, HOME, PORT: String(port), MCP_PORT: String(mcpPort) };
  Object.assign(env, { POLICY_DIR: policyDir, COMPOSE_DISABLE_ENV_FILE: '1' });
  if (DOCKER_HOST !== undefined) env['DOCKER_HOST'] = DOCKER_HOST;
  const docker = async (...args: string[]): Promise<string> => {
    const options = { cwd: ROOT, env, timeout: UP_WITHIN_MS, maxBuffer: MAX_OUTPUT_BYTES };
    return (await run('docker', args, options)).stdout;
  };
  const compose = (...args: string[]) => docker('compose', '--project-name', project, ...args);
  return {
    url: `http://127.0.0.1:${port}`,
    mcpUrl: `http://127.0.0.1:${mcpPort}/mcp`,
    compose,
    async up(scale = {}, settings = {}) {
      Object.assign(env, settings);
      const replicas = Object.entries(scale).flatMap(([service, count]) => [
        '--scale',
        `${service}=${count}`,
      ]);
      await compose('up', '--build', '--wait', ...replicas);
    },
    async containers() {
      const ids = (await compose('ps', '--quiet')).trim().split('\n');
      return (JSON.parse(await docker('inspect', ...ids)) as Shown[]).map(toContainer);
    },
    async kill(name) {
      await docker('update', '--restart', 'no', name);
      await docker('kill', name);
    },
    async savePolicy(text) {
      const draft = join(policyDir, '.policy.yml.draft');
      await writeFile(draft, text);
      await rename(draft, join(policyDir, 'policy.yml'));
    },
    async remove() {
      await compose('down', '--volumes', '--timeout', '5');
      await rm(policyDir, { recursive: true, force: true });
    },
  };
}
