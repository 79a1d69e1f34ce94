import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { freePort } from '@aegis/testkit/free-port';
import { type Call, CERBOS_POLICY } from '../questions.ts';
import { startChild } from './child.ts';
import type { Running } from './target.ts';

/** The Cerbos binary inside its npm package, which is there on Linux on x64 only; undefined elsewhere. */
function findBinary(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve('@cerbos/cerbos-linux-x64');
  } catch {
    return undefined;
  }
}

const configOf = (httpPort: number, grpcPort: number, policies: string) => ({
  server: {
    httpListenAddr: `127.0.0.1:${httpPort}`,
    grpcListenAddr: `127.0.0.1:${grpcPort}`,
    playgroundEnabled: false,
  },
  audit: { enabled: false },
  telemetry: { disabled: true },
  storage: { driver: 'disk', disk: { directory: policies, watchForChanges: false } },
});

/** https://docs.cerbos.dev/cerbos/latest/api/index.html#check-resources */
const bodyOf = ({ tool, op, amount_cents }: Call): string =>
  JSON.stringify({
    principal: { id: 'anonymous', roles: ['agent'] },
    resources: [{ resource: { kind: 'tool', id: 'x', attr: { op, amount_cents } }, actions: [tool] }],
  });

/** Cerbos on loopback with the policy in `dir`, no audit, no telemetry; undefined where it is not installed. */
export async function startCerbos(dir: string): Promise<Running | undefined> {
  const binary = findBinary();
  if (binary === undefined) return undefined;
  const [httpPort, grpcPort] = [await freePort(), await freePort()];
  const policies = join(dir, 'policies');
  const config = join(dir, 'cerbos.json');
  await mkdir(policies);
  await writeFile(join(policies, 'tool.json'), JSON.stringify(CERBOS_POLICY));
  await writeFile(config, JSON.stringify(configOf(httpPort, grpcPort, policies)));
  const child = await startChild({
    command: binary,
    args: ['server', `--config=${config}`, '--log-level=info'],
    env: { CERBOS_NO_TELEMETRY: '1' },
    readyMark: 'Starting HTTP server',
  });
  const version = spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.split('\n', 1)[0] ?? '';
  const url = `http://127.0.0.1:${httpPort}/api/check/resources`;
  return {
    targets: [{ name: 'Cerbos', url, body: bodyOf, allowedMark: '"EFFECT_ALLOW"' }],
    versions: { cerbos: version },
    stop: () => child.stop(),
  };
}
